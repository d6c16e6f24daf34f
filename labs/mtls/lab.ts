/** Mutual TLS: a web server and clients that show each other certificates of one PKI. */
import { defineLab } from "../lab.ts";
import { mtlsChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { mtlsTopology, settings } from "./topology.ts";

export const mtls = defineLab({
  name: "mtls",
  title: "Mutual TLS",
  summary:
    "A root, an intermediate and an issuing authority, a web server, its client and a visitor: both sides show a " +
    "certificate and check the other's. Fifteen faults, and keys rotated under traffic.",
  runtimes: ["namespace", "container"],
  settings,
  topology: mtlsTopology,
  checks: mtlsChecks,
  faults,
  requires: ["nginx", "curl", "openssl", "tcpdump", "faketime"],
  requiresInSandbox: ["tshark"],
  convergesWithin: 10,
  tryNext: [
    "exec client -- sh -c 'cd /run/nodes/client && curl --cacert ca.pem --cert client.pem --key client.key https://server.local:8443/'",
    "check handshake-1.3",
    "break worked-until-an-hour-ago",
  ],
});
