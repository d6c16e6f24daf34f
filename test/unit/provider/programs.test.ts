import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { executable, shownBy } from "../../../provider/kernel/programs.ts";

describe("a declared command", () => {
  test("of a program of the project is run by this Node, and known whichever Node runs it", () => {
    const command = ["labwright-registry", "registry.json"];
    const [node, path = "", ...rest] = executable(command);
    expect([node, rest]).toEqual([process.execPath, ["registry.json"]]);
    expect(existsSync(path)).toBe(true);
    expect(shownBy(command)).toEqual([path, "registry.json"]);
  });

  test("of any other program is run as it is", () => {
    for (const command of [["bird", "-f"], ["constructor"], []]) {
      expect(executable(command)).toEqual(command);
      expect(shownBy(command)).toEqual(command);
    }
  });
});
