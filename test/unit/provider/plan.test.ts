import { describe, expect, test } from "vitest";
import type { ObservedInterface, ObservedNode } from "../../../provider/kernel/observe.ts";
import { planEnsure, type NodeTask } from "../../../provider/kernel/plan.ts";
import { linkWiring, planRemoval, segmentWiring, wiringDifferences } from "../../../provider/kernel/wire.ts";
import { nodeDifferences } from "../../../provider/node/differences.ts";
import type { LinkInputs, NodeInputs, SegmentInputs } from "../../../provider/schema.ts";

const link: LinkInputs = {
  sandbox: "s",
  name: "a--b",
  ends: [
    {
      node: "a",
      interface: "b",
      addresses: ["192.0.2.0/31", "2001:db8::/127"],
      routes: [{ destination: "0.0.0.0/0", via: "192.0.2.1" }],
    },
    { node: "b", interface: "a", addresses: ["192.0.2.1/31", "2001:db8::1/127"], routes: [] },
  ],
  mtu: 1500,
  impairments: {},
};

const node: NodeInputs = {
  sandbox: "s",
  name: "a",
  loopbacks: ["203.0.113.1/32"],
  sysctls: { "net.ipv4.ip_forward": "1", "net.ipv4.conf.default.rp_filter": "0" },
  files: {},
  ruleset: "",
  iptables: "",
  ip6tables: "",
  daemons: [{ name: "bird", command: ["bird", "-f"], reads: [], socket: "bird.ctl" }],
  mounts: {},
};

function observedInterface(name: string, changes: Partial<ObservedInterface> = {}): ObservedInterface {
  return {
    name,
    index: 2,
    peerIndex: 2,
    up: true,
    carrier: true,
    mac: "02:00:00:00:00:01",
    mtu: 1500,
    addresses: [],
    routes: [],
    qdisc: "noqueue",
    ...changes,
  };
}

function observedNode(interfaces: ObservedInterface[], changes: Partial<ObservedNode> = {}): ObservedNode {
  return {
    interfaces: new Map(interfaces.map((one) => [one.name, one])),
    deadRoutes: [],
    sysctls: {},
    rulesetChanged: false,
    rulesetSeen: true,
    ...changes,
  };
}

const asDeclared = new Map([
  ["a", observedNode([observedInterface("b", { addresses: link.ends[0].addresses, routes: link.ends[0].routes })])],
  ["b", observedNode([observedInterface("a", { addresses: link.ends[1].addresses })])],
]);

/** The same in each run. */
const macs = ["02:c1:4c:dd:c0:33", "02:bc:8a:2f:07:1c"];

describe("a link", () => {
  test("that is new is one veth pair, with the namespaces it needs, addresses, then routes", () => {
    const plan = planEnsure(new Set(["b"]), [], [linkWiring(link)], new Map());
    expect(plan.batch).toEqual([
      "netns add a",
      `link add name b address ${macs[0]} netns a mtu 1500 type veth peer name a address ${macs[1]} netns b mtu 1500`,
    ]);
    expect(plan.jobs.get("a")).toBe(
      "ip -batch - <<'END'\nlink set dev lo up\naddr add 192.0.2.0/31 dev b\naddr add 2001:db8::/127 dev b nodad\nlink set dev b up\nroute replace 0.0.0.0/0 via 192.0.2.1 dev b proto static\nEND",
    );
  });

  test("that is as declared costs no command", () => {
    expect(planEnsure(new Set(["a", "b"]), [], [linkWiring(link)], asDeclared)).toEqual({
      deletions: [],
      batch: [],
      jobs: new Map(),
      orders: new Map(),
    });
    expect(wiringDifferences(linkWiring(link), asDeclared)).toEqual([]);
  });

  test("that lost one address gets that address, and its routes again", () => {
    const observed = new Map(asDeclared).set(
      "a",
      observedNode([observedInterface("b", { addresses: ["2001:db8::/127"] })]),
    );
    const plan = planEnsure(new Set(["a", "b"]), [], [linkWiring(link)], observed);
    expect([...plan.jobs.keys()]).toEqual(["a"]);
    expect(plan.jobs.get("a")).toBe(
      "ip -batch - <<'END'\naddr add 192.0.2.0/31 dev b\nroute replace 0.0.0.0/0 via 192.0.2.1 dev b proto static\nEND",
    );
  });

  test("whose interfaces belong to other pairs is taken apart and made anew", () => {
    const observed = new Map(asDeclared).set("b", observedNode([observedInterface("a", { index: 9 })]));
    const plan = planEnsure(new Set(["a", "b"]), [], [linkWiring(link)], observed);
    expect(plan.deletions).toEqual([
      "ip -n a link del dev b 2>/dev/null || true",
      "ip -n b link del dev a 2>/dev/null || true",
    ]);
    expect(plan.batch).toHaveLength(1);
    expect(wiringDifferences(linkWiring(link), observed)).toEqual(["b of a and a of b: not each other's ends"]);
  });

  test("that moves to another node takes only its old end away", () => {
    const moved: LinkInputs = { ...link, ends: [link.ends[0], { ...link.ends[1], node: "c" }] };
    expect(planRemoval(linkWiring(link), linkWiring(moved))).toBe("ip -n b link del dev a 2>/dev/null || true");
    expect(planRemoval(linkWiring(link), linkWiring(link))).toBe("");
  });
});

