import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clearLocks, isStale, readLocks, type Processes } from "../../../cli/engine/locks.ts";

const view = (commands: Readonly<Record<number, readonly string[]>>): Processes => ({
  host: "here",
  commandOf: (pid) => commands[pid],
});

describe("locks of the file backend", () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "labwright-locks-"))));
  afterEach(() => rmSync(directory, { recursive: true }));

  const lock = (content: unknown, name = "one.json"): void =>
    writeFileSync(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
  const held = { pid: 42, username: "eve", hostname: "here", timestamp: "2026-01-02T03:04:05Z" };

  test("of a process that has ended are taken away, with a line for each", () => {
    lock(held);
    const said: string[] = [];
    expect(clearLocks(directory, "bgp", (line) => said.push(line), view({}))).toBe(1);
    expect(said).toEqual(["Took away the lock of process 42 on bgp: it has ended."]);
    expect(readLocks(directory)).toEqual([]);
  });

  test("of a run at work stay, and the error tells its pid and what it runs", () => {
    lock(held);
    expect(() => clearLocks(directory, "bgp", () => {}, view({ 42: ["/opt/pulumi", "up", "--yes"] }))).toThrow(
      "Another run is at work on bgp: process 42, `pulumi up`, of eve, since 2026-01-02T03:04:05Z.",
    );
    expect(existsSync(join(directory, "one.json"))).toBe(true);
  });

  test("whose pid has gone to another program are taken away", () => {
    lock(held);
    expect(clearLocks(directory, "bgp", () => {}, view({ 42: ["/usr/bin/vi"] }))).toBe(1);
  });

  test("of another machine are never taken for stale", () => {
    lock({ ...held, hostname: "there" });
    expect(isStale(readLocks(directory)[0] ?? expect.fail(), view({}))).toBe(false);
    expect(() => clearLocks(directory, "bgp", () => {}, view({}))).toThrow("process 42 on there");
  });

  test("that a crash cut short are taken away", () => {
    lock('{"pid": 4');
    const said: string[] = [];
    clearLocks(directory, "bgp", (line) => said.push(line), view({}));
    expect(said).toEqual(["Took away a lock that a killed run left on bgp."]);
  });

  test("that a run was writing when it was killed are taken away, whole or in part", () => {
    lock("", "one.json.18ecac2a1c0069af.tmp");
    lock(held, "two.json.18ecac2a1c0069b0.tmp");
    expect(clearLocks(directory, "bgp", () => {}, view({}))).toBe(2);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("that aren't there are no error", () => {
    expect(clearLocks(join(directory, "none"), "bgp", () => {}, view({}))).toBe(0);
  });
});
