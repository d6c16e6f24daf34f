import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bgp } from "../../../labs/bgp/lab.ts";
import { allLabs, findLab, labNames, resolveSettings } from "../../../labs/index.ts";
import { situationOf } from "../../../labs/situation.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectedRoutes, valleyFree } from "../../../topology/routes/index.ts";

async function problemsOf(run: () => unknown): Promise<readonly string[]> {
  try {
    await run();
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems.map(({ code, path, hint }) => `${code} ${path}: ${hint}`);
    throw error;
  }
  return [];
}

describe("findLab", () => {
  test("finds each lab by the name of its folder", async () => {
    expect((await allLabs()).map((lab) => lab.name)).toEqual(labNames());
    for (const name of labNames()) expect(await findLab(name)).toMatchObject({ name });
  });

  test("names the nearest lab for a name that it doesn't know", async () => {
    expect(await problemsOf(() => findLab("bpg"))).toEqual(["unknown-lab lab: Did you mean bgp?"]);
    expect(await problemsOf(() => findLab("namespace"))).toEqual(["unknown-lab lab: Did you mean namespaces?"]);
    expect(await problemsOf(() => findLab("kubernetes"))).toEqual(["unknown-lab lab: `lab list` shows them all."]);
  });

  test("says which lab.ts can't be used, and why, all at once", async () => {
    const directory = mkdtempSync(join(tmpdir(), "labs-"));
    try {
      for (const [name, text] of [
        ["broken", "export const lab = ;"],
        ["empty", "export {};"],
      ] as const) {
        mkdirSync(join(directory, name));
        writeFileSync(join(directory, name, "lab.ts"), text);
      }
      const problems = await problemsOf(() => allLabs(directory));
      expect(problems).toHaveLength(2);
      expect(problems[0]).toMatch(/^unusable-lab labs\/broken\/lab\.ts: It says: /);
      expect(problems[1]).toMatch(/^unusable-lab labs\/empty\/lab\.ts: Export what `defineLab` gives/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("settings", () => {
  test("have their defaults", () => {
    expect(resolveSettings(bgp, {})).toEqual({ stubs: 5, families: "dual", holdTime: 90, keepaliveTime: 30 });
  });

  test("are read from text", () => {
    expect(resolveSettings(bgp, { stubs: "7", families: "ipv4" })).toMatchObject({ stubs: 7, families: "ipv4" });
  });

  test("are refused all at once", async () => {
    const wrong = { stubs: "4", holdTime: "ninety", families: "ipv7", stub: "9", constructor: "x" };
    expect((await problemsOf(() => resolveSettings(bgp, wrong))).map((problem) => problem.split(":")[0])).toEqual([
      "bad-setting stubs",
      "bad-setting families",
      "bad-setting holdTime",
      "unknown-setting stub",
      "unknown-setting constructor",
    ]);
    expect(await problemsOf(() => resolveSettings(bgp, { stub: "9" }))).toEqual([
      "unknown-setting stub: Did you mean stubs?",
    ]);
  });
});

test("all labs run in containers but those that are about the machine itself, or whose server is in no image", async () => {
  const labs = (await allLabs()).filter(({ runtimes }) => !runtimes.includes("container"));
  expect(labs.map(({ name }) => name)).toEqual(["docker-networking", "mtls-database", "namespaces"]);
});

describe.each((await allLabs()).map((lab) => [lab.name, lab] as const))("the lab %s", (_, lab) => {
  const settings = resolveSettings(lab, {});
  const topology = resolve(lab.topology(settings));
  const checks = lab.checks(topology, settings);

  test("has checks with names of their own, on nodes that there are", () => {
    expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    const places = new Set([...topology.nodes.map(({ name }) => name), "sandbox"]);
    for (const { steps } of checks) for (const { on } of steps) expect(places).toContain(on);
  });

  test("keeps its runtime, and what was rotated, through faults and solutions", () => {
    const runtimes = lab.runtimes.map((runtime) => (runtime === "namespace" ? {} : { runtime }));
    const [authority] = Object.keys(lab.topology(settings).pki?.authorities ?? {});
    const rotated = authority === undefined ? {} : { generations: `${authority}=4` };
    const told = (raw: Record<string, string>) => {
      const { nodes, pki } = situationOf(lab, raw).topology;
      return [
        nodes.map(({ name, container }) => `${name} ${String(container !== undefined)}`),
        pki.authorities.find((each) => each.name === authority)?.generation,
      ];
    };
    for (const runtime of runtimes)
      for (const fault of lab.faults ?? [])
        for (const solution of [{}, ...fault.solutions.map(({ name }) => ({ solution: name }))])
          expect(told({ ...runtime, ...rotated, fault: fault.name, ...solution })).toEqual(
            told({ ...runtime, ...rotated }),
          );
  });

  test("undoes in a step that always runs what it adds", () => {
    for (const { steps } of checks) {
      const adds = steps.some(({ command }) => /\b(netns add|nft add|nft -f|kill -STOP|setsid|mkdir)\b/.test(command));
      expect(steps.some(({ always }) => always === true)).toBe(adds);
    }
  });

  test("has faults that tell what shows and what fails, each with hints and solutions", () => {
    const faults = lab.faults ?? [];
    const nameless = (names: readonly string[]): string[] => names.filter((name) => !/^[a-z][a-z0-9-]*$/.test(name));
    const symptoms = faults.flatMap((fault) => situationOf(lab, { fault: fault.name }).symptoms);
    const named = [...checks, ...symptoms].map(({ name }) => name);
    expect(new Set(named).size, "checks and symptoms have names of their own").toBe(named.length);
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    expect(nameless(faults.flatMap(({ name, solutions }) => [name, ...solutions.map((each) => each.name)]))).toEqual(
      [],
    );
    for (const fault of faults) {
      const broken = situationOf(lab, { fault: fault.name });
      expect(broken.symptoms.length, fault.name).toBeGreaterThan(0);
      expect(fault.hints.length, fault.name).toBeGreaterThan(0);
      expect(broken.checks.map(({ name }) => name)).toEqual(expect.arrayContaining([...fault.fails]));
      expect(broken.topology, `${fault.name} changes something`).not.toEqual(topology);
      const places = new Set([...broken.topology.nodes.map(({ name }) => name), "sandbox"]);
      for (const { steps } of broken.symptoms) for (const { on } of steps) expect(places).toContain(on);
      expect(new Set(fault.solutions.map(({ name }) => name)).size).toBe(fault.solutions.length);
      for (const solution of fault.solutions) {
        const solved = situationOf(lab, { fault: fault.name, solution: solution.name });
        expect(solved.topology, `${solution.name} changes something`).not.toEqual(broken.topology);
        expect(solved.checks.map(({ name }) => name)).toEqual(checks.map(({ name }) => name));
        expect(solved.symptoms).toEqual([]);
      }
    }
  });

  test("comes to rest in one way only, healthy, broken and solved, whatever was before", () => {
    const situations = [
      {},
      ...(lab.faults ?? []).flatMap(({ name: fault, solutions }) => [
        { fault },
        ...solutions.map(({ name: solution }) => ({ fault, solution })),
      ]),
    ];
    for (const situation of situations) {
      const { alternatives, perhapsMore, unstable } = expectedRoutes(situationOf(lab, situation).topology);
      expect([situation, [...alternatives.keys()], [...perhapsMore], unstable]).toEqual([situation, [], [], []]);
    }
  });

  test("suggests three commands, about nodes, faults and checks that it has", () => {
    expect(lab.tryNext).toHaveLength(3);
    const nodes = topology.nodes.map(({ name }) => name);
    for (const step of lab.tryNext) {
      const [verb = "", what = ""] = step.split(" ");
      const known: Readonly<Record<string, readonly string[]>> = {
        exec: nodes,
        shell: nodes,
        logs: nodes,
        capture: [...nodes, ...topology.segments.map(({ name }) => name)],
        break: (lab.faults ?? []).map(({ name }) => name),
        check: [...checks.map(({ name }) => name), "--ruleset"],
        graph: [""],
        status: [""],
      };
      expect(known[verb], step).toContain(what);
    }
  });
});

describe("the bgp lab", () => {
  const variants: readonly (readonly [string, Record<string, string>])[] = [
    ["small", {}],
    ["IPv4 only", { families: "ipv4" }],
    ["of 100 stubs", { stubs: "100" }],
  ];
  test.each(variants)("%s: every router but the route server holds every prefix, by valley-free paths", (_, raw) => {
    const topology = resolve(bgp.topology(resolveSettings(bgp, raw)));
    const routers = topology.nodes.filter((node) => node.kind === "router");
    const prefixes = routers.flatMap(({ originates }) => originates);
    for (const [name, routes] of expectedRoutes(topology).routes) {
      if (name !== "rs") expect([name, routes.size]).toEqual([name, prefixes.length]);
      const asn = routers.find((router) => router.name === name)?.asn ?? 0;
      for (const route of routes.values())
        expect(valleyFree(topology, name === "rs" ? route.path : [asn, ...route.path])).toBe(true);
    }
  });

  test("proves what an engineer would look at in BGP, with checks for both families", () => {
    const settings = resolveSettings(bgp, {});
    const checks = bgp.checks(resolve(bgp.topology(settings)), settings);
    expect([...new Set(checks.flatMap(({ proves }) => proves))].sort()).toEqual(["bgp-1", "bgp-2", "bgp-3", "bgp-7"]);
    const commands = checks.flatMap(({ steps }) => steps.map(({ command }) => command));
    expect(commands).toContain("ping -c 1 -W 1 10.102.1.10");
    expect(commands).toContain("ping -c 1 -W 1 2001:db8:102:1::10");
  });
});
