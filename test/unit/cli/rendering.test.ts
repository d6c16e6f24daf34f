import { describe, expect, test } from "vitest";
import { formatResult, formatSummary } from "../../../cli/checks/report.ts";
import type { CheckResult } from "../../../cli/checks/runner.ts";
import { clean, Failures, formatFailures } from "../../../cli/engine/failures.ts";
import type { EngineEvent } from "../../../cli/engine/run.ts";
import { observeLive, parseDevices, liveState } from "../../../cli/live/live.ts";
import { Output } from "../../../cli/output/output.ts";
import { table } from "../../../cli/output/table.ts";
import { blockLines, Lines } from "../../../cli/progress/display.ts";
import { Progress, summary } from "../../../cli/progress/progress.ts";
import { formatRepair, Repairs } from "../../../cli/progress/repairs.ts";
import { statusText } from "../../../cli/verbs/status.ts";
import { exportsText } from "../../../cli/verbs/env.ts";
import { findPlace } from "../../../cli/verbs/capture.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";

const plain = { paint: (_style: string, text: string) => text };

function urn(type: string, name: string): string {
  return `urn:pulumi:bgp::labwright::labwright:index:Lab$labwright:net:${type}::bgp-${name}`;
}

/** An event as the engine sends it, of what this code looks at. */
function event(
  kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent",
  type: string,
  name: string,
  op = "create",
  more: object = {},
): EngineEvent {
  return {
    [kind]: { metadata: { op, urn: urn(type, name), type: `labwright:net:${type}`, ...more } },
  } as unknown as EngineEvent;
}

function diagnostic(severity: string, message: string, about?: string): EngineEvent {
  return {
    diagnosticEvent: { severity, message, color: "never", ...(about === undefined ? {} : { urn: about }) },
  } as unknown as EngineEvent;
}

function capture(): { output: Output; text: () => string } {
  let text = "";
  const stream = { write: (part: string | Uint8Array) => ((text += String(part)), true) };
  return {
    output: new Output({ stdout: stream, stderr: stream }, { json: false, quiet: false, color: false }),
    text: () => text,
  };
}

describe("progress", () => {
  test("counts by kind what is made, and names what is in work", () => {
    const progress = new Progress("bgp", { sandbox: 1, node: 3, links: 1 });
    for (const name of ["t1a", "t1b"]) progress.take(event("resourcePreEvent", "Node", name));
    progress.take(event("resOutputsEvent", "Sandbox", "sandbox"));
    progress.take(event("resOutputsEvent", "Node", "t1a"));
    progress.take(event("resOpFailedEvent", "Links", "links"));
    expect(summary(progress)).toBe("sandbox 1/1, nodes 1/3, links 0/1");
    expect(blockLines(progress, "Bringing up bgp 1.0 s")).toEqual([
      "Bringing up bgp 1.0 s",
      "  sandbox   ████████████████████ 1/1",
      "  node      ███████░░░░░░░░░░░░░ 1/3  t1b",
      "  links     ░░░░░░░░░░░░░░░░░░░░ 0/1",
      "  failed: 1",
    ]);
  });

  test("tells what is still missing while the lab converges", () => {
    const progress = new Progress("bgp", { node: 1 });
    progress.take(event("resourcePreEvent", "Readiness", "readiness"));
    progress.take(diagnostic("info", "t1a: session t1b_v4 is Active\n", urn("Readiness", "readiness")));
    expect(blockLines(progress, "x").at(-1)).toBe("  converging t1a: session t1b_v4 is Active");
  });

  test("tells what the making of an image is at, until it is made", () => {
    const progress = new Progress("bgp", { image: 1 });
    progress.take(event("resourcePreEvent", "Image", "router"));
    progress.take(diagnostic("info", "image router: downloading packages\n", urn("Image", "router")));
    expect(blockLines(progress, "x").at(-1)).toBe("  image router: downloading packages");
    progress.take(event("resOutputsEvent", "Image", "router"));
    expect(blockLines(progress, "x").at(-1)).toBe("  image     ████████████████████ 1/1");
  });

  test("is few lines in a pipe", () => {
    const { output, text } = capture();
    let now = 0;
    const display = new Lines(output, new Progress("bgp", { node: 200 }), "Bringing up bgp", () => now);
    for (let index = 0; index < 200; index++) {
      now += 50;
      display.take(event("resOutputsEvent", "Node", `n${index}`));
    }
    display.take(event("resourcePreEvent", "Readiness", "readiness"));
    display.take(event("resOutputsEvent", "Readiness", "readiness"));
    expect(text()).toBe(
      [
        "Bringing up bgp",
        "2.0 s: nodes 40/200",
        "4.0 s: nodes 80/200",
        "6.0 s: nodes 120/200",
        "8.0 s: nodes 160/200",
        "10 s: nodes 200/200",
        "10 s: waiting for the lab to converge",
        "",
      ].join("\n"),
    );
  });
});

describe("what an up repaired", () => {
  test("is told by resource, with the provider's words or the properties that changed", () => {
    const repairs = new Repairs("bgp");
    repairs.take(event("resOutputsEvent", "Node", "t1b", "same"));
    repairs.take(diagnostic("info", "repaired: daemon bird: not running", urn("Node", "t1a")));
    repairs.take(event("resOutputsEvent", "Node", "t1a", "update", { detailedDiff: { drift: {} } }));
    repairs.take(event("resOutputsEvent", "Link", "t1a--t1b", "update", { detailedDiff: { mtu: {} } }));
    repairs.take(event("resOutputsEvent", "Segment", "ix", "create"));
    repairs.take(event("resOutputsEvent", "Node", "old", "delete"));
    expect(repairs.all().map(formatRepair)).toEqual([
      "node t1a: daemon bird: not running",
      "link t1a--t1b: mtu changed",
      "segment ix: made",
      "node old: taken away",
    ]);
  });
});

