import { describe, expect, test } from "vitest";
import { establishedWith, machineChecks } from "../../../labs/imported/machine-checks.ts";
import { lan, link } from "../../../labs/imported/wires.ts";
import { declarationOf, sinceSetUp, type Baseline } from "../../../provider/machine/observe.ts";
import type { ObservedInterface, ObservedNode } from "../../../provider/kernel/observe.ts";
import { formatAddress } from "../../../topology/addressing/address.ts";
import { addressesOfMachine } from "../../../topology/machines/addresses.ts";
import { bgpNeighbours, ospfNetworks, ospfPassive } from "../../../topology/machines/routing-files.ts";
import { useOfImage } from "../../../topology/import/lab/images.ts";
import { labName, nodeNames } from "../../../topology/import/lab/names.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { MachineSpec, TopologySpec } from "../../../topology/spec.ts";
import type { Machine } from "../../../topology/topology.ts";

function machine(spec: Omit<MachineSpec, "kind">): Machine {
  const [found] = resolve({ nodes: { m: { kind: "machine", ...spec } } }).nodes;
  if (found?.kind !== "machine") throw new Error("no machine");
  return found;
}

function addresses(spec: Omit<MachineSpec, "kind">): Record<string, string[]> {
  return Object.fromEntries(
    [...addressesOfMachine(machine(spec))].map(([name, own]) => [
      name,
      own.map(({ address, length }) => `${formatAddress(address)}/${length}`),
    ]),
  );
}

describe("addresses that a machine's set-up gives it", () => {
  test.each([
    ["ip address add 192.0.2.1/24 dev eth0", { eth0: ["192.0.2.1/24"] }],
    ["ip addr add dev eth1 192.0.2.1/24", { eth1: ["192.0.2.1/24"] }],
    ["ip a add 192.0.2.1/24 brd + dev eth0", { eth0: ["192.0.2.1/24"] }],
    ["ip -6 address add 2001:db8::1/64 dev eth0", { eth0: ["2001:db8::1/64"] }],
    ["ip address add 192.0.2.1 dev lo", { lo: ["192.0.2.1/32"] }],
    ["ifconfig eth0 10.0.0.1/8 up", { eth0: ["10.0.0.1/8"] }],
    ["ifconfig eth0 192.0.2.1 netmask 255.255.255.128 up", { eth0: ["192.0.2.1/25"] }],
    ["ifconfig eth0 192.0.2.1 up", { eth0: ["192.0.2.1/24"] }],
    ["# ip address add 192.0.2.1/24 dev eth0\nip link set eth0 up", {}],
    ["ip address add 192.0.2.1/24 dev eth0\nip address flush dev eth0", {}],
    ["ip route add default via 192.0.2.1 dev eth0", {}],
    ["ip address show dev eth0", {}],
  ])("%s", (setup, expected) => {
    expect(addresses({ setup: [setup] })).toEqual(expected);
  });

  test("those in FRR's files count where FRR is started", () => {
    const files = {
      "/etc/frr/frr.conf": "interface eth0\n ip address 192.0.2.1/24\n ipv6 address 2001:db8::1/64\n!\n",
    };
    expect(addresses({ files, setup: ["service frr start"] })).toEqual({ eth0: ["192.0.2.1/24", "2001:db8::1/64"] });
    expect(addresses({ files })).toEqual({});
  });

  test("a script that is a file is read", () => {
    const files = { "/root/up.sh": "ip address add 192.0.2.1/24 dev eth0\n" };
    expect(addresses({ files, setup: ["bash /root/up.sh"] })).toEqual({ eth0: ["192.0.2.1/24"] });
  });
});

