import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { above, median, medianOf, ratio } from "../../../bench/figures.ts";

describe("the median", () => {
  test("is the middle value, or halfway between the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeUndefined();
  });

  test("sorts by value, not as text", () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  test("has as many values above it as below it, and leaves the values as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values];
        const middle = median(values) ?? Number.NaN;
        expect(values).toEqual(before);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  test("is taken of one figure of each run", () => {
    expect(medianOf([{ up: 1 }, { up: 5 }, { up: 2 }], ({ up }) => up)).toBe(2);
  });
});

test("a ratio to nothing, or of nothing, is no number", () => {
  expect(ratio(6, 2)).toBe(3);
  expect(ratio(6, 0)).toBeUndefined();
  expect(ratio(undefined, 2)).toBeUndefined();
  expect(ratio(6, undefined)).toBeUndefined();
});

test("what is above a base is never less than nothing", () => {
  expect(above(3, 2)).toBe(1);
  expect(above(2, 3)).toBe(0);
  expect(above(undefined, 3)).toBeUndefined();
});
