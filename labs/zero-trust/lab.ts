/** Services that ask each caller who it is, wherever it calls from. */
import { defineLab } from "../lab.ts";
import { zeroTrustChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { zeroTrustTopology } from "./topology.ts";

export const zeroTrust = defineLab({
  name: "zero-trust",
  title: "Zero trust: identities instead of addresses",
  summary:
    "Services with SPIFFE identities behind Envoy sidecars, each allowing named callers only; unknown callers, plain text, " +
    "other trust domains and the address of an allowed caller are refused.",
  runtimes: ["namespace", "container"],
  settings: {},
  topology: zeroTrustTopology,
  checks: zeroTrustChecks,
  faults,
  requires: ["nginx", "curl", "openssl"],
  convergesWithin: 20,
  tryNext: ["exec web curl -si http://127.0.0.1:9001/", "exec batch curl -si http://127.0.0.1:9001/", "logs orders"],
});
