import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOnNode } from "../../provider/sandbox/commands.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { needs } from "../requirements.ts";

const needed = needs("namespaces", "bird");

describe("a command on a node", needed, () => {
  let lab: TestLab;
  beforeAll(async () => {
    if (needed.skip) return;
    lab = await bringUp({
      families: ["ipv4"],
      nodes: { a: { kind: "host" }, b: { kind: "host" } },
      links: [{ ends: ["a", "b"] }],
    });
  });
  afterAll(() => lab?.down());

  test("that takes too long is ended with all that it started, and gives what it said", async () => {
    const script = "echo begun; sleep 987.1 & (sleep 987.2; true); wait";
    const result = await runOnNode(lab.holder, "a", ["sh", "-c", script], { timeout: 500 });
    expect(result).toMatchObject({ exitCode: 124, stdout: "begun\n" });
    expect(await lab.run("pgrep -af 'sleep 98[7]' || echo none")).toBe("none\n");
  });

  test("ends in time also where something that it left behind holds its output", async () => {
    const result = await runOnNode(lab.holder, "a", ["sh", "-c", "(sleep 30 &); sleep 30"], { timeout: 500 });
    expect(result.exitCode).toBe(124);
  });
});
