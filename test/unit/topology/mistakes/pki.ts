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
  "pki-untrusted-signer": pki({
    root: { generation: 2, trusted: [1] },
    announced: { trusted: [2, 3] },
    rotated: { generation: 2, trusted: [1, 2] },
  }),
  "pki-constraints": pki(
    {
      root: {},
      lab: { issuer: "root", nameConstraints: { permitted: { names: ["lab.example"] } } },
      "not-the-shop": { issuer: "root", nameConstraints: { excluded: { names: ["shop.example"] } } },
      empty: { issuer: "root", nameConstraints: {} },
      "of-empty-lists": { nameConstraints: { permitted: { names: [], uris: [] }, excluded: {} } },
      "one-list": { nameConstraints: { permitted: { names: [] }, excluded: { uris: ["lab.example"] } } },
    },
    {
      orders: { issuer: "lab", profile: "client", subject: { commonName: "orders.shop.example" } },
      address: { issuer: "lab", profile: "client", subject: { commonName: "10.0.0.1" } },
      excluded: { issuer: "not-the-shop", profile: "client", subject: { commonName: "Orders.Shop.Example" } },
      // Not like a DNS name, permitted, beside a DNS name, and on purpose.
      word: { issuer: "lab", profile: "client", subject: { commonName: "orders" } },
      text: { issuer: "lab", profile: "client", subject: { commonName: "orders of shop.example" } },
      inside: { issuer: "lab", profile: "client", subject: { commonName: "orders.lab.example" } },
      named: {
        issuer: "lab",
        profile: "server",
        names: ["web.lab.example"],
        subject: { commonName: "www.shop.example" },
      },
      mistaken: {
        issuer: "lab",
        profile: "client",
        subject: { commonName: "orders.shop.example" },
        mistakes: { violatesNameConstraints: true },
      },
      // By its common name alone.
      nameless: {
        issuer: "lab",
        profile: "server",
        names: ["www.shop.example"],
        mistakes: { withoutAlternativeNames: true },
      },
    },
  ),
  "pki-members": pki(
    { root: {} },
    {
      loose: { issuer: "root", profile: "mongodb-member", names: ["db0"], subject: { commonName: "db0" } },
      first: {
        issuer: "root",
        profile: "mongodb-member",
        names: ["db1"],
        subject: { organization: "Lab", organizationalUnit: ["a", "b"], commonName: "db1" },
      },
      second: {
        issuer: "root",
        profile: "mongodb-member",
        names: ["db2"],
        subject: { organization: "Lab", organizationalUnit: ["b", "a"] },
      },
      other: {
        issuer: "root",
        profile: "mongodb-member",
        names: ["db3"],
        subject: { organization: "Lab", organizationalUnit: "a", domainComponents: ["lab", "example"] },
      },
    },
  ),
  "pki-mistakes-of-no-effect": pki(
    {
      root: { key: "ed25519", mistakes: { digest: "sha1" } },
      issuing: { issuer: "root", mistakes: { digest: "sha1" } },
      p384: { key: "ecdsa-p384", mistakes: { digest: "sha1" } },
      below: { issuer: "p384", key: "ed25519", mistakes: { digest: "sha1" } },
    },
    {
      weak: { issuer: "below", profile: "client", mistakes: { digest: "sha1" } },
      own: { issuer: "issuing", profile: "client", key: "ed25519", mistakes: { digest: "sha1", selfSigned: true } },
      "of-own": { issuer: "below", profile: "client", mistakes: { digest: "sha1", selfSigned: true } },
      effective: { issuer: "p384", profile: "client", key: "ed25519", mistakes: { digest: "sha1" } },
      lost: { issuer: "nobody", profile: "client", mistakes: { digest: "sha1" } },
      twice: {
        issuer: "root",
        profile: "client",
        mistakes: { usages: ["clientAuth", "serverAuth", "clientAuth", "web", "web"] },
      },
      any: { issuer: "root", profile: "client", mistakes: { usages: [] } },
    },
  ),
  "pki-files-and-folders": pki(
    { root: {} },
    {},
    {
      files: { tls: "a file", "tools/a/b": "another", "tools.sh": "" },
      credentials: Object.fromEntries(
        ["ca", "ca/root.pem", "ca/root.pem/deep", "ca-2/root.pem", "tls/ca.pem", "tools/a", "tools", "web"].map(
          (path) => [path, { authority: "root", content: "bundle" }],
        ),
      ),
      services: { web: { kind: "http", answer: "hi" } },
    },
  ),
};
