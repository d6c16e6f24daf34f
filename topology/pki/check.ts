/** Mistakes in a PKI, and in what nodes and services have of it. */
import type { TopologySpec } from "../spec.ts";
import type { Topology } from "../topology.ts";
import { member, type Report } from "../validation/report.ts";
import { checkAuthorities } from "./check-authorities.ts";
import { checkCertificates } from "./check-certificates.ts";
import { checkPkiNames } from "./check-issued.ts";
import type { PkiSpec } from "./spec.ts";

const none: PkiSpec = { authorities: {} };

/** `topology`: the same, resolved, for the names and addresses of its nodes. */
export function checkPki(
  { pki = none }: TopologySpec,
  topology: Pick<Topology, "nodes" | "names">,
  report: Report,
): void {
  checkPkiNames(pki, report);
  checkAuthorities(pki, report);
  checkCertificates(pki, topology, report);
  for (const node of topology.nodes) checkCredentials(pki, node, report);
}

function checkCredentials(pki: PkiSpec, node: Topology["nodes"][number], report: Report): void {
  const at = member("nodes", node.name);
  const paths = node.credentials.map(({ path }) => path);
  for (const { path, spec } of node.credentials) {
    const place = member(`${at}.credentials`, path);
    if (!/^[^/]/.test(path) || path.split("/").some((part) => part === "" || part === ".." || part === "."))
      report.add("bad-path", place, path, "a path inside the node's directory", "Use a relative path.");
    else if (["bird", "ruleset"].includes(path.split(/[./]/)[0] ?? ""))
      report.add("bad-path", place, path, "a path that no daemon of the node has", "Use another path.");
    if (Object.hasOwn(node.files, path))
      report.add("duplicate-file", place, path, "a path that isn't among the node's files", "Change one of them.");
    if ("authority" in spec) {
      if (!Object.hasOwn(pki.authorities, spec.authority))
        report.unknownReference(`${place}.authority`, spec.authority, "an authority", Object.keys(pki.authorities));
    } else if (!Object.hasOwn(pki.certificates ?? {}, spec.certificate))
      report.unknownReference(
        `${place}.certificate`,
        spec.certificate,
        "a certificate",
        Object.keys(pki.certificates ?? {}),
      );
  }
  for (const { name, spec } of node.services) {
    if (spec.kind !== "http" || spec.tls === undefined) continue;
    const { certificate, key, clients } = spec.tls;
    const used = {
      certificate,
      key,
      "clients.authorities": clients?.authorities,
      "clients.revocations": clients?.revocations,
    };
    for (const [property, path] of Object.entries(used)) {
      if (path === undefined) continue;
      const place = `${member(`${at}.services`, name)}.tls.${property}`;
      if (!paths.includes(path)) report.unknownReference(place, path, "a credential of the node", paths);
      else if (!path.startsWith(`${name}/`))
        report.add(
          "bad-path",
          place,
          path,
          `a credential in the folder ${name}, whose changes the service is told of`,
          `Call it ${name}/${path.split("/").at(-1)}.`,
        );
    }
  }
}
