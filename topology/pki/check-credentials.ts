/** Mistakes in what a node has of the PKI as files, and in what its services read of it. */
import type { ServiceSpec } from "../services/spec.ts";
import type { Node } from "../topology.ts";
import { member, type Report } from "../validation/report.ts";
import type { CredentialSpec, PkiSpec } from "./spec.ts";

export function checkCredentials(pki: PkiSpec, node: Node, report: Report): void {
  const at = member("nodes", node.name);
  for (const { path, spec } of node.credentials) {
    const place = member(`${at}.credentials`, path);
    checkPath(path, node, place, report);
    checkSource(pki, spec, place, report);
  }
  for (const { name, spec } of node.services) checkService(name, spec, node, member(`${at}.services`, name), report);
}

function checkPath(path: string, { credentials, files, services }: Node, place: string, report: Report): void {
  if (!/^[^/]/.test(path) || path.split("/").some((part) => part === "" || part === ".." || part === "."))
    report.add("bad-path", place, path, "a path inside the node's directory", "Use a relative path.");
  else if (["bird", "ruleset"].includes(path.split(/[./]/)[0] ?? "") || services.some(({ name }) => name === path))
    report.add("bad-path", place, path, "a path that no daemon of the node has", "Use another path.");
  if (Object.hasOwn(files, path))
    report.add("duplicate-file", place, path, "a path that isn't among the node's files", "Change one of them.");
  const above = Object.keys(files).find((file) => path.startsWith(`${file}/`));
  if (above !== undefined)
    report.add("file-for-folder", place, path, "a path in a folder", `${above} is a file; change one of them.`);
  const all = [...credentials.map((each) => each.path), ...Object.keys(files)];
  const below = all.find((other) => other.startsWith(`${path}/`));
  if (below !== undefined)
    report.add("file-for-folder", place, path, "a path that is no folder", `${below} is below it; change one of them.`);
}

function checkSource(pki: PkiSpec, spec: CredentialSpec, place: string, report: Report): void {
  const { authorities, certificates = {} } = pki;
  if ("authority" in spec) {
    if (!Object.hasOwn(authorities, spec.authority))
      report.unknownReference(`${place}.authority`, spec.authority, "an authority", Object.keys(authorities));
  } else if (!Object.hasOwn(certificates, spec.certificate))
    report.unknownReference(`${place}.certificate`, spec.certificate, "a certificate", Object.keys(certificates));
}

/** That what a service reads is there, and that it is told when that changes. */
function checkService(name: string, spec: ServiceSpec, node: Node, at: string, report: Report): void {
  const credentials = node.credentials.map(({ path }) => path);
  const isTold = spec.kind !== "http";
  // An author's text files serve as well, but aren't in a service's folder.
  const [known, what] = isTold
    ? [[...credentials, ...Object.keys(node.files)], "a credential or a file of the node"]
    : [credentials, "a credential of the node"];
  for (const [property, path] of Object.entries(filesOf(spec))) {
    if (path === undefined) continue;
    const place = `${at}.tls.${property}`;
    if (!known.includes(path)) report.unknownReference(place, path, what, known);
    else if (!isTold && !path.startsWith(`${name}/`))
      report.add(
        "bad-path",
        place,
        path,
        `a credential in the folder ${name}, whose changes the service is told of`,
        `Call it ${name}/${path.split("/").at(-1)}.`,
      );
  }
}

/** What its `tls` reads, by property. */
function filesOf(spec: ServiceSpec): Readonly<Record<string, string | undefined>> {
  switch (spec.kind) {
    case "http": {
      if (spec.tls === undefined) return {};
      const { certificate, key, clients } = spec.tls;
      const [authorities, revocations] = [clients?.authorities, clients?.revocations];
      return { certificate, key, "clients.authorities": authorities, "clients.revocations": revocations };
    }
    case "postgresql":
    case "proxy":
      return { ...spec.tls };
    case "daemon":
    case "rtr":
    case "krill":
    case "relying-party":
    case "dns":
    case "registry":
    case "multicast":
    case "health-check":
    case "docker":
      return {};
  }
}
