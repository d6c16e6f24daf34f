import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declare, type Declarations } from "../../components/declarations.ts";
import { waitFor } from "../../provider/wait.ts";
import { resolve } from "../../topology/resolve.ts";
import type { NodeSpec, RouterDaemon, TopologySpec } from "../../topology/spec.ts";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";
import { around, inside, withPolicies } from "../unit/daemons/specs.ts";
import { withTurnedBackRoute } from "../unit/routes/limited-lab.ts";

/** How each daemon is asked how often its sessions came up, or since when they are, and told to turn one off. */
const commands: Readonly<
  Record<Exclude<RouterDaemon, "bird">, { readonly since: string; readonly disable: (address: string) => string }>
> = {
  frr: {
    since: "vtysh -c 'show bgp summary json' | grep -o 'connectionsEstablished\":[0-9]*'",
    disable: (address) => `vtysh -c 'configure terminal' -c 'router bgp' -c 'neighbor ${address} shutdown'`,
  },
  gobgp: {
    since: 'gobgp -j neighbor | grep -oE \'uptime":\\{"seconds":[0-9]+\' | sort',
    disable: (address) => `gobgp neighbor ${address} disable`,
  },
  openbgpd: {
    since: "bgpctl -j show neighbor | grep '\"open\"'",
    disable: (address) => `bgpctl neighbor ${address} down`,
  },
};

describe.each(["frr", "gobgp", "openbgpd"] as const)("a lab around %s", (daemon) => {
  const options = needs("namespaces", "bird", "stayrtr", daemon);

  describe("on the real kernel", { ...options, timeout: 120_000 }, () => {
    let lab: TestLab;
    const spec = around(daemon);
    beforeAll(async () => {
      lab = await bringUp(spec);
    });
    afterAll(() => lab?.down());

    test("comes up with the routes that were worked out, and without drift", async () => {
      expect(await lab.drift()).toEqual([]);
      await lab.run("ping -c 1 -W 2 10.10.1.2 && ping -c 1 -W 2 2001:db8:10:1::2", "near");
    });

    test("has the clients of its exchange send packets to each other, not through the server", async () => {
      const member = resolve(spec).nodes.find(({ name }) => name === "middle");
      const address = member?.interfaces.find(({ name }) => name === "ix")?.addresses[0]?.split("/")[0] ?? "";
      expect(await lab.run("ip route get 10.2.0.1", "member")).toContain(`via ${address} `);
    });

    test("takes a changed policy while it runs, with its sessions up", async () => {
      const before = await lab.run(commands[daemon].since, "middle");
      await lab.up(declare(resolve(around(daemon, { localPreferences: { upstream: 150, peer: 310 } })), 60));
      expect(await lab.run(commands[daemon].since, "middle")).toBe(before);
      await lab.up(declare(resolve(spec), 60));
      expect(await lab.drift()).toEqual([]);
    });

    test("is repaired when its daemons are ended", async () => {
      const names = (lab.declarations.nodes.find(({ name }) => name === "middle")?.daemons ?? []).map(
        ({ name }) => name,
      );
      await lab.run(`for name in ${names.join(" ")}; do kill -9 -"$(cat /run/nodes/middle/$name.pid)"; done`);
      await waitFor("the daemons' end", 5_000, async () => {
        const drift = await lab.drift();
        const ended = names.every((name) => drift.includes(`node middle: daemon ${name}: not running`));
        return ended ? undefined : drift.join("; ");
      });
      await lab.up();
      expect(await lab.drift()).toEqual([]);
      await lab.run("ping -c 1 -W 2 10.10.1.2", "near");
    });

    test("has a session that somebody turned off turned on again", async () => {
      const session = resolve(spec).sessions.find(({ ends }) =>
        ends.every(({ router }) => router === "middle" || router === "peer"),
      );
      const address = session?.ends.find(({ router }) => router === "peer")?.address ?? "";
      await lab.run(commands[daemon].disable(address), "middle");
      await waitFor("the session's end", 5_000, async () => {
        const drift = await lab.drift();
        return drift.some((text) => /session peer_v4 is/.test(text)) ? undefined : drift.join("; ");
      });
      await lab.up();
      expect(await lab.drift()).toEqual([]);
    });
  });

  test(
    `all of ${daemon}'s policies give the routes that were worked out`,
    { ...options, timeout: 120_000 },
    async () => {
      const lab = await bringUp(withPolicies(daemon));
      try {
        expect(await lab.drift()).toEqual([]);
      } finally {
        await lab.down();
      }
    },
  );

  test("a session with more prefixes than its limit is shut", { ...options, timeout: 120_000 }, async () => {
    const customer: NodeSpec = {
      kind: "router",
      as: "customer",
      originates: ["10.3.0.0/16", ...Array.from({ length: 4 }, (_, index) => `10.3.${index}.0/24`), "2001:db8:3::/48"],
    };
    const spec = around(daemon, { maximumPrefixes: 3 });
    const many: TopologySpec = { ...spec, nodes: { ...spec.nodes, customer } };
    const lab = await bringUp(many);
    try {
      expect(await lab.drift()).toEqual([]);
      await lab.up(declare(resolve(spec), 60));
      expect(await lab.drift()).toEqual([]);
    } finally {
      await lab.down();
    }
  });
});

