/** Mistakes in authorities, certificates, and which node gets what of them. */
import { host, link } from "./parts.ts";

/** Two hosts with a PKI. */
const pki = (authorities: object, certificates: object = {}, h1: object = {}): unknown => ({
  ...link({}),
  nodes: { h1: { ...host, ...h1 }, h2: host },
  pki: { authorities, certificates },
});

export const pkiMistakes: Readonly<Record<string, unknown>> = {
  "pki-form": pki(
    { root: { key: "rsa-1024", trusted: 2, subject: { organizationalUnit: 7 } } },
    { web: { issuer: "root", profile: "sever", mistakes: { usages: ["webAuth"] } }, db: { issuer: "root" } },
    { credentials: { "a.pem": { certificate: "web", content: "fullchain" }, "b.pem": { authority: "root" } } },
  ),
  "pki-names": pki(
    { "Root CA": {}, shared: {} },
    { shared: { issuer: "shared", profile: "client" }, "web.server": { issuer: "shared", profile: "client" } },
  ),
  "pki-issuers": pki(
    { root: {}, one: { issuer: "two" }, two: { issuer: "one" }, under: { issuer: "two" }, lost: { issuer: "rooot" } },
    {
      leaf: { issuer: "root", profile: "client" },
      below: { issuer: "leaf", profile: "client" },
      ring: { issuer: "under", profile: "client" },
      none: { issuer: "nobody", profile: "client" },
    },
  ),
  "pki-authorities": pki({
    root: { pathLength: 1, lifetime: "10y", subject: {}, revoked: "keyCompromise" },
    middle: { issuer: "root", generation: 0, trusted: [1.5], lifetime: "4000d", pathLength: -1 },
    issuing: { issuer: "middle", trusted: [], renewBefore: "1825d", revocationListLifetime: "a week" },
    deep: {
      issuer: "issuing",
      subject: { country: "Germany", commonName: "" },
      nameConstraints: {
        permitted: { names: ["*.lab"], addresses: ["10.0.0.1/8"] },
        excluded: { uris: ["https://lab"], emails: ["a@lab"] },
      },
    },
  }),
  "pki-certificates": pki(
    { root: { lifetime: "30d" }, lab: { issuer: "root", nameConstraints: { permitted: { names: ["lab.example"] } } } },
    {
      "wrong-kinds": {
        issuer: "root",
        profile: "server",
        names: ["10.0.0.1", "a_b..c", "ok.local", "ok.local"],
        addresses: ["server.local", "10.0.0.1/24"],
        uris: ["nowhere"],
        emails: ["somebody"],
      },
      "too-long": { issuer: "root", profile: "server", node: "h1", lifetime: "31d", renewBefore: "0s", generation: -1 },
      "renewed-always": { issuer: "root", profile: "client", lifetime: "2h", renewBefore: "2h" },
      nobody: { issuer: "root", profile: "client", subject: {} },
      nameless: { issuer: "root", profile: "server" },
      outside: { issuer: "lab", profile: "server", names: ["www.lab.example", "www.example"] },
      identity: { issuer: "root", profile: "spiffe", uris: ["https://lab.example/web"] },
      lost: { issuer: "root", profile: "server", node: "h3" },
      member: { issuer: "root", profile: "mongodb-member", names: ["db"], subject: { organization: "Lab" } },
      reader: { issuer: "root", profile: "mongodb-client", subject: { organization: "Lab", commonName: "reader" } },
      loose: { issuer: "root", profile: "mongodb-member", names: ["db2"], subject: { commonName: "db2" } },
    },
  ),
  "pki-credentials": pki(
    { root: {} },
    { web: { issuer: "root", profile: "server", node: "h1" } },
    {
      files: { "tls/web.pem": "mine" },
      credentials: {
        "/etc/web.pem": { certificate: "web", content: "chain" },
        "bird.pem": { certificate: "wb", content: "chain" },
        "tls/web.pem": { authority: "rot", content: "bundle" },
        "tls/web.key": { certificate: "web", content: "key" },
      },
      services: {
        web: { kind: "http", answer: "hi", tls: { certificate: "web/web.pem", key: "tls/web.key" } },
      },
    },
  ),
};
