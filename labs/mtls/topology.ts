/** A web server, its client, and a visitor whose certificates are no good. */
import type { AuthoritySpec, CredentialSpec, SubjectSpec } from "../../topology/pki/spec.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import type { Settings } from "../lab.ts";

export const settings = {
  rotation: {
    type: "integer",
    default: 0,
    minimum: 0,
    maximum: 7,
    description:
      "How far keys are rotated. 1: server's and client's anew; 2 to 4: the issuing authority's (announced, in use, " +
      "the old one dropped); 5 to 7: the root's, in the same steps",
  },
} as const;

export type MtlsSettings = Settings<typeof settings>;

export const port = 8443;
export const answer = "hello over mutual TLS";

/** Certificates of the visitor, by the name of their files. */
const visitors = ["other", "expired", "revoked"] as const;

const pair = (certificate: string): Record<string, CredentialSpec> => ({
  [`${certificate}.pem`]: { certificate, content: "chain" },
  [`${certificate}.key`]: { certificate, content: "key" },
});

/** `lan`: one segment with all of them. */
export function mtlsTopology({ rotation }: MtlsSettings): TopologySpec {
  const generation = rotation < 1 ? 1 : rotation < 3 ? 2 : 3;
  return {
    families: ["ipv4"],
    nodes: {
      server: {
        kind: "host",
        services: {
          web: {
            kind: "http",
            port,
            answer,
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
          "crl.pem": { authority: "issuing", content: "crl" },
          "intermediate.pem": { authority: "intermediate", content: "certificate" },
          "issuing.pem": { authority: "issuing", content: "certificate" },
          ...pair("client"),
          // In one file, so that a program that reads it at any time finds a key and a certificate that belong together.
          "both.pem": { certificate: "client", content: "combined" },
        },
      },
      visitor: {
        kind: "host",
        credentials: {
          "ca.pem": { authority: "root", content: "bundle" },
          "crl.pem": { authority: "issuing", content: "crl" },
          ...Object.assign({}, ...visitors.map(pair)),
        },
      },
    },
    segments: { lan: { members: ["server", "client", "visitor"] } },
    names: { "server.local": "server" },
    pki: {
      authorities: {
        root: { subject: subject("Lab root"), ...rotated(rotation, 5) },
        intermediate: { issuer: "root", subject: subject("Lab intermediate authority"), pathLength: 1 },
        issuing: {
          issuer: "intermediate",
          subject: subject("Lab issuing authority"),
          pathLength: 0,
          ...rotated(rotation, 2),
        },
        stranger: { subject: subject("Another root") },
      },
      certificates: {
        server: {
          issuer: "issuing",
          profile: "server",
          node: "server",
          subject: { commonName: "server.local" },
          generation,
        },
        client: { issuer: "issuing", profile: "client", generation },
        expired: { issuer: "issuing", profile: "client", mistakes: { validity: "expired" } },
        revoked: { issuer: "issuing", profile: "client", revoked: "keyCompromise" },
        other: { issuer: "stranger", profile: "client" },
      },
    },
  };
}

const subject = (commonName: string): SubjectSpec => ({ organization: "Labwright", commonName });

/** Three steps, of which `first` is the first: known beside the old one, in use, alone. */
function rotated(rotation: number, first: number): Pick<AuthoritySpec, "generation" | "trusted"> {
  if (rotation < first) return {};
  return { generation: rotation === first ? 1 : 2, ...(rotation < first + 2 ? { trusted: [1, 2] } : {}) };
}
