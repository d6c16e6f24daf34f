/** Which common names an authority may certify. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { commonNames, issue } from "../../../certs/certificate.ts";
import { generateKey } from "../../../certs/keys.ts";
import { violations } from "../../../topology/pki/names.ts";
import type { NameConstraints } from "../../../topology/pki/pki.ts";
import { needs } from "../../requirements.ts";
import { leafOf } from "./chains.ts";

const directory = mkdtempSync(join(tmpdir(), "labwright-constraints-"));
afterAll(() => rmSync(directory, { recursive: true }));

const none = { names: [], addresses: [], uris: [], emails: [] };
const constraints: Readonly<Record<string, NameConstraints>> = {
  "permitted lab.example": { permitted: { ...none, names: ["lab.example"] }, excluded: none },
  "excluded shop.example": { permitted: none, excluded: { ...none, names: ["shop.example"] } },
  "permitted addresses and mail": {
    permitted: { ...none, addresses: ["10.0.0.0/8"], emails: ["lab.example"] },
    excluded: none,
  },
};

const texts = [
  ...["orders.lab.example", "orders.shop.example", "Orders.SHOP.example", "a_b.shop.example", "a-b.shop.example"],
  ...["10.0.0.1", "1.2", "2001:db8::1"],
  // None that OpenSSL takes for a DNS name.
  ...["orders", "*.shop.example", "-a.shop.example", "a-.shop.example", "a.-b.example", "a..shop.example"],
  ...["shop.example.", ".shop.example", "orders of shop.example", "ü.shop.example"],
];

const alternatives = {
  "no other name": { dns: [], addresses: [], uris: [], emails: [] },
  "a DNS name": { dns: ["web.lab.example"], addresses: [], uris: [], emails: [] },
  "other names": { dns: [], addresses: ["10.0.0.1"], uris: [], emails: ["admin@lab.example"] },
};

/** Those of the certificates that OpenSSL refuses for the constraints of their issuer. */
function refused(issuer: string, certificates: readonly string[]): string[] {
  const file = (name: string, pem: string): string => {
    const path = join(directory, `${name}.pem`);
    writeFileSync(path, pem);
    return path;
  };
  const files = certificates.map((pem, index) => file(`${index}`, pem));
  const { stdout, stderr } = spawnSync("openssl", ["verify", "-CAfile", file("issuer", issuer), ...files], {
    encoding: "utf8",
  });
  const found = certificates.filter((_, index) => !stdout.includes(`${files[index]}: OK`));
  expect(stderr.match(/error 4[78] at 0 depth/g) ?? []).toHaveLength(found.length);
  return found;
}

describe.each(Object.entries(constraints))("%s", needs("openssl"), (_, nameConstraints) => {
  test.each(Object.entries(alternatives))(
    "a common name beside %s is judged as OpenSSL judges it",
    async (_, names) => {
      const [key, leafKey] = await Promise.all([generateKey("ecdsa-p256"), generateKey("ecdsa-p256")]);
      const profile = { kind: "authority", nameConstraints } as const;
      const certificate = await issue({ ...leafOf("Root"), profile }, key);
      const certificates = await Promise.all(
        texts.map((text) =>
          issue({ ...leafOf(text), profile: { kind: "end", names, usages: [] } }, leafKey, { certificate, key }),
        ),
      );
      const ours = certificates.filter((pem) => violations(names, nameConstraints, commonNames(pem)).length > 0);
      expect(ours.flatMap(commonNames)).toEqual(refused(certificate, certificates).flatMap(commonNames));
    },
  );
});
