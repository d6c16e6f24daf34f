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
    { root: { key: 1024, trusted: 2, subject: { organizationalUnit: 7 } } },
    { web: { issuer: "root", profile: true, mistakes: { usages: "webAuth" } }, db: { issuer: "root" } },
    { credentials: { "a.pem": { certificate: "web", content: "fullchain" }, "b.pem": { authority: "root" } } },
  ),
  "pki-words": pki(
    { root: { key: "rsa-1024", lifetime: "30d", mistakes: { validity: "ended", digest: "md5" } } },
    {
      web: {
        issuer: "root",
        profile: "sever",
        addresses: ["server.local"],
        lifetime: "31d",
        mistakes: { usages: ["serverAuth", "webAuth", "clientauth"] },
      },
      "of-no-profile": { issuer: "root", profile: "web", subject: {} },
      nobody: { issuer: "root", profile: "client", subject: {}, revoked: "keycompromise" },
    },
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
  "pki-generations": pki({
    root: { subject: { commonName: "r".repeat(62) }, trusted: [1, 2] },
    // Its second generation has room, its tenth hasn't.
    tenth: { subject: { commonName: "t".repeat(61) }, trusted: [2, 10], generation: 2 },
    fits: { subject: { organization: "o".repeat(64), commonName: "f".repeat(61) }, generation: 9 },
    nameless: { subject: { organization: "o".repeat(64) }, generation: 9999 },
    [`a${"b".repeat(62)}`]: { generation: 2 },
  }),
  "pki-durations": pki(
    { root: { lifetime: "9999999d", revocationListLifetime: "9999999h" }, century: { lifetime: "36500d" } },
    {
      web: { issuer: "century", profile: "client", lifetime: "36501d" },
      soon: { issuer: "century", profile: "client", lifetime: "1d", renewBefore: "36501d" },
    },
  ),
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
      "nobody-on-purpose": {
        issuer: "root",
        profile: "server",
        node: "h1",
        subject: {},
        mistakes: { withoutAlternativeNames: true },
      },
      "identity-of-nobody": {
        issuer: "root",
        profile: "spiffe",
        uris: ["spiffe://lab.example/web"],
        mistakes: { withoutAlternativeNames: true },
      },
      "by-common-name": { issuer: "root", profile: "server", node: "h1", mistakes: { withoutAlternativeNames: true } },
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