describe("what routing daemons' files say", () => {
  const routing = machine({
    setup: ["systemctl start frr"],
    files: {
      "/etc/frr/frr.conf": [
        "router bgp 65001",
        " neighbor FABRIC peer-group",
        " neighbor FABRIC remote-as external",
        " neighbor eth0 interface peer-group FABRIC",
        " neighbor 192.0.2.2 remote-as 65002",
        " neighbor 192.0.2.3 remote-as 65003",
        " neighbor 192.0.2.3 shutdown",
        "!",
        "router ospf",
        " passive-interface eth3",
        " network 10.0.0.0/8 area 0.0.0.1",
        " network 192.0.2.0/24 area 0",
        "interface eth9",
        " network 198.51.100.0/24 area 0",
      ].join("\n"),
    },
  });

  test("BGP neighbours, without groups and those that are shut", () => {
    expect(bgpNeighbours(routing)).toEqual(["eth0", "192.0.2.2"]);
  });

  test("OSPF networks and passive interfaces", () => {
    expect(ospfNetworks(routing).map(({ area, prefix }) => [area, prefix.length])).toEqual([
      ["1", 8],
      ["0", 24],
    ]);
    expect([...ospfPassive(routing)]).toEqual(["eth3"]);
  });

  test("states are read from FRR's JSON", () => {
    const { evaluate } = establishedWith(["192.0.2.2", "eth0"]);
    const summary = (states: Record<string, string>): string =>
      JSON.stringify({
        ipv4Unicast: { peers: Object.fromEntries(Object.entries(states).map(([peer, state]) => [peer, { state }])) },
      });
    const result = (stdout: string) => ({ exitCode: 0, stdout, stderr: "" });
    expect(evaluate(result(summary({ "192.0.2.2": "Established", eth0: "Established" })))).toBeUndefined();
    expect(evaluate(result(summary({ "192.0.2.2": "Active" })))).toBe("192.0.2.2 Active, eth0 not configured");
    expect(evaluate(result("% no daemon"))).toMatch(/no daemon/);
  });
});

describe("checks of a lab of machines", () => {
  const bgp = (neighbour: string): Record<string, string> => ({
    "/etc/frr/frr.conf": `router bgp 65001\n neighbor ${neighbour} remote-as external\n`,
  });
  const spec: TopologySpec = {
    nodes: {
      a: {
        kind: "machine",
        setup: ["ip address add 192.0.2.1/24 dev eth1", "service frr start"],
        files: bgp("192.0.2.2"),
      },
      b: {
        kind: "machine",
        setup: ["ip address add 192.0.2.2/24 dev eth1", "service frr start"],
        files: bgp("192.0.2.1"),
      },
      c: { kind: "machine" },
    },
    links: [link("a:eth1", "b:eth1"), link("b:eth2", "c:eth1")],
  };

  test("are those that its files make plain, and no others", () => {
    const checks = machineChecks(resolve(spec));
    expect(checks.map(({ name, steps }) => [name, steps.map(({ on }) => on)])).toEqual([
      ["interfaces-there", ["a", "b", "c"]],
      ["set-up", ["a", "b"]],
      ["neighbours-reached", ["a"]],
      ["bgp-established", ["a", "b"]],
    ]);
    expect(checks[2]?.steps[0]?.command).toBe("ping -c 1 -W 1 -I eth1 192.0.2.2");
  });

  test("fail where something is missing", () => {
    const [there, setUp] = machineChecks(resolve(spec));
    const result = (stdout: string) => ({ exitCode: 0, stdout, stderr: "" });
    const links = there?.steps[1]?.expect;
    expect(links?.evaluate(result("lo UNKNOWN\neth1@if2 UP\neth2@if3 UP\n"))).toBeUndefined();
    expect(links?.evaluate(result("lo UNKNOWN\neth1@if2 UP\neth22@if3 UP\n"))).toBeDefined();
    expect(setUp?.steps[0]?.expect.evaluate(result(""))).toBeUndefined();
    expect(setUp?.steps[0]?.expect.evaluate(result("false: exit code 1\n"))).toMatch(/false: exit code 1/);
  });
});