test.each([
  ["gobgp", "bird", 3, 2],
  // FRR may give back a fourth one.
  ["gobgp", "frr", 4, 2],
  ["openbgpd", "bird", 3, 2],
  ["openbgpd", "frr", 4, 2],
  ["bird", "frr", 3, 2],
] as const)(
  "%s counts what a customer sends that runs %s: it may send %d prefixes, and is shut with a limit of %d",
  { ...needs("namespaces", "bird", "frr", "gobgp", "openbgpd"), timeout: 120_000 },
  async (upper, leaker, count, fewer) => {
    const limited = (limit: number): Declarations =>
      declare(resolve(withTurnedBackRoute({ maximumPrefixes: limit }, { upper, leaker })), 60);
    const lab = await bringUp(withTurnedBackRoute({ maximumPrefixes: count }, { upper, leaker }));
    try {
      expect(await lab.drift()).toEqual([]);
      await lab.up(limited(fewer));
      expect(await lab.drift()).toEqual([]);
      await lab.up(limited(count));
      expect(await lab.drift()).toEqual([]);
    } finally {
      await lab.down();
    }
  },
);

test.each(["frr", "openbgpd"] as const)(
  "%s judges the routes that it has anew when ROAs change",
  { ...needs("namespaces", "bird", "stayrtr", "frr", "openbgpd"), timeout: 120_000 },
  async (daemon) => {
    const spec = withPolicies(daemon);
    const lab = await bringUp(spec);
    try {
      // The route that upstream has from far is none of peer's: it goes, and the readiness asks whether it has.
      const roas = [{ prefix: "10.10.0.0/16", as: "peer" }];
      await lab.up(declare(resolve({ ...spec, roas }), 60));
      expect(await lab.drift()).toEqual([]);
      await lab.up(declare(resolve(spec), 60));
      expect(await lab.drift()).toEqual([]);
    } finally {
      await lab.down();
    }
  },
);

test(
  "OpenBGPD that missed its RTR server asks it again, and not after ten minutes",
  { ...needs("namespaces", "bird", "stayrtr", "openbgpd"), timeout: 120_000 },
  async () => {
    const lab = await bringUp(withPolicies("openbgpd"));
    try {
      const whole = lab.declarations;
      await lab.run('for pid in near/cache middle/openbgpd; do kill -9 -"$(cat /run/nodes/$pid.pid)"; done');
      const without: Declarations = {
        ...whole,
        nodes: whole.nodes.map((node) => (node.name === "near" ? { ...node, daemons: [] } : node)),
        readiness: { ...whole.readiness, within: 2 },
      };
      await expect(lab.up(without)).rejects.toThrow("middle: 0 of 1 ROAs");
      await lab.up(whole);
      expect(await lab.drift()).toEqual([]);
    } finally {
      await lab.down();
    }
  },
);

test(
  "FRR and BIRD share an AS: OSPF, iBGP, reflection",
  { ...needs("namespaces", "bird", "frr"), timeout: 120_000 },
  async () => {
    const lab = await bringUp(inside);
    try {
      expect(await lab.drift()).toEqual([]);
      await lab.run("ping -c 1 -W 2 10.10.1.1 && ping -c 1 -W 2 2001:db8:10:1::1", "inner");
    } finally {
      await lab.down();
    }
  },
);
