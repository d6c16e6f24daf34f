import fc from "fast-check";
import { expect, test } from "vitest";
import { junit, type Case } from "../../../cli/checks/junit.ts";
import { expectGolden } from "../../golden.ts";

const cases: readonly Case[] = [
  { name: "sessions", title: "Every session is Established", seconds: 1.5, status: "passed" },
  {
    name: "path",
    title: 'A "short" path & <no> other',
    seconds: 0.25,
    status: "failed",
    message: "on h1: ping\nexpected exit code 0\nsaw exit code 1",
  },
  { name: "node", title: "It answers", seconds: 0, status: "error", message: "no such node" },
  { name: "late", title: "It is late", seconds: 0, status: "skipped" },
];

test("a report holds every check with its time, and what was wrong", () => {
  expectGolden("cli/junit.xml", junit([{ name: "bgp", cases }]));
});

test("whatever a check prints, the report is well-formed XML", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.constantFrom("failed", "error", "passed", "skipped" as const),
      (text, status) => {
        const xml = junit([
          {
            name: text,
            cases: [{ name: text, title: text, seconds: 0, status: status as Case["status"], message: text }],
          },
        ]);
        expect(wellFormed(xml)).toBe(true);
      },
    ),
  );
});

/** Enough of XML 1.0 for documents of elements, attributes and text. */
function wellFormed(xml: string): boolean {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) return false;
  const text = String.raw`(?:[^<&]|&(?:amp|lt|gt|quot|#10);)*`;
  const token = new RegExp(
    String.raw`${text}(?:<(/?)([a-z]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|#10);)*")*)(/?)>|$)`,
    "uy",
  );
  const open: string[] = [];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  while (token.lastIndex < body.length) {
    const match = token.exec(body);
    if (match === null) return false;
    const [, end, name = "", , empty] = match;
    if (name === "") break;
    if (end === "/") {
      if (open.pop() !== name) return false;
    } else if (empty !== "/") open.push(name);
  }
  return open.length === 0;
}
