import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { executable, isProgram, programPlace, shownBy } from "../../../provider/kernel/programs.ts";

const onHost = programPlace({});
const inContainer = programPlace({ container: "0123" });

describe("a declared command", () => {
  test("of a program of the project is run by this Node, and known whichever Node runs it", () => {
    const command = ["labwright-registry", "registry.json"];
    const [node, path = "", ...rest] = executable(command, onHost);
    expect([node, rest]).toEqual([process.execPath, ["registry.json"]]);
    expect(existsSync(path)).toBe(true);
    expect(shownBy(command, onHost)).toEqual([path, "registry.json"]);
  });

  test("of a program of the project is run by what a container has mounted", () => {
    const command = ["labwright-registry", "registry.json"];
    const path = "/opt/labwright/programs/registry/main.ts";
    expect(executable(command, inContainer)).toEqual(["/opt/labwright/node", path, "registry.json"]);
    expect(shownBy(command, inContainer)).toEqual([path, "registry.json"]);
  });

  test("of any other program is run as it is", () => {
    for (const command of [["bird", "-f"], ["constructor"], []]) {
      for (const place of [onHost, inContainer]) {
        expect(executable(command, place)).toEqual(command);
        expect(shownBy(command, place)).toEqual(command);
      }
      expect(isProgram(command)).toBe(false);
    }
  });
});
