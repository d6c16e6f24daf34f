import { describe, expect, test } from "vitest";
import { storeOf } from "../../../programs/registry/store.ts";
import { answerWhois } from "../../../programs/registry/whois.ts";
import { registryData } from "../../../topology/registry/data.ts";
import { resolve } from "../../../topology/resolve.ts";
import { lookupsLab } from "../../support/lookups-lab.ts";

const store = storeOf(registryData(resolve(lookupsLab), "registry"));
const answer = (query: string): string => answerWhois(store, query).text;

/** The first lines of the objects in an answer. */
const found = (query: string): string[] =>
  answer(query)
    .match(/^(?:route6?|aut-num|as-set): +\S+/gm)
    ?.map((line) => line.split(/: +/)[1] ?? "") ?? [];

const none = "%  No entries found for the selected source(s).\n\n\n";

describe("queries in RIPE's style", () => {
  test("an object is printed as IRRd prints it, with two empty lines at the end", () => {
    expect(answer("10.101.0.0/16")).toBe(
      [
        "route:          10.101.0.0/16",
        "descr:          Stub 1",
        "origin:         AS65001",
        "mnt-by:         MAINT-AS65001",
        "last-modified:  2026-01-01T00:00:00Z",
        "source:         RADB",
        "rpki-ov-state:  valid",
        "\n\n",
      ].join("\n"),
    );
  });

  test.each([
    ["10.2.3.4", ["10.2.0.0/15", "10.2.3.0/24"]],
    ["10.2.3.0/24", ["10.2.0.0/15", "10.2.3.0/24"]],
    ["10.2.0.0/15", ["10.2.0.0/15"]],
    ["2001:db8:101:1::2", ["2001:db8:101::/48"]],
    ["as65001", ["AS65001"]],
    ["AS0.65001", ["AS65001"]],
    ["as-tr", ["AS-TR"]],
    ["-x 10.2.3.0/24", ["10.2.3.0/24"]],
    ["-l 10.2.3.0/24", ["10.2.0.0/15"]],
    ["-L 10.2.3.0/24", ["10.2.0.0/15", "10.2.3.0/24"]],
    ["-M 10.2.0.0/15", ["10.2.3.0/24"]],
    ["-T route6 -i origin as64497", ["2001:db8:2::/47", "fd00::9d69/128"]],
    ["-i members AS65002", ["AS-TR"]],
    ["-s RADB -F -r -V client 10.101.1.10", ["10.101.0.0/16"]],
  ])("%s", (query, expected) => {
    if (query.includes("-i origin")) expect(found(query)).toContain(expected[0]);
    else expect(found(query)).toEqual(expected);
  });

  test("the attributes of keys and members alone, by -K", () => {
    expect(answer("-K AS-TR")).toBe("as-set: AS-TR\nmembers: AS64501, AS65001, AS65002\n\n\n");
    expect(answer("-K 10.101.0.0/16")).toBe("route: 10.101.0.0/16\norigin: AS65001\n\n\n");
  });

  test.each(["192.0.2.1", "AS65099", "no-such-name", "-i origin AS65099", "-T aut-num 10.101.0.0/16", ""])(
    "nothing is found for %j",
    (query) => {
      expect(answer(query)).toBe(none);
    },
  );

  test.each([
    ["-Z x", "%% ERROR: Unrecognised flag/search: Z\n\n\n"],
    ["-x", "%% ERROR: Missing argument for flag/search: x\n\n\n"],
    ["-x here", "%% ERROR: Invalid input for route search: here\n\n\n"],
    ["-s RIPE 10.0.0.1", "%% ERROR: One or more selected sources are unavailable.\n\n\n"],
  ])("%s is an error", (query, expected) => {
    expect(answer(query)).toBe(expected);
  });

  test("an attribute that isn't indexed is an error", () => {
    expect(answer("-i descr Stub")).toMatch(/^%% ERROR: Inverse attribute search not supported for descr,/);
  });

  test("-k keeps the connection open", () => {
    expect(answerWhois(store, "-k").keepOpen).toBe(true);
    expect(answerWhois(store, "AS65001").keepOpen).toBeUndefined();
  });
});

describe("queries in IRRd's style", () => {
  test.each([
    ["!r10.101.0.0/16,o", "A8\nAS65001\nC\n"],
    ["!iAS-T1", "A14\nAS-TR AS64496\nC\n"],
    ["!iAS-T1,1", "A32\nAS64496 AS64501 AS65001 AS65002\nC\n"],
    ["!iAS-NONE,1", "D\n"],
    ["!gAS65099", "D\n"],
    ["!gthem", "F Invalid AS number THEM: must be numeric after AS\n"],
    ["!g", "F Missing parameter for g query\n"],
    ["!a", "F Missing required set name for A query\n"],
    ["!r10.101.0.0/16,q", "F Invalid route search option: q\n"],
    ["!rthere", "F Invalid input for route search: there\n"],
    ["!maut-num", "F Invalid argument for object lookup: aut-num\n"],
    ["!s-lc", "A5\nRADB\nC\n"],
    ["!sRADB", "C\n"],
    ["!sRIPE", "F One or more selected sources are unavailable.\n"],
    ["!nclient", "C\n"],
    ["!t5000", "F Invalid value for timeout: 5000\n"],
    ["!z", "F Unrecognised command: z\n"],
    ["!", "F Missing IRRD command\n"],
    ["-V client !r10.101.0.0/16,o", "A8\nAS65001\nC\n"],
  ])("%s", (query, expected) => {
    expect(answer(query)).toBe(expected);
  });

  test("the prefixes of an origin and of a set, each once", () => {
    expect(answer("!gAS65001").split("\n")[1]?.split(" ")).toContain("10.101.0.0/16");
    expect(answer("!6as65001").split("\n")[1]?.split(" ")).toContain("2001:db8:101::/48");
    expect(answer("!a4AS-TR")).toMatch(/^A\d+\n10\.11\.0\.0\/16 10\.101\.0\.0\/16 10\.102\.0\.0\/16 /);
    expect(answer("!aAS-TR")).toContain(" 2001:db8:101::/48 ");
  });

  test("the length counts the line end", () => {
    const [, length = "", rest = ""] = /^A(\d+)\n([\s\S]*)C\n$/.exec(answer("!maut-num,AS65001")) ?? [];
    expect(rest.length).toBe(Number(length));
    expect(rest).toMatch(/^aut-num: +AS65001\n/);
  });

  test.each(["!mroute,10.101.0.0/16AS65001", "!mroute,10.101.0.0/16-as65001", "!mroute,10.101.0.0/16 AS65001"])(
    "%s finds the route",
    (query) => {
      expect(found(query)).toEqual(["10.101.0.0/16"]);
    },
  );

  test("by maintainer", () => {
    expect(found("!oMAINT-AS65001")).toEqual(expect.arrayContaining(["AS65001", "10.101.0.0/16"]));
  });

  test("!! says nothing and keeps the connection open, !t sets its time", () => {
    expect(answerWhois(store, "!!")).toEqual({ text: "", keepOpen: true });
    expect(answerWhois(store, "!t300")).toEqual({ text: "C\n", timeout: 300 });
  });
});

test("says nothing of the RPKI where there is none", () => {
  const without = storeOf(registryData(resolve({ ...lookupsLab, roas: [] }), "registry"));
  expect(answerWhois(without, "10.101.0.0/16").text).not.toContain("rpki");
});
