import { beforeAll, describe, expect, test } from "vitest";
import type { NodeFile } from "../../../cli/pki/judge-file.ts";
import type { AuthorityEntry, CertificateEntry, Inventory } from "../../../cli/pki/inventory.ts";
import { verify } from "../../../cli/pki/verify.ts";
import { pems } from "../../../certs/bundles.ts";
import { issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { rotated, rotationSteps, withOperations, type PkiOperations } from "../../../topology/pki/operations.ts";
import {
  keyKinds,
  type AuthoritySpec,
  type CertificateSpec,
  type CredentialSpec,
  type PkiSpec,
} from "../../../topology/pki/spec.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { Topology } from "../../../topology/topology.ts";
import { madePki, type MadePki } from "../../support/made-pki.ts";

const now = new Date("2026-06-01T12:00:00Z");
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

const credentials: Record<string, CredentialSpec> = {
  "ca.pem": { authority: "root", content: "bundle" },
  "crl.pem": { authority: "issuing", content: "crl" },
  "issuing.pem": { authority: "issuing", content: "certificate" },
  "issuing.key": { authority: "issuing", content: "key" },
  "above.pem": { authority: "issuing", content: "chain" },
  "web.pem": { certificate: "web", content: "chain" },
  "web.key": { certificate: "web", content: "key" },
  "both.pem": { certificate: "web", content: "combined" },
  "upside-down.pem": { certificate: "web", content: "chain", mistakes: { reversed: true } },
};

const authorities: Record<string, AuthoritySpec> = {
  root: { trusted: [1, 2] },
  middle: { issuer: "root", pathLength: 1 },
  issuing: {
    issuer: "middle",
    pathLength: 0,
    nameConstraints: { permitted: { names: ["lab.example"], addresses: ["10.0.0.0/8", "2001:db8::/32"] } },
  },
};

const certificates: Record<string, CertificateSpec> = {
  web: {
    issuer: "issuing",
    profile: "server",
    names: ["web.lab.example"],
    addresses: ["10.0.0.1", "2001:db8::1"],
  },
  client: { issuer: "issuing", profile: "client", key: "rsa-2048", revoked: "keyCompromise" },
};

const topologyOf = (pki: PkiSpec): Topology =>
  resolve({ nodes: { h1: { kind: "host", credentials }, h2: { kind: "host" } }, links: [{ ends: ["h1", "h2"] }], pki });

/** What is wrong, as `what: why`. */
async function wrongs(
  topology: Topology,
  inventory: Inventory,
  files: ReadonlyMap<string, NodeFile>,
  at = now,
): Promise<string[]> {
  const found = await verify(inventory, topology, async (node, path) => files.get(`${node}:${path}`), at);
  return found.flatMap(({ what, wrong }) => (wrong === undefined ? [] : [`${what}: ${wrong}`]));
}

describe("lab pki verify", () => {
  const topology = topologyOf({ authorities, certificates });
  let made: MadePki;
  beforeAll(async () => {
    made = await madePki(topology, () => now);
  });

  const authority = (name: string): AuthorityEntry =>
    made.inventory.authorities.find((each) => each.name === name) ?? expect.fail(name);
  const certificate = (name: string): CertificateEntry =>
    made.inventory.certificates.find((each) => each.name === name) ?? expect.fail(name);
  const text = (path: string): string => made.files.get(`h1:${path}`)?.text ?? expect.fail(path);
  /** With other files. */
  const damaged = (files: Readonly<Record<string, string | Partial<NodeFile>>>): Promise<string[]> =>
    wrongs(
      topology,
      made.inventory,
      new Map([
        ...made.files,
        ...Object.entries(files).map(([path, file]): [string, NodeFile] => [
          `h1:${path}`,
          { text: text(path), mode: "600", ...(typeof file === "string" ? { text: file } : file) },
        ]),
      ]),
    );

  test("finds nothing in what was made as it is declared", async () => {
    expect(await wrongs(topology, made.inventory, made.files)).toEqual([]);
    expect((await verify(made.inventory, topology, async () => undefined, now)).map(({ what }) => what)).toEqual([
      ...["authority root", "authority middle", "authority issuing", "certificate web", "certificate client"],
      ...["revocation list of root", "revocation list of middle", "revocation list of issuing"],
      ...Object.keys(credentials).map((path) => `h1:${path}`),
    ]);
  });

  test.each(keyKinds.flatMap((signer) => (["ecdsa-p256", signer] as const).map((key) => [key, signer] as const)))(
    "finds nothing in keys of kind %s below an authority of kind %s",
    async (key, signer) => {
      const of = topologyOf({
        authorities: {
          root: { key: signer, trusted: [1, 2] },
          middle: { key: signer, issuer: "root" },
          issuing: { key: signer, issuer: "middle" },
        },
        certificates: {
          web: { issuer: "issuing", profile: "server", names: ["web.example"], key },
          client: { issuer: "issuing", profile: "client", key, mistakes: { selfSigned: true } },
        },
      });
      const pki = await madePki(of, () => now);
      expect(await wrongs(of, pki.inventory, pki.files)).toEqual([]);
    },
  );

  describe("of files", () => {
    test("tells a chain that lacks, has too much, or is in another order", async () => {
      const [web = "", issuing = "", middle = ""] = pems(text("web.pem"));
      expect(
        await damaged({
          "web.pem": web,
          "above.pem": middle + issuing,
          "both.pem": text("both.pem") + authority("root").pem,
          "issuing.pem": issuing + issuing,
          "upside-down.pem": web + issuing + middle,
        }),
      ).toEqual([
        "h1:issuing.pem: holds besides a certificate of CN=issuing",
        "h1:above.pem: in another order than the certificate of issuing, the certificate of middle",
        "h1:web.pem: lacks the certificate of issuing, the certificate of middle",
        "h1:both.pem: holds besides a certificate of CN=root",
        "h1:upside-down.pem: in another order than the certificate of middle, the certificate of issuing, the certificate of web",
      ]);
    });

    test("tells keys that are another's, broken, not alone, or open to others", async () => {
      expect(
        await damaged({
          "issuing.key": { text: text("web.key"), mode: "640" },
          "web.key": text("web.key").replace(/\n.*/, ""),
          "both.pem": { mode: "644" },
          "web.pem": text("web.key") + text("web.pem"),
        }),
      ).toEqual([
        "h1:issuing.key: holds another key; mode is 640, expected 600",
        "h1:web.pem: holds besides a block PRIVATE KEY",
        "h1:web.key: holds no private key",
        "h1:both.pem: mode is 644, expected 600",
      ]);
      expect(await damaged({ "web.key": text("both.pem"), "both.pem": text("web.pem") + text("web.key") })).toEqual([
        "h1:web.key: holds besides a certificate of CN=web.lab.example, a certificate of CN=issuing, a certificate of CN=middle",
        "h1:both.pem: holds no private key; holds besides a block PRIVATE KEY",
      ]);
    });

    test("tells a bundle without a trusted generation, or with another authority, and a file that is missing", async () => {
      const [first = "", second = ""] = pems(text("ca.pem"));
      expect(await damaged({ "ca.pem": second })).toEqual(["h1:ca.pem: lacks generation 1 of root"]);
      expect(await damaged({ "ca.pem": first + authority("middle").pem })).toEqual([
        "h1:ca.pem: lacks generation 2 of root; holds besides a certificate of CN=middle",
      ]);
      expect(await damaged({ "ca.pem": `# Ours.\n${first}${second}` })).toEqual(["h1:ca.pem: holds other text too"]);
      const files = new Map([...made.files].filter(([path]) => path !== "h1:ca.pem"));
      expect(await wrongs(topology, made.inventory, files)).toEqual(["h1:ca.pem: missing"]);
    });

    test("tells a list that is missing among those of all authorities above, cut off, or in another order", async () => {
      const [issuing = "", middle = "", root1 = "", root2 = ""] = pems(text("crl.pem"));
      expect(await damaged({ "crl.pem": issuing + root1 + root2 })).toEqual([
        "h1:crl.pem: lacks the revocation list of middle",
      ]);
      expect(await damaged({ "crl.pem": (issuing + middle + root1 + root2).slice(0, -40) })).toEqual([
        "h1:crl.pem: lacks the revocation list of root, generation 2",
      ]);
      const [order] = await damaged({ "crl.pem": middle + issuing + root1 + root2 });
      expect(order).toMatch(/^h1:crl\.pem: in another order than the revocation list of issuing, /);
      const without = made.inventory.authorities.map(({ list: _, ...each }) => each);
      const files = new Map([...made.files, ["h1:crl.pem", { mode: "600", text: "" }]]);
      expect(await wrongs(topology, { ...made.inventory, authorities: without }, files)).toEqual([
        "h1:crl.pem: lacks the revocation list of issuing, the revocation list of middle, the revocation list of root",
      ]);
      const old = await madePki(topology, () => later(-1));
      const [, another = ""] = pems(old.files.get("h1:crl.pem")?.text ?? "");
      expect(await damaged({ "crl.pem": issuing + another + root1 + root2 })).toEqual([
        "h1:crl.pem: lacks the revocation list of middle; holds besides a revocation list of CN=middle",
      ]);
    });
  });

  describe("of revocation lists", () => {
    const withList = (name: string, pem: string): Promise<string[]> =>
      wrongs(
        topology,
        {
          ...made.inventory,
          authorities: made.inventory.authorities.map((each) =>
            each.name === name && each.list !== undefined
              ? { ...each, list: { ...each.list, pem, generations: { ...each.list.generations, 1: pem } } }
              : each,
          ),
        },
        made.files,
      );

    test("takes them for as long as certificates, where nothing is declared of their times", async () => {
      expect(await wrongs(topology, made.inventory, made.files, later(89))).toEqual([]);
    });

    test("tells those that have ended, in the state and in the file", async () => {
      const weekly = Object.entries(authorities).map(([name, each]) => [
        name,
        { ...each, revocationListLifetime: "7d" },
      ]);
      const short = topologyOf({ authorities: Object.fromEntries(weekly), certificates });
      const { inventory, files } = await madePki(short, () => now);
      const found = await wrongs(short, inventory, files, later(8));
      const end = later(7).toISOString();
      expect(found).toEqual([
        `revocation list of root: generation 1: ended ${end}; generation 2: ended ${end}`,
        `revocation list of middle: ended ${end}`,
        `revocation list of issuing: ended ${end}`,
        `h1:crl.pem: ${["issuing", "middle", "root, generation 1", "root, generation 2"].map((name) => `the revocation list of ${name} ended ${end}`).join("; ")}`,
      ]);
    });

    test("tells one that another authority has signed, and a certificate that isn't on it", async () => {
      const found = await withList("issuing", authority("middle").list?.pem ?? "");
      expect(found).toEqual([
        "certificate client: not on its issuer's revocation list",
        `revocation list of issuing: not signed by issuing; has ${certificate("client").serialNumber} as not revoked, and issuing as keyCompromise`,
        "h1:crl.pem: holds besides a revocation list of CN=issuing",
      ]);
    });

    test("tells a certificate that is on it and isn't declared to be, whatever else the state says", async () => {
      const kept = { ...certificates, client: { issuer: "issuing", profile: "client", key: "rsa-2048" } as const };
      expect(await wrongs(topologyOf({ authorities, certificates: kept }), made.inventory, made.files)).toEqual([
        "certificate client: revoked: keyCompromise",
      ]);
    });
  });

  test("finds nothing where what was revoked isn't declared any more; it stays on the list", async () => {
    const spare = { issuer: "root", revoked: "cACompromise" } as const;
    const revoked = await madePki(topologyOf({ authorities: { ...authorities, spare }, certificates }), () => now);
    const web = certificates["web"] ?? expect.fail();
    const less = topologyOf({ authorities, certificates: { web } });
    const { inventory, files } = await madePki(less, () => now, revoked);
    expect(await wrongs(less, inventory, files)).toEqual([]);
    const listed = (name: string): string[] =>
      inventory.authorities.find((each) => each.name === name)?.revocations.map(({ reason }) => reason) ?? [];
    expect([listed("root"), listed("issuing")]).toEqual([["cACompromise"], ["keyCompromise"]]);
  });

  test("finds nothing in any step of the rotation of an authority that is revoked, until which it stays so", async () => {
    const { web } = certificates;
    const plain = { authorities, certificates: { web: web ?? expect.fail() } };
    let operations: PkiOperations = { generations: new Map(), revocations: new Map([["issuing", "keyCompromise"]]) };
    const at = (): Topology => {
      const { pki: operated } = withOperations({ nodes: {}, links: [], pki: plain }, operations);
      return topologyOf(operated ?? expect.fail());
    };
    let last = await madePki(at(), () => now);
    const revoked: (string | undefined)[] = [];
    for (const { to } of rotationSteps(at().pki, "issuing")) {
      operations = rotated(operations, at().pki, "issuing", to);
      last = await madePki(at(), () => now, last);
      expect(await wrongs(at(), last.inventory, last.files)).toEqual([]);
      revoked.push(last.inventory.authorities.find(({ name }) => name === "issuing")?.revoked);
    }
    expect(revoked).toEqual(["keyCompromise", undefined, undefined]);
    expect(last.inventory.authorities.find(({ name }) => name === "middle")?.revocations).toHaveLength(1);
  });

  describe("of certificates", () => {
    const withPem = (name: string, pem: string): Inventory => ({
      authorities: made.inventory.authorities.map((each) =>
        each.name === name ? { ...each, pem, generations: { 1: pem } } : each,
      ),
      certificates: made.inventory.certificates.map((each) => (each.name === name ? { ...each, pem } : each)),
    });
    const aboutCertificates = async (inventory: Inventory): Promise<string[]> =>
      (await wrongs(topology, inventory, made.files)).filter((each) => /^(authority|certificate) /.test(each));
    const period = { notBefore: later(-1), notAfter: later(1), digest: "sha256" } as const;

    test("tells one that says other things than are declared", async () => {
      const issuer = { certificate: authority("issuing").pem, key: text("issuing.key") };
      const profile = { kind: "authority", pathLength: 3 } as const;
      const template = { ...period, digest: "sha1", subject: [["CN", "web"]], profile } as const;
      const web = await issue(template, await generateKey("rsa-2048"), issuer);
      expect(await aboutCertificates(withPem("web", web))).toEqual([
        "certificate web: subject CN=web, declared CN=web.lab.example; " +
          "key rsa-2048, declared ecdsa-p256; signed with SHA-1, declared SHA-256; " +
          "basic constraints critical CA:TRUE, path length 3, declared critical CA:FALSE; " +
          "key usage critical keyCertSign, cRLSign, declared critical digitalSignature; " +
          "extended key usage none, declared serverAuth; " +
          "names none, declared DNS:web.lab.example IP:10.0.0.1 IP:2001:db8::1",
      ]);
    });

    test("tells an authority with other constraints, whose key isn't that of before, and what is below it", async () => {
      const profile = {
        kind: "authority",
        nameConstraints: {
          permitted: { names: ["other.example"], addresses: [], uris: [], emails: [] },
          excluded: { names: [], addresses: ["10.0.0.0/24"], uris: [], emails: [] },
        },
      } as const;
      const issuing = await issue(
        { ...period, subject: [["CN", "issuing"]], profile },
        await generateKey("ecdsa-p256"),
      );
      expect(await aboutCertificates(withPem("issuing", issuing))).toEqual([
        "authority issuing: not signed by middle; basic constraints critical CA:TRUE, declared critical CA:TRUE, path length 0; " +
          "name constraints critical permitted DNS:other.example; excluded IP:10.0.0.0/24, " +
          "declared critical permitted DNS:lab.example IP:10.0.0.0/8 IP:2001:db8::/32; excluded none",
        "certificate web: not signed by issuing; issuing may not certify web.lab.example; issuing may not certify 10.0.0.1",
        "certificate client: not signed by issuing",
      ]);
    });

    test("tells those whose time is over or hasn't come, and those that aren't there", async () => {
      const found = await wrongs(topology, made.inventory, made.files, later(91));
      expect(found.find((each) => each.startsWith("certificate web: "))).toMatch(
        /: expired 2026-08-30T12:00:00\.000Z$/,
      );
      expect((await wrongs(topology, made.inventory, made.files, later(-1)))[0]).toMatch(
        /^authority root: generation 1: not valid before 2026-06-01T11:55:00\.000Z; generation 2: not valid before /,
      );
      expect(await aboutCertificates({ authorities: [], certificates: [] })).toEqual([
        "authority root: isn't there",
        "authority middle: isn't there",
        "authority issuing: isn't there",
        "certificate web: isn't there",
        "certificate client: isn't there",
      ]);
    });
  });

  test("takes mistakes on purpose for right, and tells them where they aren't declared", async () => {
    const names = ["www.other.example"];
    const server = { issuer: "root", profile: "server", names } as const;
    const mistaken = topologyOf({
      authorities: {
        ...authorities,
        tight: { issuer: "root", pathLength: 0 },
        deep: { issuer: "tight", mistakes: { exceedsPathLength: true } },
        fake: { issuer: "root", mistakes: { notAnAuthority: true } },
      },
      certificates: {
        ...certificates,
        early: { ...server, mistakes: { validity: "not-yet-valid" } },
        late: { ...server, mistakes: { validity: "expired" } },
        own: { ...server, mistakes: { selfSigned: true } },
        bare: { ...server, mistakes: { withoutAlternativeNames: true } },
        coder: { ...server, mistakes: { usages: ["codeSigning"] } },
        outside: { ...server, issuer: "issuing", mistakes: { violatesNameConstraints: true } },
        "outside-by-common-name": {
          ...server,
          issuer: "issuing",
          mistakes: { withoutAlternativeNames: true, violatesNameConstraints: true },
        },
        faked: { ...server, issuer: "fake" },
      },
    });
    const { inventory, files } = await madePki(mistaken, () => now);
    expect(await wrongs(mistaken, inventory, files)).toEqual([]);
    const alternatives = { dns: names, addresses: [], uris: [], emails: [] };
    const plain: Topology = {
      ...mistaken,
      pki: {
        authorities: mistaken.pki.authorities.map((each) => ({
          ...each,
          exceedsPathLength: false,
          notAnAuthority: false,
        })),
        certificates: mistaken.pki.certificates.map(({ validity: _, ...each }) =>
          ["web", "client"].includes(each.name)
            ? each
            : {
                ...each,
                selfSigned: false,
                violatesNameConstraints: false,
                names: alternatives,
                usages: ["serverAuth"],
              },
        ),
      },
    };
    expect(await wrongs(plain, inventory, files)).toEqual([
      "authority deep: too deep below tight: path length 0",
      "authority fake: basic constraints critical CA:FALSE, declared critical CA:TRUE; " +
        "key usage critical digitalSignature, declared critical keyCertSign, cRLSign",
      "certificate early: not valid before 2026-06-02T12:00:00.000Z",
      "certificate late: expired 2026-06-01T11:00:00.000Z",
      "certificate own: not signed by root",
      "certificate bare: names none, declared DNS:www.other.example",
      "certificate coder: extended key usage codeSigning, declared serverAuth",
      "certificate outside: issuing may not certify www.other.example",
      "certificate outside-by-common-name: names none, declared DNS:www.other.example; issuing may not certify www.other.example",
      "certificate faked: its issuer fake is no authority",
    ]);
  });
});
