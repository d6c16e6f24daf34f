import { describe, expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { storeOf } from "../../../programs/registry/store.ts";
import { customerCone } from "../../../topology/routing/cone.ts";
import { registryData } from "../../../topology/registry/data.ts";
import { registrations } from "../../../topology/registry/registrations.ts";
import { announcements } from "../../../topology/registry/announcements.ts";
import { membersOf } from "../../../programs/registry/store.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";
import { lookupsLab } from "../../support/lookups-lab.ts";
import { everything } from "../bird/specs.ts";

const topology = resolve(lookupsLab);
const registry = declare(topology, 30).nodes.find(({ name }) => name === "registry") ?? expect.fail("no registry");

describe("golden files", () => {
  test("the objects of the registry", () => {
    const { objects } = storeOf(registryData(topology, "registry"));
    expectGolden("registry/objects.txt", `${objects.map(({ text }) => text).join("\n\n")}\n`);
  });

  test.each(["root.zone", "asn.cymru.com.zone"])("the zone file %s", (file) => {
    expectGolden(`registry/${file}`, registry.files[`names/${file}`] ?? "");
  });
});

describe("what is registered", () => {
  test("doesn't have what is hijacked", () => {
    const registered = registrations(topology).map(({ prefix, asn }) => `${prefix} ${asn}`);
    expect(registered).toContain("10.101.0.0/16 65001");
    expect(registered.filter((text) => /10\.101\.128|10\.1\.64/.test(text))).toEqual([]);
  });

  test("has no links and loopbacks that an AS's own prefix covers, and the others by their provider's number", () => {
    const infrastructure = registrations(topology).filter(({ description }) =>
      /^(link|router|segment)/.test(description),
    );
    expect(infrastructure.map(({ description, asn }) => `${description} ${asn}`)).toEqual([
      "link t1--t2 64496",
      "link t1--t2 64496",
      ...["t1 64496", "t2 64497", "tr 64501", "s1 65001", "s2 65002"].flatMap((router) => [
        `router ${router}`,
        `router ${router}`,
      ]),
    ]);
    const pooled = resolve({
      ...lookupsLab,
      nodes: { ...lookupsLab.nodes, x: { kind: "host" } },
      links: [
        { ends: ["t1", "t2"] },
        { ends: ["s1", "tr"] },
        { ends: ["s2", "tr"] },
        { ends: ["t1", "tr"] },
        { ends: ["h1", "registry"] },
        { ends: ["x", "h1"] },
      ],
    });
    expect(
      registrations(pooled).flatMap(({ description, asn, prefix }) =>
        description.startsWith("link") && !prefix.includes(":") ? [`${description} ${asn}`] : [],
      ),
    ).toEqual(["link t1--t2 64496", "link s1--tr 64501", "link s2--tr 64501", "link t1--tr 64496"]);
  });
});

describe("what is announced", () => {
  test("has what is hijacked, by the origin that its path shows", () => {
    const of = (prefix: string): unknown => announcements(topology).find((each) => each.prefix === prefix);
    expect(of("10.101.128.0/17")).toEqual({ prefix: "10.101.128.0/17", origins: [65002], peers: [64501] });
    expect(of("10.1.64.0/18")).toEqual({ prefix: "10.1.64.0/18", origins: [64496], peers: [65002] });
  });

  test("has several origins where there are several", () => {
    const s2 = { kind: "router", as: "s2", hijacks: [{ prefix: "10.101.0.0/16" }] } as const;
    const both = announcements(resolve({ ...lookupsLab, nodes: { ...lookupsLab.nodes, s2 } }));
    expect(both.find(({ prefix }) => prefix === "10.101.0.0/16")?.origins).toEqual([65001, 65002]);
  });
});

test("as-sets, resolved to the bottom, are the customer cones", () => {
  for (const each of [topology, resolve(everything)]) {
    const store = storeOf(registryData(each, "registry"));
    for (const { name, asn } of each.autonomousSystems) {
      const members = membersOf(store, `AS-${name}`, true);
      const cone = [...customerCone(each, asn)].map((number) => `AS${number}`).sort();
      if (cone.length > 1) expect([name, members]).toEqual([name, cone]);
      else expect([name, members]).toEqual([name, undefined]);
    }
  }
});

test("a declaration holds no path of this machine", () => {
  const text = JSON.stringify(declare(topology, 30));
  expect(text).not.toContain(process.cwd());
  expect(text).not.toContain(process.execPath);
});