describe("a node", () => {
  const task: NodeTask = { inputs: node, start: [] };

  test("that is new gets sysctls before interfaces come up, and its daemon last", () => {
    const plan = planEnsure(new Set(), [task], [linkWiring(link)], new Map());
    const job = plan.jobs.get("a") ?? "";
    expect(job.indexOf("ip_forward")).toBeLessThan(job.indexOf("link set dev b up"));
    expect(job).toContain(`for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >"$file"; done`);
    expect(job.indexOf("setsid bird -f")).toBeGreaterThan(job.indexOf("link set dev b up"));
  });

  test("that is as declared costs no command", () => {
    const observed = observedNode([observedInterface("lo", { addresses: node.loopbacks })], { sysctls: node.sysctls });
    const files = { files: {}, ruleset: "", running: new Set(["bird"]), holds: new Map(), undeclared: [] };
    expect(planEnsure(new Set(["a"]), [{ ...task, observed, files }], [], new Map([["a", observed]])).jobs).toEqual(
      new Map(),
    );
  });

  test("whose daemon died gets it back, and nothing else", () => {
    const observed = observedNode([observedInterface("lo", { addresses: node.loopbacks })], { sysctls: node.sysctls });
    const files = { files: {}, ruleset: "", running: new Set<string>(), holds: new Map(), undeclared: [] };
    const job = planEnsure(new Set(["a"]), [{ ...task, observed, files }], [], new Map()).jobs.get("a") ?? "";
    expect(job).toContain("setsid bird -f");
    expect(job).not.toContain("ip -batch");
  });

  test("that is a container has its daemons started there, and all else from outside", () => {
    const inputs = { ...node, container: "0123" };
    const { batch, jobs, orders } = planEnsure(new Set(["a"]), [{ ...task, inputs }], [], new Map());
    expect(batch).toEqual([]);
    expect(jobs.get("a")).toContain("addr add");
    expect(jobs.get("a")).not.toContain("setsid");
    expect(orders.get("a")).toContain("setsid bird -f");
    expect(orders.get("a")).toContain("tail -q -c +$from -F --pid=$! bird.log >&4");
    expect(orders.get("a")).not.toContain("ip ");
  });

  test("ends a daemon that is declared no longer", () => {
    const observed = observedNode([observedInterface("lo", { addresses: node.loopbacks })], { sysctls: node.sysctls });
    const files = { files: {}, ruleset: "", running: new Set(["bird"]), holds: new Map(), undeclared: ["dhcp"] };
    const job = planEnsure(new Set(["a"]), [{ ...task, observed, files }], [], new Map()).jobs.get("a") ?? "";
    expect(job).toContain("/run/nodes/a/dhcp.pid");
    expect(job).not.toContain("bird");
    expect(nodeDifferences(node, observed, files)).toEqual(["daemon dhcp: not declared"]);
  });

  test("tells a file that is missing, edited, open to others or another's", () => {
    const own = process.getuid?.() ?? 0;
    const inputs = { ...node, files: { "a.conf": "a", "b.conf": "b", "c.key": "c", "d.key": "d" } };
    const observed = observedNode([observedInterface("lo", { addresses: node.loopbacks })], { sysctls: node.sysctls });
    const found = {
      "b.conf": { content: "other", mode: 0o600, owner: own },
      "c.key": { content: "c", mode: 0o644, owner: own + 1 },
      "d.key": { content: "d", mode: 0o600, owner: own },
    };
    const files = { files: found, ruleset: "", running: new Set(["bird"]), holds: new Map(), undeclared: [] };
    expect(nodeDifferences(inputs, observed, files)).toEqual([
      "file a.conf: missing",
      "file b.conf: edited",
      "file c.key: mode is 644, declared 600",
      `file c.key: owner is user ${own + 1}, declared ${own}`,
    ]);
  });

  test("tells a daemon whose interface isn't the one that it took hold of", () => {
    const bound = { ...node, daemons: [{ name: "dhcp", command: ["dhcpd"], reads: [], interfaces: ["lan", "wan"] }] };
    const interfaces = [observedInterface("lo", { addresses: node.loopbacks }), observedInterface("lan", { index: 7 })];
    const observed = observedNode(interfaces, { sysctls: node.sysctls });
    const holds = new Map([
      [
        "dhcp",
        new Map([
          ["lan", 7],
          ["wan", 8],
        ]),
      ],
    ]);
    const files = { files: {}, ruleset: "", running: new Set(["dhcp"]), holds, undeclared: [] };
    expect(nodeDifferences(bound, observed, files)).toEqual(["daemon dhcp: wan isn't what it was at its start"]);
  });
});

