import fc from "fast-check";
import { expect, test } from "vitest";
import { duration, isDuration, seconds } from "../../../plugins/docker/container/duration.ts";

test.each([
  ["0s", 0],
  ["30s", 30],
  ["1m30s", 90],
  ["1h0m5s", 3605],
  ["500ms", 0.5],
  ["1.5s", 1.5],
])("%s is %d seconds", (text, value) => {
  expect(seconds(text)).toBeCloseTo(value);
});

test("whole seconds are the same after writing and reading", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (value) => {
      const text = duration(value * 1e9);
      expect([isDuration(text), seconds(text)]).toEqual([true, value]);
    }),
  );
});

test.each(["", "5", "s", "1x", "1m 5s"])("%j is no duration", (text) => expect(isDuration(text)).toBe(false));
