import { expect, test } from "vitest";
import { obtain, ToolError, type Strategy } from "../../../toolchain/tool.ts";

const found = { command: "/opt/x", version: "1.2.3", origin: "official" } as const;
const fails = (name: string, reason: string): Strategy => ({ name, find: async () => ({ reason }) });

test("the first strategy that works is taken, and later ones aren't tried", async () => {
  const tried: string[] = [];
  const watched = (name: string, strategy: Strategy): Strategy => ({
    name,
    find: () => (tried.push(name), strategy.find()),
  });
  const tool = {
    name: "X",
    strategies: [
      watched("a", fails("a", "no")),
      watched("b", { name: "b", find: async () => found }),
      watched("c", fails("c", "no")),
    ],
  };
  expect(await obtain(tool)).toEqual(found);
  expect(tried).toEqual(["a", "b"]);
});

test("when none works, one error names every way and why it failed", async () => {
  const tool = {
    name: "X",
    strategies: [fails("the one on PATH", "none there"), fails("a build", "go isn't on PATH")],
  };
  await expect(obtain(tool)).rejects.toThrow(
    new ToolError(
      "X can't be had. Tried, in this order:\n  - the one on PATH: none there\n  - a build: go isn't on PATH",
    ),
  );
});
