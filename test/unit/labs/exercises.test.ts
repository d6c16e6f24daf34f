import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allLabs } from "../../../labs/index.ts";

const withFaults = (await allLabs()).filter(({ faults = [] }) => faults.length > 0).map(({ name }) => name);

test("the faults of every lab are exercised, and CI must do so", () => {
  const files = withFaults.map((name) => `${name}.test.ts`);
  expect(readdirSync(new URL("../../exercises", import.meta.url)).sort()).toEqual(files.toSorted());
  const required = JSON.parse(readFileSync(new URL("../../required-in-ci.json", import.meta.url), "utf8")) as string[];
  expect(required).toEqual(expect.arrayContaining(files.map((file) => `test/exercises/${file}`)));
  for (const name of withFaults)
    expect(readFileSync(new URL(`../../exercises/${name}.test.ts`, import.meta.url), "utf8")).toContain(
      `exercise("${name}")`,
    );
});
