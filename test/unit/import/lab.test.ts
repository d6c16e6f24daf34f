import { mkdtempSync, rmSync, writeFileSync, mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { importedLab } from "../../../labs/imported/lab.ts";
import { renderImportedLab, toTopologySpec, type AsSelection } from "../../../topology/import/caida/index.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";

const selection: AsSelection = {
  ases: [64496, 64497, 65001],
  transit: [
    [64496, 65001],
    [64497, 65001],
  ],
  peers: [[64496, 64497]],
};

const lab = importedLab("three", toTopologySpec(selection), "Three networks");
const topology = resolve(lab.topology({ families: "ipv4" }));
const checks = lab.checks(topology, { families: "ipv4" });

function evaluate(name: string, on: string, stdout: string): string | undefined {
  const step = checks.find((check) => check.name === name)?.steps.find((each) => each.on === on);
  return step?.expect.evaluate({ exitCode: 0, stdout, stderr: "" });
}

describe("an imported lab", () => {
  test("checks every router's sessions, table and paths", () => {
    expect(checks.map(({ name, steps }) => [name, steps.map(({ on }) => on)])).toEqual(
      ["sessions-established", "tables-as-expected", "paths-valley-free"].map((name) => [
        name,
        ["as64496", "as64497", "as65001"],
      ]),
    );
  });

  test("its families are a setting", () => {
    expect(resolve(lab.topology({ families: "dual" })).families).toEqual(["ipv4", "ipv6"]);
    expect(topology.families).toEqual(["ipv4"]);
  });

  const route = (prefix: string, path: string, protocol: string): string =>
    `${prefix.padEnd(20)} unicast [${protocol} 10:00:00.000] * (100) [AS${path.split(" ").at(-1)}i]\n\tBGP.as_path: ${path}\n`;

  test("a path through a customer is told, with its prefix", () => {
    const good = route("172.16.0.0/24", "64496", "as64496_v4");
    const bad = route("172.16.1.0/24", "65001 64497", "as65001_v4");
    expect(evaluate("paths-valley-free", "as65001", good)).toBeUndefined();
    expect(evaluate("paths-valley-free", "as64496", good.replace("64496\n", "64497\n") + bad)).toBe(
      "172.16.1.0/24 by AS path 65001 64497",
    );
  });

  test("a table without any of the lab's routes doesn't pass", () => {
    expect(evaluate("paths-valley-free", "as64496", "BIRD 2.0.12 ready.\n")).toBeDefined();
  });

  test("one AS alone has a table to check and no session", () => {
    const alone = importedLab("alone", toTopologySpec({ ases: [64496], transit: [], peers: [] }), "One");
    const names = alone
      .checks(resolve(alone.topology({ families: "dual" })), { families: "dual" })
      .map(({ name }) => name);
    expect(names).toEqual(["tables-as-expected", "paths-valley-free"]);
  });
});

describe("an imported lab's files", () => {
  const root = realpathSync(join(import.meta.dirname, "../../.."));
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test("are a lab as a person would write it, and its stack", () => {
    const files = renderImportedLab("three", "20260101.as-rel.txt", selection);
    expect(files.map(({ path }) => path)).toEqual(["labs/three/lab.ts", "stacks/Pulumi.three.yaml"]);
    expectGolden("import/lab.ts.txt", files[0]?.content ?? "");
    expectGolden("import/Pulumi.three.yaml", files[1]?.content ?? "");
  });

  test("make the lab that the selection makes, whatever the source is called", async () => {
    const numbers = Array.from({ length: 120 }, (_, index) => index + 1);
    const large: AsSelection = { ases: numbers, transit: numbers.slice(1).map((asn) => [1, asn]), peers: [] };
    const source = 'a*/ "b" \\ ${c} `d`\n\u2028 e.txt';
    const content = renderImportedLab("large", source, large)[0]?.content ?? "";
    expect(content.split("\n").every((line) => line.length <= 120)).toBe(true);
    // In a folder of its own beside the project's: a lab's imports are relative.
    const folder = mkdtempSync(join(root, "node_modules/.imported-"));
    folders.push(folder);
    mkdirSync(join(folder, "labs/large"), { recursive: true });
    const rooted = content
      .replaceAll("../../topology", `${pathToFileURL(root).href}/topology`)
      .replaceAll("../imported", `${pathToFileURL(root).href}/labs/imported`);
    writeFileSync(join(folder, "labs/large/lab.ts"), rooted);
    const module = (await import(pathToFileURL(join(folder, "labs/large/lab.ts")).href)) as { lab: typeof lab };
    expect(module.lab.name).toBe("large");
    expect(module.lab.title).toBe('120 ASes from a*/ "b" \\ ${c} `d` e.txt');
    expect(module.lab.topology({ families: "dual" })).toEqual(toTopologySpec(large));
  });

  test("a name that can't be a folder's or a stack's is refused", () => {
    for (const name of ["", "../x", "A", "imported", "x".repeat(41)])
      expect(() => renderImportedLab(name, "x", selection)).toThrow(ProblemsError);
  });
});
