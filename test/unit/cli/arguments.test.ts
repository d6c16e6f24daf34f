import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectGolden } from "../../golden.ts";
import { lab } from "./run.ts";

const clone = join(import.meta.dirname, "..", "..", "..");
const verbs = [
  "list",
  "up",
  "down",
  "reset",
  "status",
  "check",
  "break",
  "hint",
  "solve",
  "exec",
  "shell",
  "graph",
  "logs",
  "capture",
  "clean",
  "doctor",
  "coverage",
  "import",
  "import caida",
  "import containerlab",
  "import kathara",
  "export",
  "export containerlab",
  "whatif",
  "whatif hijack",
  "whatif leak",
  "start",
  "env",
  "images",
  "images build",
  "images remove",
];

describe("help", () => {
  test("lists every verb", async () => {
    const { exitCode, stdout, stderr } = await lab("--help");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expectGolden("cli/help.txt", stdout);
  });

  test.each(verbs)("on %s shows its arguments and examples", async (verb) => {
    const { exitCode, stdout } = await lab(...verb.split(" "), "--help");
    expect(exitCode).toBe(0);
    expectGolden(`cli/help-${verb.replace(" ", "-")}.txt`, stdout);
  });

  test("is shown, as an error, where no verb is given", async () => {
    const { exitCode, stderr } = await lab();
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Usage: lab");
  });
});

