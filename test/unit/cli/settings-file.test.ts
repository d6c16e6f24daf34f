import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSettings, saltOf, withSalt, writeSettings } from "../../../cli/stacks/settings-file.ts";

const text = `# A comment that stays.
config:
  labwright:lab: bgp # so does this
  stubs: 5
  aws:region: eu-west-1
encryptionsalt: v1:abc:def
`;

describe("a stack's settings file", () => {
  test("is read without the project's name before each key, and without other projects' settings", () => {
    expect(readSettings(text, "labwright", "file")).toEqual({ lab: "bgp", stubs: "5" });
  });

  test("keeps everything else when a setting is changed or added", () => {
    expect(writeSettings(text, "labwright", { stubs: "8", holdTime: "9" }, "file")).toBe(`# A comment that stays.
config:
  labwright:holdTime: "9"
  labwright:lab: bgp # so does this
  labwright:stubs: "8"
  aws:region: eu-west-1
encryptionsalt: v1:abc:def
`);
  });

  test.each(["", "# nothing\n", "config: {}\n", "config:\n", "encryptionsalt: x\n"])(
    "of the form %j takes a setting",
    (before) => {
      expect(readSettings(writeSettings(before, "labwright", { stubs: "8" }, "file"), "labwright", "file")).toEqual({
        stubs: "8",
      });
    },
  );

  test("loses a setting, with or without the project's name, and nothing else", () => {
    expect(writeSettings(text, "labwright", { stubs: undefined, lab: undefined, none: undefined }, "file"))
      .toBe(`# A comment that stays.
config:
  aws:region: eu-west-1
encryptionsalt: v1:abc:def
`);
  });

  test.each([
    text,
    "",
    "# nothing\n",
    "# no end of its last line",
    "config: {}\n",
    "config:   {}  # none yet",
    "config:\n",
    "config: # {} of ours\n  # nothing yet\n\nencryptionsalt: x\n",
    "encryptionsalt: x\nconfig:\n    labwright:lab: bgp\n\n# The end.",
  ])("of the form %j is as it was, byte for byte, when what was added is taken away", (before) => {
    const added = writeSettings(before, "labwright", { solution: "b", fault: "a" }, "file");
    expect(readSettings(added, "labwright", "file")).toMatchObject({ fault: "a", solution: "b" });
    expect(writeSettings(added, "labwright", { solution: undefined, fault: undefined }, "file")).toBe(before);
  });

  test("that can't lose a setting by lines is refused", () => {
    const block = "config:\n  labwright:fault: |\n    x\n";
    for (const before of ["config: {labwright:fault: x}\n", block])
      expect(() => writeSettings(before, "labwright", { fault: undefined }, "file")).toThrow("can't change");
  });

  test("takes any value as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (value) => {
        expect(
          readSettings(writeSettings(text, "labwright", { stubs: value }, "file"), "labwright", "file")["stubs"],
        ).toBe(value);
      }),
    );
  });

  test("in a form that can't be changed by lines is refused and told to be changed by hand", () => {
    expect(() => writeSettings("config: {labwright:lab: bgp}\n", "labwright", { stubs: "8" }, "file")).toThrow(
      "file is written in a form that the command can't change.",
    );
  });

  test.each([
    ["config: [", "file:2:1: this is not YAML"],
    ["- a", "file: expected a mapping"],
    ["config: 5", "file: expected `config` to be a mapping"],
    ["config:\n  labwright:stubs:\n    secure: v1:x", "the setting stubs is encrypted"],
  ])("that says %j is refused with its place", (broken, message) => {
    expect(() => readSettings(`${broken}\n`, "labwright", "file")).toThrow(message);
  });

  test("gets the salt of the stack's secrets once", () => {
    const salted = withSalt("config: {}\n", "v1:abc:def");
    expect(saltOf(salted)).toBe("v1:abc:def");
    expect(withSalt(salted, "v1:other:x")).toBe(salted);
    expect(withSalt("config: {}", undefined)).toBe("config: {}");
  });
});
