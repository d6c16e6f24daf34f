import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declare } from "../../../components/declarations.ts";
import { exportContainerlab, type Exported } from "../../../cli/exports/containerlab.ts";
import { readContainerlab } from "../../../topology/import/containerlab/index.ts";
import type { LabFiles } from "../../../topology/import/lab/lab.ts";
import { commandLine, splitWords } from "../../../topology/import/lab/words.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { EndSpec, MachineSpec, TopologySpec } from "../../../topology/spec.ts";
import { findLab, labNames, resolveSettings } from "../../../labs/index.ts";

function exported(spec: TopologySpec): Exported {
  const topology = resolve(spec);
  return exportContainerlab(topology, declare(topology, 60), { name: "trip", image: "router:1" });
}

function imported({ text, files }: Exported): ReturnType<typeof readContainerlab> {
  const all = new Map([["trip.clab.yml", text], ...files.map(({ path, content }) => [path, content] as const)]);
  const folder: LabFiles = {
    read: (path) => (all.has(path) ? new TextEncoder().encode(all.get(path)) : undefined),
    list: () => undefined,
  };
  return readContainerlab("trip.clab.yml", folder);
}

const text = fc.string({ unit: "grapheme-ascii", maxLength: 30 });

const command = fc.oneof(
  fc.constantFrom(
    "ip address add 192.0.2.1/24 dev eth1",
    "echo 'a b' \"$HOME\" >x",
    "sleep 1 &",
    "for i in 1 2; do\n  echo $i\ndone",
  ),
  text.filter((each) => each.trim() !== ""),
);

const machine: fc.Arbitrary<MachineSpec> = fc.record(
  {
    kind: fc.constant("machine" as const),
    image: fc.constantFrom("alpine:3", "quay.io/frrouting/frr:10.0.1", "nginx"),
    forwarding: fc.boolean(),
    environment: fc.dictionary(fc.constantFrom("A", "B_2", "PATH_OF"), text),
    sysctls: fc.dictionary(fc.constantFrom("net.ipv4.conf.all.arp_ignore"), fc.constantFrom("0", "1")),
    files: fc.dictionary(fc.constantFrom("/etc/motd", "/opt/a b", "/srv/x.sh"), text),
    setup: fc.array(fc.oneof(command, fc.constant("service frr start")), { maxLength: 4 }),
  },
  { requiredKeys: ["kind", "image"] },
);

/** Machines m0 to m4, links between some, segments with some of them. */
const lab: fc.Arbitrary<TopologySpec> = fc
  .record({
    machines: fc.array(machine, { minLength: 1, maxLength: 5 }),
    pairs: fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.option(fc.constantFrom(1400, 9000), { nil: undefined })), {
      maxLength: 5,
    }),
    lans: fc.array(fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }), { maxLength: 3 }),
    macs: fc.boolean(),
  })
  .map(({ machines, pairs, lans, macs }) => {
    let count = 0;
    const end = (index: number): EndSpec => ({
      node: `m${index % machines.length}`,
      interface: `eth${count++}`,
      ...(macs ? { mac: `02:00:00:00:00:${String(count + 9)}` } : {}),
    });
    return {
      nodes: Object.fromEntries(machines.map((each, index) => [`m${index}`, each])),
      links: pairs
        .filter(([one, other]) => one % machines.length !== other % machines.length)
        .map(([one, other, mtu]) => ({ ends: [end(one), end(other)] as const, ...(mtu === undefined ? {} : { mtu }) })),
      segments: Object.fromEntries(lans.map((members, index) => [`lan${index}`, { members: members.map(end) }])),
      names: { "other.example": "m0" },
    };
  });

describe("export to containerlab and import again", () => {
  test("gives the same export again, whatever the lab", () => {
    fc.assert(
      fc.property(lab, (spec) => {
        const first = exported(spec);
        const back = imported(first);
        expect(back.findings).toEqual([]);
        const second = exported(back.topology);
        expect(second.text).toBe(first.text);
        expect(second.files).toEqual(first.files);
      }),
      { numRuns: 200 },
    );
  });

  test("gives the same lab, whatever the lab", () => {
    fc.assert(
      fc.property(lab, (spec) => {
        const before = resolve(spec);
        const after = resolve(imported(exported(spec)).topology);
        const wires = ({ links, segments }: typeof before): unknown => [
          links.map(({ ends, mtu }) => [ends.map((end) => [end.node, end.interface, end.mac]), mtu]),
          segments.map(({ members }) => members.map((end) => [end.node, end.interface, end.mac])),
        ];
        expect(wires(after)).toEqual(wires(before));
        for (const [index, node] of after.nodes.entries()) {
          const own = before.nodes[index];
          expect([node.name, node.kind === "machine" && node.environment]).toEqual([
            own?.name,
            own?.kind === "machine" && own.environment,
          ]);
        }
      }),
    );
  });

  test("what containerlab can't be told is named", () => {
    const { problems } = exported({
      nodes: {
        a: { kind: "host", services: { registry: { kind: "registry" } } },
        b: { kind: "machine", files: { "/etc/a:b": "" } },
      },
      links: [{ ends: ["a", "b"], impairments: { loss: 0.1 } }],
    });
    expect(problems.map(({ code }) => code)).toEqual(["own-program", "bad-path", "impairments"]);
  });
});

/** By lab, as its settings' defaults make it: the codes of what is told of it; none: it is exported as it is. */
const told: Readonly<Record<string, readonly string[]>> = {
  anycast: ["impairments"],
  bgp: [],
  "bgp-security": ["own-program"],
  delivery: ["multicast-querier"],
  "docker-networking": ["docker", "own-program"],
  firewall: [],
  interop: [],
  mtls: ["credentials"],
  "mtls-database": ["credentials", "own-program", "user"],
  namespaces: [],
  scale: [],
  "zero-trust": ["credentials"],
};

describe("the labs that are here", () => {
  test("are all in the table", () => {
    expect(labNames()).toEqual(Object.keys(told));
  });

  test.each(Object.entries(told))("%s tells %j; what is exported can be imported", async (name, codes) => {
    const first = exported(await topologyOf(name));
    expect([...new Set(first.problems.map(({ code }) => code))].sort()).toEqual(codes);
    const back = imported(first);
    expect(back.findings).toEqual([]);
    if (codes.length > 0) return;
    const second = exported(back.topology);
    expect(second.text).toBe(first.text);
    expect(second.files).toEqual(first.files);
  });

  test.each([
    ["bgp-security", { rpki: "full" }, ["certification-authority", "own-program", "trust-anchor"]],
    ["firewall", { backend: "iptables" }, []],
    ["scale", { shape: "grid", families: "dual" }, []],
  ])("%s with %j tells %j", async (name, settings, codes) => {
    const { problems } = exported(await topologyOf(name, settings));
    expect([...new Set(problems.map(({ code }) => code))].sort()).toEqual(codes);
  });

  async function topologyOf(name: string, settings: Readonly<Record<string, string>> = {}): Promise<TopologySpec> {
    const found = await findLab(name);
    return found.topology(resolveSettings(found, settings));
  }
});

describe("command lines as words", () => {
  test("are the same words again", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (words) => {
        expect(splitWords(commandLine(words))).toEqual(words);
      }),
    );
  });

  test.each([
    ["a  b\tc", ["a", "b", "c"]],
    [`a 'b c' "d \\"e\\" $f" g\\ h`, ["a", "b c", 'd "e" $f', "g h"]],
    ["echo # not this\nbut this", ["echo", "but", "this"]],
    ["''", [""]],
    ["it's", undefined],
    ['"open', undefined],
  ])("%j", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});
