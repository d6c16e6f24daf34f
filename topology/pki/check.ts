/** Mistakes in a PKI. */
import type { TopologySpec } from "../spec.ts";
import type { Topology } from "../topology.ts";
import { member, type Report } from "../validation/report.ts";

/** `topology`: the same, resolved, for the names and addresses of its nodes. */
export function checkPki(spec: TopologySpec, topology: Pick<Topology, "nodes" | "names">, report: Report): void {
  const authorities = Object.keys(spec.pki?.authorities ?? {});
  const certificates = Object.keys(spec.pki?.certificates ?? {});
  for (const [name, { issuer }] of Object.entries(spec.pki?.authorities ?? {}))
    if (issuer !== undefined && !authorities.includes(issuer))
      report.unknownReference(`${member("pki.authorities", name)}.issuer`, issuer, "an authority", authorities);
  for (const [name, { issuer, node }] of Object.entries(spec.pki?.certificates ?? {})) {
    const path = member("pki.certificates", name);
    if (!authorities.includes(issuer)) report.unknownReference(`${path}.issuer`, issuer, "an authority", authorities);
    if (node !== undefined && !topology.nodes.some((each) => each.name === node))
      report.unknownReference(
        `${path}.node`,
        node,
        "a node",
        topology.nodes.map((each) => each.name),
      );
  }
  for (const { name, credentials } of topology.nodes)
    for (const { path, spec: credential } of credentials) {
      const at = member(`${member("nodes", name)}.credentials`, path);
      if ("authority" in credential) {
        if (!authorities.includes(credential.authority))
          report.unknownReference(`${at}.authority`, credential.authority, "an authority", authorities);
      } else if (!certificates.includes(credential.certificate))
        report.unknownReference(`${at}.certificate`, credential.certificate, "a certificate", certificates);
    }
}
