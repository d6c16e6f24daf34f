import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { daemonNames, features, routerDaemons, type Feature } from "../../../topology/daemons/features.ts";

/** Cells of the rows of the page's table that begins with `feature`. */
function rows(page: string): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => /^\| feature /.test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines.slice(start, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("docs/daemons.md tells of each daemon what it can do, and of no feature that isn't checked", () => {
  const [heading, , policy, kernel, ...told] = rows(
    readFileSync(join(import.meta.dirname, "../../../docs/daemons.md"), "utf8"),
  );
  expect(heading).toEqual(["feature", ...routerDaemons.map((daemon) => daemonNames[daemon])]);
  // What all of them have to have, in one way or another.
  expect([policy?.[0], kernel?.[0]]).toEqual([expect.stringMatching(/^BGP for/), expect.stringMatching(/kernel/)]);
  expect(told).toEqual(
    Object.values<Feature>(features).map(({ title, lacking }) => [
      title,
      ...routerDaemons.map((daemon) => (lacking[daemon] === undefined ? "yes" : "no")),
    ]),
  );
});

test("BIRD has every feature", () => {
  for (const { lacking } of Object.values<Feature>(features)) expect(lacking.bird).toBeUndefined();
});