describe("the engine's errors", () => {
  test("are told by resource, all of them, without traces and wrappings", () => {
    const failures = new Failures("bgp");
    failures.take(
      diagnostic(
        "error",
        "<{%reset%}>rpc error: code = Unknown desc = BIRD refused bird.conf:\nline 3: syntax error<{%reset%}>",
        urn("Node", "t1a"),
      ),
    );
    failures.take(
      diagnostic(
        "error",
        "Unhandled exception: Error: no such lab\n    at findLab (/labs/index.ts:20:9)\n    at <anonymous>",
      ),
    );
    failures.take(diagnostic("error", "update failed"));
    failures.take(diagnostic("info", "nothing"));
    expect(formatFailures(failures.all(""))).toBe(
      "  node t1a: BIRD refused bird.conf:\n    line 3: syntax error\n  no such lab",
    );
  });

  test("are what the CLI printed where no event told any", () => {
    expect(new Failures("bgp").all("Updating\n\nerror: the stack is locked\n  by somebody\n\nmore")).toEqual([
      { resource: undefined, message: "the stack is locked\n  by somebody" },
    ]);
    expect(new Failures("bgp").all("")).toEqual([
      { resource: undefined, message: "the Pulumi engine ended without a word" },
    ]);
  });

  test("have no stack of Go", () => {
    expect(clean("panic: x\ngoroutine 1 [running]:\n\t/root/go/main.go:12 +0x1")).toBe("panic: x");
  });
});

describe("results of checks", () => {
  const failed: CheckResult = {
    name: "path",
    title: "The path is short",
    proves: [],
    status: "failed",
    seconds: 10,
    attempts: 8,
    failure: { on: "h1", command: "ping -c 1 h2", expected: "exit code 0", saw: "exit code 1" },
  };
  test("tell the command, what was expected and what was seen", () => {
    expect(formatResult(failed, plain)).toBe(
      "FAILED  path: The path is short (10 s)\n        on h1: ping -c 1 h2\n        expected exit code 0\n        saw exit code 1",
    );
    expect(formatSummary([failed, { ...failed, status: "passed" }, { ...failed, status: "error" }])).toBe(
      "1 of 3 checks passed, 1 failed, 1 could not be run.",
    );
  });
});

const topology = resolve({
  autonomousSystems: { one: { asn: 65001 }, two: { asn: 65002 } },
  nodes: { r1: { kind: "router", as: "one" }, r2: { kind: "router", as: "two" }, h1: { kind: "host" } },
  links: [{ ends: ["r1", "r2"] }],
  segments: { lan: { members: ["r1", "h1"] } },
  relations: [{ kind: "peer", between: ["one", "two"] }],
});

describe("the state of a lab", () => {
  const sandbox = {
    nodes: async () => ["r1", "r2"],
    sessions: async ({ node }: { node: string }): Promise<ReadonlyMap<string, string>> => {
      if (node === "r2") throw new Error("BIRD's control socket: connect ENOENT");
      return new Map([
        ["r2_v4", "Active        Socket: Connection refused"],
        ["r2_v6", "Established"],
      ]);
    },
    exec: async () => ({
      exitCode: 0,
      stderr: "",
      stdout:
        "== r1\nlo UNKNOWN 00:00 <LOOPBACK,UP>\nr2@if3 UP 00:01 <UP>\nlan@if4 DOWN 00:02 <>\n== r2\nr1@if2 UP 00:03 <UP>\n== h1\n",
    }),
  };

  test("is told by node, session and link, with what is wrong", async () => {
    const live = await observeLive(topology, sandbox);
    expectGolden("cli/status.txt", `${statusText("bgp", live, plain, false)}\n`);
    expect(liveState(live).get("lan")).toBe("down");
    expect(liveState(live).get("r1/r2_v6")).toBe("Established");
  });

  test("reads the interfaces of every node", () => {
    expect(parseDevices("== a\nveth-a@if2         UP             5e:2e <BROADCAST>\n== b\n")).toEqual(
      new Map([
        ["a", new Map([["veth-a", "up"]])],
        ["b", new Map()],
      ]),
    );
  });
});

describe("a place to capture at", () => {
  const stack = { name: "bgp", topology };
  test.each([
    ["r1--r2", { node: "r1", interface: "r2" }],
    ["lan", { node: "r1", interface: "lan" }],
    ["r2:r1", { node: "r2", interface: "r1" }],
    ["h1:lo", { node: "h1", interface: "lo" }],
  ])("%s is %j", (place, expected) => {
    expect(findPlace(stack, place)).toMatchObject(expected);
  });
  test.each([
    ["r1--r3", 'bgp has no link or segment called "r1--r3"; it has r1--r2, lan.'],
    ["r1:r3", 'The node r1 has no interface called "r3"; it has lo, r2, lan.'],
    ["r9:lo", 'bgp has no node called "r9"'],
  ])("%s is refused with what there is", (place, message) => {
    expect(() => findPlace(stack, place)).toThrow(message);
  });
});

test("a table's columns line up, with colour or without", () => {
  const green = "\u001b[32mup\u001b[0m";
  expect(
    table(
      ["A", "STATE", "B"],
      [
        ["long", green, "x"],
        ["s", "down", ""],
      ],
    ),
  ).toBe(`A     STATE  B\nlong  ${green}     x\ns     down`);
});

test("exports for a shell are quoted", () => {
  expect(exportsText("/opt/p u/pulumi", { A: "plain", B: "it's" })).toBe(
    `export A=plain\nexport B='it'\\''s'\nexport PATH='/opt/p u':"$PATH"`,
  );
});
