import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import type { EngineEvent } from "../../../cli/engine/run.ts";
import { declarationChanges, PlannedChanges } from "../../../cli/exercises/changes.ts";
import { forgetHints, hintsGiven, noteHints } from "../../../cli/exercises/hints.ts";
import { formatChanges } from "../../../cli/exercises/patch.ts";
import { Output } from "../../../cli/output/output.ts";
import { requireCommands } from "../../../cli/stacks/requirements.ts";
import { findLab } from "../../../labs/index.ts";
import { situationOf } from "../../../labs/situation.ts";
import { expectGolden } from "../../golden.ts";

const stream = { write: () => true };
const output = (color: boolean): Output =>
  new Output({ stdout: stream, stderr: stream }, { json: false, quiet: false, color });

/** What the engine tells before a step, of what this code looks at. */
function step(type: string, name: string, op: string, before?: object, after?: object): EngineEvent {
  const metadata = {
    op,
    type: `labwright:net:${type}`,
    urn: `urn:pulumi:bgp::labwright::labwright:index:Lab$labwright:net:${type}::bgp-${name}`,
    ...(before === undefined ? {} : { old: { inputs: before } }),
    ...(after === undefined ? {} : { new: { inputs: after } }),
  };
  return { resourcePreEvent: { metadata } } as unknown as EngineEvent;
}

const configuration = (preference: number): string =>
  ["log stderr all;", "", "filter in {", `  bgp_local_pref = ${preference};`, "  accept;", "}", "", "# The end."].join(
    "\n",
  );

const events: readonly EngineEvent[] = [
  step("Sandbox", "sandbox", "same", { key: "k" }, { key: "k" }),
  step(
    "Node",
    "t1b",
    "update",
    {
      sandbox: "k",
      name: "t1b",
      files: { "bird.conf": configuration(300) },
      ruleset: "",
      loopbacks: ["10.2.255.1/32"],
    },
    {
      sandbox: "k",
      name: "t1b",
      files: { "bird.conf": configuration(150) },
      ruleset: "table inet filter {\n}",
      loopbacks: [],
    },
  ),
  step(
    "Node",
    "rpki",
    "update",
    { files: { "vrps.json": '{"roas":[{"asn":1}]}' } },
    { files: { "vrps.json": '{"roas":[{"asn":2}]}' } },
  ),
  step("Node", "h1", "update", { ruleset: "" }, { ruleset: "" }),
  step(
    "Links",
    "links",
    "update",
    { links: { "a--b": { mtu: 1500, impairments: {} } } },
    { links: { "a--b": { mtu: 1280, impairments: { loss: 0.2 } } } },
  ),
  step("Node", "thief", "create", undefined, {
    sandbox: "k",
    name: "thief",
    ruleset: "",
    daemons: [{ name: "bird", command: ["bird", "-f"] }],
  }),
  step("Node", "t1a", "delete-replaced", { name: "t1a" }),
  step("Node", "t1a", "replace", { name: "t1a" }, { name: "t1a", ruleset: "x" }),
  step("Segment", "ix", "delete", { mtu: 1500 }),
  step("Readiness", "readiness", "update", { prefixSets: { set1: ["10.0.0.0/8"] } }, { prefixSets: {} }),
];

describe("what an up would change", () => {
  const planned = new PlannedChanges("bgp");
  for (const event of events) planned.take(event);

  test("is told by resource and property, texts and lists as a unified diff", () => {
    expectGolden("cli/preview.txt", `${formatChanges(planned.all(), output(false))}\n`);
  });

  test("is green and red on a terminal", () => {
    const colored = formatChanges(planned.all(), output(true));
    expect(colored).toContain("\u001b[31m-  bgp_local_pref = 300;\u001b[0m");
    expect(colored).toContain("\u001b[32m+  bgp_local_pref = 150;\u001b[0m");
    expect(colored.replaceAll(/\u001b\[\d+m/g, "")).toBe(formatChanges(planned.all(), output(false)));
  });

  test("is the difference of two declarations where nothing runs", async () => {
    const lab = await findLab("namespaces");
    const declared = (raw: Record<string, string>) => declare(situationOf(lab, raw).topology, 10);
    expect(declarationChanges(declared({}), declared({}))).toEqual([]);
    expect(declarationChanges(declared({}), declared({ fault: "large-packets" }))).toEqual([
      {
        resource: "links",
        operation: "update",
        properties: [{ path: "links.pair.mtu", before: 1500, after: 1280 }],
        drifted: false,
      },
    ]);
    const { nodes, ...rest } = declared({});
    const fewer = { ...rest, nodes: nodes.slice(1) };
    expect(declarationChanges(declared({}), fewer)).toMatchObject([{ resource: "node a", operation: "delete" }]);
    expect(declarationChanges(fewer, declared({}))).toMatchObject([{ resource: "node a", operation: "create" }]);
  });
});

describe("hints that were given", () => {
  const project = { directory: mkdtempSync(join(tmpdir(), "labwright-hints-")) };
  afterAll(() => rmSync(project.directory, { recursive: true }));

  test("are counted by stack and fault until they are forgotten", () => {
    expect(hintsGiven(project, "bgp", "one")).toBe(0);
    noteHints(project, "bgp", "one", 2);
    expect(hintsGiven(project, "bgp", "one")).toBe(2);
    expect(hintsGiven(project, "bgp", "other")).toBe(0);
    expect(hintsGiven(project, "bgp2", "one")).toBe(0);
    forgetHints(project, "bgp");
    forgetHints(project, "bgp");
    expect(hintsGiven(project, "bgp", "one")).toBe(0);
  });

  test("are none where the note can't be read", () => {
    noteHints(project, "bgp", "one", 2);
    writeFileSync(join(project.directory, ".labwright", "hints", "bgp.json"), '{"fault":');
    expect(hintsGiven(project, "bgp", "one")).toBe(0);
  });
});

describe("a lab whose commands are missing", () => {
  const find = (installed: readonly string[]) => (command: string) =>
    installed.includes(command) ? `/usr/bin/${command}` : undefined;

  test("is refused with all of them and the packages that bring them", () => {
    const lab = { name: "bgp", requires: ["bird", "birdc", "traceroute"] };
    expect(() => requireCommands(lab, false, find(["traceroute"]))).toThrow(
      expect.objectContaining({
        message: "The lab bgp needs what isn't installed here: bird, birdc.",
        hint: "On Debian and its kin: sudo apt-get install bird2",
        exitCode: 1,
      }),
    );
  });

  test("is refused with the option of set-up that brings what it leaves out", () => {
    expect(() => requireCommands({ name: "interop", requires: ["bgpctl", "gobgp"] }, false, find([]))).toThrow(
      expect.objectContaining({ hint: "`npm run setup -- --daemons` installs it." }),
    );
  });

  test("is taken where they are there, or none are needed", () => {
    requireCommands({ name: "bgp", requires: ["bird"] }, false, find(["bird"]));
    requireCommands({ name: "plain" }, false, find([]));
  });

  test("with all nodes in containers, needs only what its checks run beside them", () => {
    const needy = { name: "mtls", requires: ["nginx"], requiresInSandbox: ["tshark"] };
    requireCommands(needy, true, find(["tshark"]));
    expect(() => requireCommands(needy, true, find(["nginx"]))).toThrow(
      expect.objectContaining({ message: "The lab mtls needs what isn't installed here: tshark." }),
    );
  });
});
