/** Mutual TLS: a web server and clients that show each other certificates of one PKI. */
import { all, exits, prints } from "../expect.ts";
import { defineLab } from "../lab.ts";
import type { Check } from "../lab.ts";

export const mtls = defineLab({
  name: "mtls",
  title: "Mutual TLS",
  summary:
    "A root, an issuing authority, a web server and a client: both sides show a certificate and check the other's.",
  runtimes: ["namespace"],
  settings: {},
  topology: () => ({
    families: ["ipv4"],
    nodes: {
      server: {
        kind: "host",
        services: {
          web: {
            kind: "http",
            port: 8443,
            answer: "hello over mutual TLS",
            tls: {
              certificate: "web/server.pem",
              key: "web/server.key",
              clients: { authorities: "web/ca.pem", revocations: "web/crl.pem" },
            },
          },
        },
        credentials: {
          "web/server.pem": { certificate: "server", content: "chain" },
          "web/server.key": { certificate: "server", content: "key" },
          "web/ca.pem": { authority: "root", content: "bundle" },
          "web/crl.pem": { authority: "issuing", content: "crl" },
        },
      },
      client: {
        kind: "host",
        credentials: {
          "ca.pem": { authority: "root", content: "bundle" },
          "client.pem": { certificate: "client", content: "chain" },
          "client.key": { certificate: "client", content: "key" },
        },
      },
    },
    links: [{ ends: ["client", "server"] }],
    names: { "server.local": "server" },
    pki: {
      authorities: {
        root: { subject: { organization: "Labwright", commonName: "Lab root" } },
        issuing: {
          issuer: "root",
          subject: { organization: "Labwright", commonName: "Lab issuing authority" },
          pathLength: 0,
        },
      },
      certificates: {
        server: { issuer: "issuing", profile: "server", node: "server" },
        client: { issuer: "issuing", profile: "client" },
      },
    },
  }),
  checks: () => [withCertificate],
  requires: ["nginx", "curl", "openssl"],
  convergesWithin: 10,
  tryNext: [
    "exec client -- sh -c 'cd /run/bird && curl --cacert ca.pem --cert client.pem --key client.key https://server.local:8443/'",
    "exec client openssl x509 -in /run/bird/client.pem -noout -text",
    "shell client",
  ],
});

const withCertificate: Check = {
  name: "with-certificate",
  title: "The server answers a client that shows its certificate",
  proves: ["tls-2"],
  steps: [
    {
      on: "client",
      command: "cd /run/bird && curl -sS --cacert ca.pem --cert client.pem --key client.key https://server.local:8443/",
      expect: all(exits(0), prints(/^hello over mutual TLS$/m)),
    },
  ],
};
