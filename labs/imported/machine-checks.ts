/** What can be said of any lab of machines from its set-up and its daemons' files. */
import { formatAddress } from "../../topology/addressing/address.ts";
import { prefixContains, prefixOf, type InterfaceAddress } from "../../topology/addressing/prefix.ts";
import { addressesOfMachine } from "../../topology/machines/addresses.ts";
import { bgpNeighbours, ospfNetworks, ospfPassive } from "../../topology/machines/routing-files.ts";
import type { End, Machine, Topology } from "../../topology/topology.ts";
import { all, expectation, prints, seen } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";

/** Seconds for routing to come to rest: OSPF waits 40 s before it chooses a designated router. */
const routed = 120;

export function machineChecks(topology: Topology): readonly Check[] {
  const machines = topology.nodes.filter((node) => node.kind === "machine");
  const known = new Map(machines.map((machine) => [machine.name, addressesOfMachine(machine)]));
  const checks: readonly Check[] = [
    {
      name: "interfaces-there",
      title: "Every machine has the interfaces that its links give it",
      proves: [],
      steps: machines.map(({ name, interfaces }) => ({
        on: name,
        command: "ip -brief link",
        expect: all(
          prints(/^lo\b/m),
          ...interfaces.map((each) => prints(new RegExp(`^${escaped(each.name)}[@ ]`, "m"))),
        ),
      })),
    },
    {
      name: "set-up",
      title: "Every command of the machines' set-up succeeded",
      proves: [],
      steps: machines
        .filter(({ setup }) => setup.length > 0)
        .map(({ name }) => ({ on: name, command: "cat /run/bird/setup.failed", expect: saysNothing })),
    },
    {
      name: "neighbours-reached",
      title: "Machines with addresses in one prefix reach each other over their link",
      proves: [],
      within: routed,
      steps: attachments(topology).flatMap((ends) => pings(ends, known)),
    },
    {
      name: "bgp-established",
      title: "BGP sessions to other machines of the lab are Established",
      proves: [],
      within: routed,
      steps: machines.flatMap((machine) => bgpSteps(machine, machines, known)),
    },
    {
      name: "ospf-adjacent",
      title: "OSPF neighbours on a link are adjacent, or both leave that to the designated routers",
      proves: [],
      within: routed,
      steps: ospfSteps(topology, machines, known),
    },
  ];
  return checks.filter(({ steps }) => steps.length > 0);
}

type Known = ReadonlyMap<string, ReadonlyMap<string, readonly InterfaceAddress[]>>;

function attachments({ links, segments }: Topology): (readonly End[])[] {
  return [...links.map(({ ends }) => ends), ...segments.map(({ members }) => members)];
}

/** From the first machine with an address in a prefix to each other one. */
function pings(ends: readonly End[], known: Known): CheckStep[] {
  const steps: CheckStep[] = [];
  const first: { end: End; own: InterfaceAddress }[] = [];
  for (const end of ends)
    for (const own of known.get(end.node)?.get(end.interface) ?? []) {
      const from = first.find((each) => each.end !== end && prefixContains(prefixOf(each.own), own.address));
      if (from === undefined) first.push({ end, own });
      else if (from.end.node !== end.node)
        steps.push({
          on: from.end.node,
          command: `ping -c 1 -W 1 -I ${from.end.interface} ${formatAddress(own.address)}`,
          expect: prints(/ 1 received/),
        });
    }
  return steps;
}

function bgpSteps(machine: Machine, machines: readonly Machine[], known: Known): CheckStep[] {
  const speakers = new Set(machines.filter((each) => bgpNeighbours(each).length > 0).map(({ name }) => name));
  const holders = new Map<string, string>();
  for (const [name, interfaces] of known)
    for (const own of [...interfaces.values()].flat()) holders.set(formatAddress(own.address), name);
  const own = new Set(machine.interfaces.map(({ name }) => name));
  const expected = bgpNeighbours(machine).filter(
    (neighbour) => own.has(neighbour) || speakers.has(holders.get(neighbour) ?? ""),
  );
  if (expected.length === 0) return [];
  return [{ on: machine.name, command: "vtysh -c 'show bgp summary json'", expect: establishedWith(expected) }];
}

/** Of `show bgp summary json`: every neighbour is Established in some family. */
export function establishedWith(neighbours: readonly string[]): Expectation {
  return expectation(`${neighbours.join(", ")} Established`, (result) => {
    let families: Readonly<Record<string, { peers?: Readonly<Record<string, { state?: string }>> }>>;
    try {
      families = JSON.parse(result.stdout) as typeof families;
    } catch {
      return seen(result);
    }
    const states = new Map<string, string>();
    for (const { peers = {} } of Object.values(families))
      for (const [peer, { state = "" }] of Object.entries(peers))
        if (states.get(peer) !== "Established") states.set(peer, state);
    const others = neighbours.filter((neighbour) => states.get(neighbour) !== "Established");
    if (others.length === 0) return undefined;
    return others.map((neighbour) => `${neighbour} ${states.get(neighbour) ?? "not configured"}`).join(", ");
  });
}

function ospfSteps(topology: Topology, machines: readonly Machine[], known: Known): CheckStep[] {
  const speakers = new Map(
    machines.map((machine) => [machine.name, { networks: ospfNetworks(machine), passive: ospfPassive(machine) }]),
  );
  const expected = new Map<string, string[]>();
  for (const ends of attachments(topology)) {
    const speaking = ends.flatMap((end) => {
      const speaker = speakers.get(end.node);
      if (speaker === undefined || speaker.passive.has(end.interface)) return [];
      return (known.get(end.node)?.get(end.interface) ?? []).flatMap((own) => {
        const network = speaker.networks.find(({ prefix }) => prefixContains(prefix, own.address));
        return network === undefined ? [] : [{ node: end.node, own, area: network.area }];
      });
    });
    for (const one of speaking)
      for (const other of speaking)
        if (one.node !== other.node && one.area === other.area && prefixContains(prefixOf(one.own), other.own.address))
          expected.set(one.node, [...(expected.get(one.node) ?? []), formatAddress(other.own.address)]);
  }
  return [...expected].map(([node, addresses]) => ({
    on: node,
    command: "vtysh -c 'show ip ospf neighbor'",
    expect: all(...addresses.map((address) => prints(new RegExp(`(Full|2-Way)/.* ${escaped(address)} `)))),
  }));
}

const saysNothing: Expectation = {
  description: "no line",
  evaluate: (result) => (result.exitCode === 0 && result.stdout.trim() === "" ? undefined : seen(result)),
};

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