describe("bad input", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "labwright-arguments-"));
    mkdirSync(join(directory, "stacks"));
    copyFileSync(join(clone, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
    for (const [name, text] of Object.entries(stacks))
      writeFileSync(join(directory, "stacks", `Pulumi.${name}.yaml`), text);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const asRel = join(clone, "docs", "examples", "as-rel.txt");
  const stacks = {
    bgp: "config:\n  labwright:lab: bgp\n",
    "bad-settings": "config:\n  labwright:lab: bgp\n  stubs: 999\n  stub: 3\n  holdTime: soon\n",
    "bad-yaml": "config: [\n",
    "bad-lab": "config:\n  labwright:lab: bpg\n",
    "no-map": "config: 5\n",
    broken: "config:\n  labwright:lab: namespaces\n  labwright:fault: no-replies\n",
    "bad-fault": "config:\n  labwright:lab: namespaces\n  labwright:fault: no-replys\n",
    "bad-solution":
      "config:\n  labwright:lab: namespaces\n  labwright:fault: no-replies\n  labwright:solution: rules\n",
    "solution-alone": "config:\n  labwright:lab: namespaces\n  labwright:solution: without-rules\n",
    secret: "config:\n  labwright:lab: bgp\n  labwright:stubs:\n    secure: v1:x\n",
  };

  const mistakes: readonly (readonly [name: string, ...args: string[]])[] = [
    ["unknown-verb", "frobnicate"],
    ["mistyped-verb", "statsu", "bgp"],
    ["unknown-option", "up", "bgp", "--frob"],
    ["no-lab", "up"],
    ["too-many-arguments", "status", "bgp", "bgp"],
    ["unknown-lab", "status", "bgq"],
    ["name-with-slash", "status", "../bgp"],
    ["bad-settings", "status", "bad-settings"],
    ["bad-yaml", "status", "bad-yaml"],
    ["bad-lab", "status", "bad-lab"],
    ["config-no-map", "status", "no-map"],
    ["secret-setting", "status", "secret"],
    ["set-without-value", "up", "bgp", "--set", "stubs", "--set", "=3", "--set", "holdTime=9"],
    ["set-unknown", "up", "bgp", "--set", "stabs=3"],
    ["set-out-of-range", "up", "bgp", "--set", "stubs=0", "--set", "families=ipx"],
    ["name-of-a-copy", "up", "bgp", "--name", "BGP 2"],
    ["copy-of-another-lab", "up", "namespaces", "--name", "bgp"],
    ["not-up-check", "check", "bgp"],
    ["not-up-exec", "exec", "bgp", "t1a", "id"],
    ["bad-format", "graph", "bgp", "--format", "pdf"],
    ["unknown-fault", "break", "namespaces", "no-replys"],
    ["no-faults", "break", "scale", "slow"],
    ["nothing-to-solve", "solve", "namespaces"],
    ["unknown-solution", "solve", "broken", "without-rule"],
    ["bad-fault", "status", "bad-fault"],
    ["bad-solution", "hint", "bad-solution"],
    ["solution-alone", "status", "solution-alone"],
    ["import-no-file", "import", "caida", "nowhere.txt"],
    ["import-folder", "import", "caida", "/"],
    [
      "whatif-options",
      ...["whatif", "hijack", "--as-rel", "nowhere.txt", "--victim", "six", "--prefix", "192.0.2.1/24"],
      ...["--attacker", "65004", "--sample", "0", "--roa", "192.0.2.0/24:25", "--validating", "top", "--path-end", "/"],
    ],
    ["whatif-nobody", "whatif", "leak", "--as-rel", asRel, "--seed", "0", "--workers", "none"],
    [
      "whatif-same",
      "whatif",
      "hijack",
      "--as-rel",
      asRel,
      "--victim",
      "65001",
      "--attacker",
      "AS65001",
      ...["--prefix", "192.0.2.1/32", "--sub-prefix"],
    ],
    [
      "whatif-unknown",
      "whatif",
      "leak",
      "--as-rel",
      asRel,
      "--victim",
      "65008",
      "--leaker",
      "1",
      "--roles",
      join(clone, "test", "golden", "internet", "bad-list.asns"),
    ],
    [
      "whatif-cycle",
      "whatif",
      "hijack",
      "--as-rel",
      join(clone, "test", "golden", "internet", "cycle.as-rel"),
      ...["--victim", "1", "--attacker", "2"],
    ],
    ["whatif-no-file", "whatif", "hijack", "--victim", "65001"],
    ["bad-count", "capture", "bgp", "t1a--t1b", "-c", "none"],
  ];

  test.each(mistakes)("%s: an error that tells what to do, and no trace", async (name, ...args) => {
    const { exitCode, stdout, stderr } = await lab("--directory", directory, ...args);
    expect(exitCode).toBe(name.startsWith("not-up") ? 1 : 2);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/^\s+at /m);
    const text = stderr
      .replace(/there is [a-z0-9, -]+\.$/m, "there is NAMES.")
      .replace(/one of [a-z, -]+ \[unknown-lab\]/, "one of NAMES [unknown-lab]");
    expectGolden(`cli/errors/${name}.txt`, text);
  });

  test("hints go by the settings alone: the lab need not be up", async () => {
    const { exitCode, stdout } = await lab("--directory", directory, "hint", "broken");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^Hint 1 of \d: .*\n$/) });
    expect((await lab("--directory", directory, "hint", "bgp")).stdout).toBe("Nothing is broken in bgp.\n");
  });

  test("leaves the settings files as they were", () => {
    for (const [name, text] of Object.entries(stacks))
      expect(readFileSync(join(directory, "stacks", `Pulumi.${name}.yaml`), "utf8")).toBe(text);
    expect(readdirSync(join(directory, "stacks"))).toHaveLength(Object.keys(stacks).length);
    expect(existsSync(join(directory, ".labwright", "unfinished"))).toBe(false);
  });

  test("a folder without Pulumi.yaml is named", async () => {
    const { exitCode, stderr } = await lab("list", "--directory", join(directory, "stacks"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`There is no Pulumi.yaml in ${join(directory, "stacks")}.`);
  });
});

test("global options are taken before the verb and after it", async () => {
  const before = await lab("--json", "coverage");
  const after = await lab("coverage", "--json");
  expect(JSON.parse(before.stdout)).toEqual(JSON.parse(after.stdout));
});

test("a file without permission is named, with what to do", async () => {
  const { reportError } = await import("../../../cli/errors.ts");
  const error = Object.assign(new Error("EACCES: permission denied"), {
    code: "EACCES",
    syscall: "open",
    path: "/labs/Pulumi.yaml",
  });
  expect(reportError(error, "/nowhere")).toEqual({
    text: "No permission for /labs/Pulumi.yaml.\nRun the command as the user who owns the lab, or as root.",
    exitCode: 1,
  });
});

test("an error that nobody foresaw is one line and a log file", async () => {
  const { reportError } = await import("../../../cli/errors.ts");
  const directory = mkdtempSync(join(tmpdir(), "labwright-log-"));
  const { text, exitCode } = reportError(new TypeError("x is not a function"), directory);
  expect(text).toBe(`Unexpected error: x is not a function. Its trace is in ${join(directory, "unexpected.log")}.`);
  expect(exitCode).toBe(1);
  expect(readFileSync(join(directory, "unexpected.log"), "utf8")).toContain("TypeError: x is not a function\n    at ");
  rmSync(directory, { recursive: true });
});
