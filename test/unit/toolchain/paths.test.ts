import { describe, expect, test } from "vitest";
import { atLeast, cacheDirectory, findAllOnPath, offPath } from "../../../toolchain/paths.mjs";
import { machine } from "./machine.ts";

test.each([
  ["LABWRIGHT_CACHE comes first", { LABWRIGHT_CACHE: "/a", XDG_CACHE_HOME: "/b", HOME: "/c" }, "/a"],
  ["then XDG_CACHE_HOME", { XDG_CACHE_HOME: "/b", HOME: "/c" }, "/b/labwright"],
  ["a relative XDG_CACHE_HOME is ignored", { XDG_CACHE_HOME: "b", HOME: "/c" }, "/c/.cache/labwright"],
  ["then HOME", { HOME: "/c" }, "/c/.cache/labwright"],
])("the cache: %s", (_name, env, expected) => {
  expect(cacheDirectory(env)).toBe(expected);
});

test("the cache of somebody whose HOME is empty is in the clone", () => {
  expect(cacheDirectory({ HOME: "" })).toMatch(/\/\.labwright\/cache$/);
});

test.each([
  ["3.259.0", [3, 259, 0], true],
  ["v3.260.1", [3, 259, 0], true],
  ["v3.99.0", [3, 259, 0], false],
  ["4.0.0", [3, 259, 0], true],
  ["2.0.8", [2, 0, 11], false],
  ["BIRD version 2.0.12", [2, 0, 11], true],
  ["2.14", [2, 0, 11], true],
  ["2", [2, 0, 1], false],
  ["nonsense", [1], false],
] as const)("version %s is at least %j: %s", (version, minimum, expected) => {
  expect(atLeast(version, minimum)).toBe(expected);
});

describe("executables on PATH", () => {
  test("are found in its order, and directories, plain files and relative entries are passed over", () => {
    const { script, file, directory } = machine();
    const second = script("two/tool", "");
    const third = script("three/tool", "");
    file("one/tool", "not executable");
    file("zero/tool/inside", "a directory of that name");
    const path = ["zero", "one", "two", "three"].map((name) => `${directory}/${name}`).join(":");
    expect(findAllOnPath("tool", `.:${path}::`, [])).toEqual([second, third]);
  });

  test("are found in the system's own directories too", () => {
    expect(findAllOnPath("sh", "", ["/bin"])).toEqual(["/bin/sh"]);
  });
});

test("PostgreSQL's programs are found where Debian has them, those of the newest version first", () => {
  const { script, directory } = machine();
  for (const version of ["9.6", "9", "15", "17"]) script(`${version}/bin/postgres`, "");
  expect(offPath(directory)).toEqual(["17", "15", "9"].map((version) => `${directory}/${version}/bin`));
  expect(findAllOnPath("postgres", "", offPath(directory))[0]).toBe(`${directory}/17/bin/postgres`);
  expect(offPath(`${directory}/none`)).toEqual([]);
});
