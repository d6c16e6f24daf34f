/** Mistakes in a PKI, and in what nodes and services have of it. */
import type { TopologySpec } from "../spec.ts";
import type { Topology } from "../topology.ts";
import type { Report } from "../validation/report.ts";
import { checkAuthorities } from "./check-authorities.ts";
import { checkCertificates } from "./check-certificates.ts";
import { checkCredentials } from "./check-credentials.ts";
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
