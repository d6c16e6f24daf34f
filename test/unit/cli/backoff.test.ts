import { expect, test } from "vitest";
import { Backoff } from "../../../cli/containers/backoff.ts";

test("a node that ends again and again waits ever longer, up to half a minute", () => {
  const backoff = new Backoff();
  const waits: number[] = [];
  for (let [now, time] = [0, 0]; time < 10; time++) {
    backoff.ended("r1", now);
    const wait = backoff.until("r1") - now;
    waits.push(wait);
    now += wait + 500;
  }
  expect(waits).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("others don't wait with it, nor does one that has run for a while", () => {
  const backoff = new Backoff();
  for (const now of [0, 500, 1000, 2500]) backoff.ended("r1", now);
  backoff.ended("r2", 3000);
  expect(backoff.until("r2")).toBe(3000);
  expect(backoff.until("r3")).toBe(0);
  backoff.ended("r1", 100_000);
  expect(backoff.until("r1")).toBe(100_000);
});
