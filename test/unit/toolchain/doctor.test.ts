import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { diagnose, formatDiagnosis, type Diagnosis } from "../../../toolchain/doctor.ts";
import { systemPackages } from "../../../toolchain/plan.mjs";
import { machine } from "./machine.ts";

const example: Diagnosis = {
  tools: [
    { name: "Pulumi CLI", origin: "built", path: "/cache/pulumi", version: "3.259.0", purpose: "the engine" },
    { name: "bird2", origin: "missing", purpose: "routers", problem: "bird not found: no router can run" },
  ],
  kernel: [
    { name: "tbf", present: true, without: "no rates" },
    { name: "netem", present: false, without: "delay by a relay" },
  ],
  limits: [{ name: "processor cores", value: "2" }],
};

test("it prints what is there, and what is lost without what isn't", () => {
  expect(formatDiagnosis(example)).toBe(
    `Tools
  Pulumi CLI  3.259.0  built    /cache/pulumi  the engine
  bird2       -        missing  -              bird not found: no router can run

Kernel
  yes  tbf
  no   netem  delay by a relay

Limits
  processor cores  2`,
  );
});

test("it looks at every tool, leaves nothing on the host, and finds no CLI where none was set up", async () => {
  const interfaces = readdirSync("/sys/class/net");
  const { tools, kernel, limits } = await diagnose(machine().directory);
  expect(tools.map((tool) => tool.name)).toEqual([
    "Node.js",
    "Pulumi CLI",
    "Pulumi plugin command",
    "Pulumi plugin docker",
    ...systemPackages.map((entry) => entry.package),
    "Docker daemon",
    "Krill",
    "Routinator",
    "Envoy",
  ]);
  for (const [index, option] of ["--rpki", "--rpki", "--envoy"].entries())
    expect(tools.at(index - 3)).toMatchObject({
      origin: "missing",
      optional: true,
      problem: expect.stringContaining(option),
    });
  expect(tools[1]).toMatchObject({ origin: "missing", problem: "no lab can be brought up: run `npm run setup`" });
  expect(kernel.find((feature) => feature.name === "network namespaces")).toBeDefined();
  expect(limits.length).toBeGreaterThan(4);
  expect(readdirSync("/sys/class/net")).toEqual(interfaces);
});
