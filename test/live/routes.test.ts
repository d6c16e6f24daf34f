import fc from "fast-check";
import { expect, test } from "vitest";
import { tableSteps } from "../../labs/daemons.ts";
import { resolve } from "../../topology/resolve.ts";
import { announcedPrefixes, expectedRoutes, forward } from "../../topology/routes/index.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import type { Router, Topology } from "../../topology/topology.ts";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { limitedLab } from "../unit/routes/limited-lab.ts";
import { randomLabs } from "../unit/routes/random-labs.ts";
import { withDaemons } from "../unit/routes/with-daemons.ts";

const families = ["ipv4", "ipv6"] as const;
const ordinary = randomLabs({ families, ases: 6, routers: 3, wild: false, validation: false });
const wild = randomLabs({ families, ases: 5, routers: 2, wild: true, validation: true });

/** AS b announces a LAN of AS a, which a knows by OSPF. */
const hidden: TopologySpec = {
  families,
  autonomousSystems: { a: { asn: 64501 }, b: { asn: 64502 } },
  nodes: {
    a1: { kind: "router", as: "a" },
    a2: { kind: "router", as: "a" },
    h: { kind: "host" },
    b: { kind: "router", as: "b", hijacks: [{ prefix: "192.0.2.0/24" }, { prefix: "2001:db8:2::/64" }] },
  },
  links: [{ ends: ["a1", "a2"] }, { ends: ["a1", "b"] }],
  segments: { lan: { members: ["a2", "h"], ipv4: "192.0.2.0/24", ipv6: "2001:db8:2::/64" } },
  relations: [{ kind: "peer", between: ["a", "b"] }],
};

const labs: readonly (readonly [string, TopologySpec])[] = [
  ...fc.sample(ordinary, { seed: 3, numRuns: 2 }).map((spec, index) => [`random lab ${index + 1}`, spec] as const),
  ...fc.sample(wild, { seed: 4, numRuns: 3 }).map((spec, index) => [`random wild lab ${index + 1}`, spec] as const),
  ["a session shut by its limit", limitedLab({ maximumPrefixes: 2 })],
  ["a limit that counts what the filter refuses", limitedLab({ maximumPrefixes: 2, customerPrefixes: true })],
  ["a network that OSPF hides", hidden],
];

const single = randomLabs({ families, ases: 7, routers: 1, wild: true, validation: true });

const mixed = [
  ...fc.sample(ordinary, { seed: 5, numRuns: 2 }).map((spec, index) => [`random lab ${index + 1}`, spec] as const),
  ...fc.sample(wild, { seed: 6, numRuns: 1 }).map((spec, index) => [`random wild lab ${index + 1}`, spec] as const),
  ...fc
    .sample(single, { seed: 7, numRuns: 4 })
    .map((spec, index) => [`random lab of single routers ${index + 1}`, withoutPathEnd(spec)] as const),
].map(([name, spec]) => [name, withDaemons(spec)] as const);

/** What two of the daemons can't do, so that they have their turn. */
function withoutPathEnd(spec: TopologySpec): TopologySpec {
  const systems = Object.entries(spec.autonomousSystems ?? {}).map(([name, system]) => {
    const { pathEnd: _, ...policy } = system.policy ?? {};
    return [name, { ...system, policy }] as const;
  });
  return { ...spec, autonomousSystems: Object.fromEntries(systems) };
}

test.each(labs)(
  "BIRD holds the routes that were worked out, and the kernel sends packets along them: %s",
  needs("namespaces", "bird", "stayrtr"),
  (_, spec) => holdsRoutes(spec),
);

test.each(mixed)(
  "BIRD, FRR, GoBGP and OpenBGPD hold the routes that were worked out, and the kernel sends packets along them: %s",
  { ...needs("namespaces", "bird", "stayrtr", "frr", "gobgp", "openbgpd"), timeout: 120_000 },
  (_, spec) => holdsRoutes(spec),
);

async function holdsRoutes(spec: TopologySpec): Promise<void> {
  const topology = resolve(spec);
  const routers = topology.nodes.filter((node) => node.kind === "router");
  const lab = await bringUp(spec);
  try {
    const comesToHold = async (look: (router: Router) => Promise<readonly string[]>): Promise<void> => {
      const deadline = performance.now() + 20_000;
      for (;;) {
        const found = (await Promise.all(routers.map(look))).flat();
        if (found.length === 0) return;
        if (performance.now() > deadline) expect(found).toEqual([]);
        await new Promise((done) => setTimeout(done, 200));
      }
    };
    await comesToHold((router) => differences(lab, topology, router));
    if (expectedRoutes(topology).alternatives.size === 0)
      await comesToHold(async (router) => (router.routeServer ? [] : wrongSteps(lab, topology, router)));
  } finally {
    await lab.down();
  }
}

async function differences(lab: TestLab, topology: Topology, router: Router): Promise<string[]> {
  const steps = tableSteps(topology, router).map(async ({ on, command, expect: expected }) =>
    expected.evaluate({ stdout: await lab.run(command, on), stderr: "", exitCode: 0 }),
  );
  return (await Promise.all(steps)).filter((text) => text !== undefined);
}

/** Where the kernel sends packets to announced prefixes and loopbacks, if not to where `forward` says. */
async function wrongSteps(lab: TestLab, topology: Topology, router: Router): Promise<string[]> {
  const addresses = [
    ...announcedPrefixes(topology).map((prefix) => prefix.split("/")[0] ?? ""),
    ...topology.nodes
      .flatMap((node) => (node.kind === "router" ? node.loopbacks : []))
      .map((text) => text.split("/")[0] ?? ""),
  ];
  const script = addresses.map((address) => `echo; ip route get fibmatch ${address} 2>&1 || true`).join("\n");
  const replies = (await lab.run(script, router.name)).split(/^$\n/m).slice(1);
  const neighbours = new Map(
    [...topology.links.map(({ ends }) => ends), ...topology.segments.map(({ members }) => members)].flatMap((ends) => {
      const own = ends.find(({ node }) => node === router.name);
      return own === undefined ? [] : [[own.interface, ends.filter((end) => end !== own)] as const];
    }),
  );
  /** IPv6 next hops inside an AS are link-local, but then there is one neighbour or the address's end tells nothing. */
  const nodesBy = (via: string, name: string): readonly string[] => {
    const ends = neighbours.get(name) ?? [];
    const owners = ends.filter(({ addresses: own }) => own.some((each) => each.split("/")[0] === via));
    return (owners.length > 0 ? owners : ends).map(({ node }) => node);
  };
  return addresses.flatMap((address, index) => {
    const reply = replies[index] ?? "";
    const nextHops = [...reply.matchAll(/via (\S+) dev (\S+)/g)].flatMap(([, via = "", name = ""]) =>
      nodesBy(via, name),
    );
    const next = forward(topology, expectedRoutes(topology), router.name, address).hops[1]?.node;
    const direct = / (scope link|proto kernel) /.test(reply);
    if (direct || (nextHops.length === 0 ? next === undefined : nextHops.includes(next ?? ""))) return [];
    return [`${router.name} sends packets to ${address} to ${nextHops.join(" or ") || reply.trim()} and not ${next}`];
  });
}
