import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Leftovers, tree } from "../../../bench/leftovers.ts";
import { kibibytes, kindOf } from "../../../bench/memory.ts";
import { parseRefused } from "../../../bench/neighbours.ts";
import { containerlabFiles } from "../../../bench/peers/containerlab.ts";
import { katharaFiles } from "../../../bench/peers/kathara.ts";
import { topologyFor } from "../../../bench/peers/mininet.ts";
import { ipBatches, sysctlLines } from "../../../bench/raw.ts";
import { declare } from "../../../components/declarations.ts";
import { scaleTopology } from "../../../labs/scale/topology.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";

const declarations = declare(resolve(scaleTopology("ring", 3, ["ipv4"])), 60);

function shown(files: Readonly<Record<string, string>>, names: readonly string[]): string {
  return names.map((name) => `--- ${name}\n${files[name] ?? "(missing)"}`).join("\n");
}

describe("what other programs are given", () => {
  test("raw: every address of every node, and every interface up", () => {
    const lines = [...ipBatches(declarations)].flatMap(([name, batch]) => [name, ...batch.map((line) => `  ${line}`)]);
    expectGolden("bench/ip-batches.txt", `${lines.join("\n")}\n`);
  });

  test("a sysctl of interfaces to come is set on those that are there too", () => {
    expect(sysctlLines({ "net.ipv4.ip_forward": "1", "net.ipv4.conf.default.rp_filter": "0" })).toEqual([
      "echo 1 >/proc/sys/net/ipv4/ip_forward",
      'for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >"$file"; done',
    ]);
  });

  test("mininet: its nodes, links and commands", () => {
    expectGolden("bench/mininet.json", `${JSON.stringify(topologyFor(declarations), undefined, 2)}\n`);
  });

  test("containerlab: a topology file, and a start script for each node", () => {
    const files = containerlabFiles(declarations, "an-image");
    expect(Object.keys(files).sort()).toEqual([
      "bench.clab.yml",
      ...["r0", "r1", "r2"].map((name) => `nodes/${name}/start.sh`),
    ]);
    expectGolden("bench/containerlab.txt", shown(files, ["bench.clab.yml", "nodes/r0/start.sh"]));
  });

  test("Kathará: a lab.conf, and a startup file for each node with its own interface names", () => {
    const files = katharaFiles(declarations, "an-image");
    expect(Object.keys(files).sort()).toEqual(["lab.conf", "r0.startup", "r1.startup", "r2.startup"]);
    expectGolden("bench/kathara.txt", shown(files, ["lab.conf", "r0.startup", "r2.startup"]));
  });
});

test("neighbours refused by a full table are counted over all processors", () => {
  const text = "entries  allocs table_fulls\n000001a5 00002882 000000ff\n000001a5 00000001 00000001\n";
  expect(parseRefused(text)).toBe(256);
  expect(parseRefused("entries allocs\n0001 0002\n")).toBe(0);
  expect(parseRefused("")).toBe(0);
});

describe("memory", () => {
  test("is read from the kernel's listings", () => {
    expect(kibibytes("Rss:   12 kB\nPss:    7 kB\nPss_Anon:  3 kB\n", "Pss")).toBe(7);
    expect(kibibytes("Rss:   12 kB\n", "VmHWM")).toBe(0);
  });

  test("is told apart by process", () => {
    expect(kindOf(["/cache/pulumi", "up"])).toBe("engine");
    expect(kindOf(["node", "--import", "/a/x.mjs", "/a/provider/main.ts", "127.0.0.1:1"])).toBe("provider");
    expect(kindOf(["node", "/a/toolchain/bootstrap.mjs", "lab", "up"])).toBe("command");
    expect(kindOf(["bash", "/a/provider/sandbox/init.sh"])).toBeUndefined();
  });
});

describe("what the benchmark leaves", () => {
  test("is nothing: no program, no folder, and nothing to undo, once each", async () => {
    const leftovers = new Leftovers();
    const directory = leftovers.directory(mkdtempSync(join(realpathSync(tmpdir()), "labwright-test-")));
    const child = spawn("sleep", ["60"], { cwd: directory, stdio: "ignore" });
    leftovers.child(child);
    expect(tree(process.pid)).toContain(child.pid);
    const undone: string[] = [];
    leftovers.undo(async () => void undone.push("one"));
    leftovers.undo(async () => void undone.push("two"))();
    await leftovers.end();
    expect(undone).toEqual(["one"]);
    expect(child.signalCode).toBe("SIGINT");
    expect(() => rmSync(directory)).toThrow("ENOENT");
  });

  test("can't grow any more once it is being taken away", async () => {
    const leftovers = new Leftovers();
    await leftovers.end();
    expect(() => leftovers.sandbox("late")).toThrow("interrupted");
    expect(() => leftovers.undo(async () => {})).toThrow("interrupted");
  });
});