describe("a segment's multicast querier", () => {
  const segment: SegmentInputs = {
    sandbox: "s",
    name: "lan",
    members: [],
    mtu: 1500,
    impairments: {},
    multicastQuerier: true,
  };
  const wiring = segmentWiring(segment);
  const seen = (multicast: { snooping: boolean; querier: boolean }) =>
    new Map([["", observedNode([observedInterface("lan", { multicast })])]]);

  test("is set after its intervals, before the bridge comes up", () => {
    expect(planEnsure(new Set(), [], [wiring], new Map()).batch).toEqual([
      "link add name lan mtu 1500 type bridge",
      "link set dev lan type bridge mcast_startup_query_count 3 mcast_startup_query_interval 100 mcast_query_response_interval 100",
      "link set dev lan type bridge mcast_querier 1",
      "link set dev lan up",
    ]);
  });

  test("is told and set right where it differs", () => {
    expect(wiringDifferences(wiring, seen({ snooping: true, querier: true }))).toEqual([]);
    expect(planEnsure(new Set(), [], [wiring], seen({ snooping: true, querier: true })).batch).toEqual([]);
    const off = seen({ snooping: false, querier: false });
    expect(wiringDifferences(wiring, off)).toEqual([
      "bridge lan: multicast snooping off",
      "bridge lan: multicast querier off",
    ]);
    expect(planEnsure(new Set(), [], [wiring], off).batch).toContain("link set dev lan type bridge mcast_snooping 1");
    const without = segmentWiring({ ...segment, multicastQuerier: false });
    expect(planEnsure(new Set(), [], [without], seen({ snooping: true, querier: true })).batch).toEqual([
      "link set dev lan type bridge mcast_querier 0",
    ]);
  });
});

test("a segment is a bridge and a pair to each member, with interface names of at most 15 characters", () => {
  const segment: SegmentInputs = {
    sandbox: "s",
    name: "exchange-in-amsterdam",
    members: ["router-of-the-north", "r2"].map((name) => ({ node: name, interface: "ix", addresses: [], routes: [] })),
    mtu: 1500,
    impairments: {},
    multicastQuerier: false,
  };
  const wiring = segmentWiring(segment);
  const names = [...wiring.bridges.map((bridge) => bridge.name), ...wiring.wires.map((wire) => wire.ends[1].interface)];
  expect(names.every((name) => name.length <= 15)).toBe(true);
  expect(new Set(names).size).toBe(3);
  expect(planEnsure(new Set(), [], [wiring], new Map()).batch.filter((line) => line.includes("master"))).toHaveLength(
    2,
  );
});

test("a daemon that wants its folders starts where they are, after what it needs, and thinks it changed its user", () => {
  const bgpd: NodeInputs = {
    ...node,
    daemons: [
      {
        name: "bgpd",
        command: ["bgpd", "-f", "/etc/frr/bgpd.conf"],
        reads: [],
        after: "run/zserv.api",
        changesUser: true,
      },
    ],
    mounts: { "/run/frr": "run" },
  };
  const job = planEnsure(new Set(), [{ inputs: bgpd, start: [] }], [], new Map()).jobs.get("a") ?? "";
  const lines = job.split("\n");
  const at = (part: string): number => lines.findIndex((line) => line.includes(part));
  expect(at("[ -S run/zserv.api ]")).toBeGreaterThan(0);
  expect(at("/proc/self/setgroups")).toBeGreaterThan(at("[ -S run/zserv.api ]"));
  expect(lines.at(at("setsid"))).toMatch(
    /^setsid \/run\/labwright\/enter a \$user bgpd -f \/etc\/frr\/bgpd\.conf >>bgpd\.log/,
  );
});

test("what another routing daemon left in the kernel goes with it", () => {
  const files = { files: {}, ruleset: "", running: new Set<string>(), undeclared: ["zebra"], holds: new Map() };
  const observed: ObservedNode = {
    interfaces: new Map(),
    deadRoutes: [],
    sysctls: {},
    rulesetChanged: false,
    rulesetSeen: true,
  };
  const job = planEnsure(new Set(["a"]), [{ inputs: node, observed, files, start: [] }], [], new Map()).jobs.get("a");
  expect(job).toMatch(/ip route flush proto \$protocol[\s\S]*setsid bird -f/);
});
