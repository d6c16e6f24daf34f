import { expect, test } from "vitest";
import { Restraint } from "../../../cli/containers/restraint.ts";

test("a node that ends again and again is repaired after ever longer pauses, up to half a minute", () => {
  const restraint = new Restraint();
  const waits: number[] = [];
  for (let [now, time] = [0, 0]; time < 10; time++) {
    const wait = restraint.after(["r1"], now);
    waits.push(wait);
    now += wait + 500;
  }
  expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("others aren't held up by it, nor is a node that has run for a while", () => {
  const restraint = new Restraint();
  for (const now of [0, 500, 1000, 2500]) restraint.after(["r1"], now);
  expect(restraint.after(["r2"], 3000)).toBe(0);
  expect(restraint.after([], 3000)).toBe(0);
  expect(restraint.after(["r1"], 100_000)).toBe(0);
});