describe("what became of a machine since its set-up", () => {
  const device: ObservedInterface = {
    name: "eth0",
    index: 2,
    up: true,
    carrier: true,
    mac: "02:00:00:00:00:01",
    mtu: 1500,
    addresses: ["192.0.2.1/24"],
    routes: [{ destination: "0.0.0.0/0", via: "192.0.2.254" }],
    qdisc: "noqueue",
  };
  const seen = (changes: Partial<ObservedInterface> | undefined): ObservedNode => ({
    interfaces: new Map(changes === undefined ? [] : [["eth0", { ...device, ...changes }]]),
    deadRoutes: [],
    sysctls: {},
    rulesetChanged: false,
    rulesetSeen: true,
  });
  const baseline: Baseline = {
    interfaces: { eth0: { up: true, addresses: ["192.0.2.1/24"], routes: ["0.0.0.0/0 via 192.0.2.254"] } },
    files: {},
    started: [],
  };

  test("what is gone is told, what was added isn't", () => {
    expect(sinceSetUp(baseline, seen({ addresses: ["192.0.2.1/24", "192.0.2.9/24"] }))).toEqual([]);
    expect(sinceSetUp(baseline, seen({ addresses: [], routes: [] }))).toEqual([
      "eth0: address 192.0.2.1/24 missing",
      "eth0: route 0.0.0.0/0 via 192.0.2.254 missing",
    ]);
    expect(sinceSetUp(baseline, seen({ up: false }))).toEqual(["eth0: down"]);
    expect(sinceSetUp(baseline, seen(undefined))).toEqual(["eth0: missing"]);
    expect(sinceSetUp(baseline, { ...seen({}), rulesetChanged: true })).toEqual(["rule set: changed"]);
  });

  test("a declaration is known by its content, in whatever order it comes", () => {
    const inputs = {
      sandbox: "s",
      name: "m",
      interfaces: [],
      sysctls: { a: "1", b: "2" },
      files: {},
      environment: {},
      setup: ["x"],
      serviceFiles: {},
      daemons: [],
    };
    expect(declarationOf(inputs)).toBe(declarationOf({ ...inputs, sandbox: "t", sysctls: { b: "2", a: "1" } }));
    expect(declarationOf(inputs)).not.toBe(declarationOf({ ...inputs, setup: ["y"] }));
  });
});

describe("words of imported labs", () => {
  test("ends are NODE:INTERFACE with their addresses behind", () => {
    expect(link("a:eth0 192.0.2.1/24 2001:db8::1/64 02:00:00:00:00:01", "b", { mtu: 9000 })).toEqual({
      ends: [
        { node: "a", interface: "eth0", ipv4: "192.0.2.1/24", ipv6: "2001:db8::1/64", mac: "02:00:00:00:00:01" },
        { node: "b" },
      ],
      mtu: 9000,
    });
    expect(() => lan(["a:eth0 nonsense"])).toThrow(/NODE:INTERFACE/);
  });

  test("names become labels, each its own", () => {
    expect([...nodeNames(["R1", "r1", "s1_1", "9x", "sandbox", "--"])]).toEqual([
      ["R1", "r1"],
      ["r1", "r1-2"],
      ["s1_1", "s1-1"],
      ["9x", "n-9x"],
      ["sandbox", "n-sandbox"],
      ["--", "n"],
    ]);
    expect(labName("2-linux-nodes")).toBe("n-2-linux-nodes");
  });

  test.each([
    ["frrouting/frr:v8.4.1", "frr"],
    ["quay.io/frrouting/frr:10.5.1", "frr"],
    ["nginx:stable-alpine", "nginx"],
    ["registry.example:5000/bird2@sha256:00", "bird"],
  ])("the image %s starts %s", (image, service) => {
    expect(useOfImage(image)).toEqual({ kind: "daemon", service });
  });

  test.each(["alpine:3", "ghcr.io/example/frr-tools", "kathara/frr-is-not-all"])(
    "the image %s starts nothing",
    (image) => {
      expect(useOfImage(image)).toEqual({ kind: "system" });
    },
  );
});
