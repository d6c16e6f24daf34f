import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needs } from "../../requirements.ts";
import { chain, kinds, names } from "./chains.ts";

const program = join(import.meta.dirname, "../../support/x509/main.go");

test(
  "Go's crypto/x509 takes chains and lists of every kind of key, and refuses what is wrong",
  { ...needs("go"), timeout: 120_000 },
  async () => {
    const good = await Promise.all(kinds.map((kind) => chain(kind)));
    const [first, second] = good;
    const outside = await chain("ecdsa-p256", {
      profile: { kind: "end", usages: ["serverAuth"], names: { ...names, dns: ["www.server.local"] } },
    });
    const client = await chain("ecdsa-p256", { profile: { kind: "end", usages: ["clientAuth"], names } });
    const cases = [
      ...good.map((each) => ({ ...each, name: "server.local" })),
      { ...first, name: "other.local" },
      { ...first, root: second?.root, name: "server.local" },
      { ...outside, name: "www.server.local" },
      { ...client, name: "server.local" },
    ];
    const output = execFileSync("go", ["run", program], {
      input: JSON.stringify(cases),
      encoding: "utf8",
      env: { ...process.env, GO111MODULE: "off" },
    });
    const said = JSON.parse(output) as string[];
    expect(said.slice(0, kinds.length)).toEqual(kinds.map(() => "ok, list 7, reason 1"));
    expect(said.slice(kinds.length)).toEqual([
      expect.stringMatching(/is valid for .*server\.local.*, not other\.local/),
      expect.stringMatching(/unknown authority/),
      expect.stringMatching(/excluded by constraint "www\.server\.local"/),
      expect.stringMatching(/incompatible key usage/),
    ]);
  },
);
