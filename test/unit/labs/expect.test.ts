import { describe, expect, test } from "vitest";
import { parseProtocols } from "../../../topology/bird/protocols.ts";
import { gives, holdsRoutes, parseRoutes, prefers, sessionsEstablished } from "../../../labs/birdc.ts";
import { all, doesNotPrint, exits, prints } from "../../../labs/expect.ts";
import type { CommandResult } from "../../../labs/lab.ts";
import { sameDevice } from "../../../labs/namespaces/same-device.ts";
import { resolve } from "../../../topology/resolve.ts";

function printed(stdout: string, exitCode = 0, stderr = ""): CommandResult {
  return { stdout, stderr, exitCode };
}

describe("expectations", () => {
  test("of output tell what was printed instead", () => {
    expect(prints(/^ok$/m).evaluate(printed("so\nok\n"))).toBeUndefined();
    expect(prints(/ok/).evaluate(printed("no\n"))).toBe('"no"');
    expect(prints(/ok/).evaluate(printed("", 1, "broken"))).toBe('"broken"');
    expect(prints(/ok/).evaluate(printed("", 2))).toBe("no output, exit code 2");
    expect(doesNotPrint(/b+/).evaluate(printed("aaa\n"))).toBeUndefined();
    expect(doesNotPrint(/b+/).evaluate(printed("a\n  abba\n"))).toBe('the line "abba"');
  });

  test("give the same answer each time, with any flags of the pattern", () => {
    const expectation = prints(/ok/g);
    expect([1, 2, 3].map(() => expectation.evaluate(printed("ok")))).toEqual([undefined, undefined, undefined]);
  });

  test("of an exit code tell the code and the output", () => {
    expect(exits(1).evaluate(printed("", 1))).toBeUndefined();
    expect(exits(0).evaluate(printed("", 3, "no such thing"))).toBe('exit code 3: "no such thing"');
  });

  test("together hold when each holds, and tell every failure", () => {
    const both = all(exits(0), prints(/yes/));
    expect(both.description).toBe("exit code 0, and output that matches /yes/");
    expect(both.evaluate(printed("yes"))).toBeUndefined();
    expect(both.evaluate(printed("no", 1))).toBe('exit code 1: "no"; "no"');
  });
});

const protocols = `BIRD 2.0.12 ready.
Name       Proto      Table      State  Since         Info
device1    Device     ---        up     02:31:52.738  
kernel4    Kernel     master4    up     02:31:52.738  
ospf4      OSPF       master4    up     02:31:52.738  Running
x_v4       BGP        ---        up     02:31:53.547  Established   
y_v4       BGP        ---        start  2026-11-24 02:31:53  Active        Socket: Connection refused
z_v4       BGP        ---        down   02:31:53.547  
`;

describe("show protocols", () => {
  test("is read line by line", () => {
    expect(parseProtocols(protocols).map(({ name, type, state, info }) => [name, type, state, info])).toEqual([
      ["device1", "Device", "up", ""],
      ["kernel4", "Kernel", "up", ""],
      ["ospf4", "OSPF", "up", "Running"],
      ["x_v4", "BGP", "up", "Established"],
      ["y_v4", "BGP", "start", "Active        Socket: Connection refused"],
      ["z_v4", "BGP", "down", ""],
    ]);
  });

  test("has the sessions Established, or tells which not", () => {
    expect(sessionsEstablished(["x_v4"]).evaluate(printed(protocols))).toBeUndefined();
    expect(sessionsEstablished(["x_v4", "y_v4", "q_v4"]).evaluate(printed(protocols))).toBe(
      "y_v4 start Active        Socket: Connection refused, no protocol q_v4",
    );
    expect(sessionsEstablished(["x_v4"]).evaluate(printed("", 1, "Unable to connect to server control socket"))).toBe(
      '"Unable to connect to server control socket"',
    );
  });
});

const routes = `BIRD 2.0.12 ready.
Table master4:
10.220.0.0/24        unicast [z_v4 02:38:35.505] * (100) [AS64520i]
	via 10.0.0.17 on z
	Type: BGP univ
	BGP.origin: IGP
	BGP.as_path: 64522 64510 64520
	BGP.next_hop: 10.0.0.17
	BGP.local_pref: 200
	BGP.large_community: (64510, 1, 1) (64520, 1, 5)
                     unicast [t2_v4 02:32:00.338 from 10.9.9.9] (100) [AS64520i]
	via 10.0.0.18 on t2 weight 1
	via 10.0.0.19 on t3 weight 1
	Type: BGP univ
	BGP.as_path: 64502 64520
	BGP.local_pref: 100
10.222.0.0/16        unreachable [originated4 02:31:52.750] * (200)
	Type: static univ
	BGP.local_pref: 400

Table master6:
2001:db8:1::/48      unicast [c1_v6 02:32:00.040 from fd00:ff::3] * (100/30) [i]
	via fe80::1 on c1
	BGP.as_path: 
	BGP.next_hop: fd00:ff::1 fe80::1
`;

describe("show route", () => {
  test("is read with its attributes, the second route to a prefix too", () => {
    const read = parseRoutes(routes);
    expect(
      read.map(({ table, prefix, destination, protocol, primary }) => [table, prefix, destination, protocol, primary]),
    ).toEqual([
      ["master4", "10.220.0.0/24", "unicast", "z_v4", true],
      ["master4", "10.220.0.0/24", "unicast", "t2_v4", false],
      ["master4", "10.222.0.0/16", "unreachable", "originated4", true],
      ["master6", "2001:db8:1::/48", "unicast", "c1_v6", true],
    ]);
    expect(read.map(({ asPath }) => asPath)).toEqual([[64522, 64510, 64520], [64502, 64520], undefined, []]);
    expect(read[0]?.attributes["BGP.large_community"]).toBe("(64510, 1, 1) (64520, 1, 5)");
  });

  test("has the beginning of an AS path that is too long for BIRD to print", () => {
    const asns = Array.from({ length: 79 }, (_, index) => 64512 + index);
    const text = `10.0.0.0/8 unicast [x 02:38:35.505] * (100) [AS1i]\n\tBGP.as_path: ${asns.join(" ")} 6\n`;
    expect(parseRoutes(text)[0]?.asPath).toEqual(asns);
    expect(parseRoutes(text)[0]?.asPathCut).toBe(true);
    expect(parseRoutes(routes).map(({ asPathCut }) => asPathCut)).toEqual([false, false, false, false]);
  });

  test("shows which route is preferred, and why", () => {
    const [best, other] = [
      [64522, 64510, 64520],
      [64502, 64520],
    ];
    expect(prefers(best, other, "local preference").evaluate(printed(routes))).toBeUndefined();
    expect(prefers(best, other, "path length").evaluate(printed(routes))).toBe(
      "local preferences 200 and 100, path lengths 3 and 2",
    );
    expect(prefers(other, best, "local preference").evaluate(printed(routes))).toBe("AS path 64522 64510 64520 in use");
    expect(prefers(best, [1], "path length").evaluate(printed(routes))).toBe("no route by AS path 1 beside it");
    expect(prefers(best, other, "path length").evaluate(printed("Network not found\n"))).toBe('"Network not found"');
  });

  test("of what is given to a neighbour has exactly the prefixes expected", () => {
    const given = ["10.220.0.0/24", "10.222.0.0/16", "2001:db8:1::/48"];
    expect(gives(given).evaluate(printed(routes))).toBeUndefined();
    expect(gives(["10.220.0.0/24", "10.1.0.0/16", "10.222.0.0/16"]).evaluate(printed(routes))).toBe(
      "no 10.1.0.0/16, 2001:db8:1::/48 as well",
    );
  });

  test("holds the expected AS paths and no prefix that policy keeps away", () => {
    const topology = resolve({
      families: ["ipv4"],
      autonomousSystems: { a: { asn: 1 }, b: { asn: 2 }, c: { asn: 3 } },
      nodes: {
        a: { kind: "router", as: "a", originates: ["10.1.0.0/16"] },
        b: { kind: "router", as: "b", originates: ["10.2.0.0/16"] },
        c: { kind: "router", as: "c", originates: ["10.3.0.0/16"] },
      },
      links: [{ ends: ["a", "b"] }, { ends: ["b", "c"] }],
      relations: [
        { kind: "peer", between: ["a", "b"] },
        { kind: "peer", between: ["b", "c"] },
      ],
    });
    const expectation = holdsRoutes(topology, "a");
    const own = "Table master4:\n10.1.0.0/16  unreachable [originated4 02:31:52.750] * (200)\n";
    const learned = (prefix: string, path: string): string =>
      `${prefix}  unicast [b_v4 02:31:52.750] * (100) [AS2i]\n\tvia 10.0.0.1 on b\n\tBGP.as_path: ${path}\n`;
    expect(expectation.evaluate(printed(own + learned("10.2.0.0/16", "2")))).toBeUndefined();
    expect(expectation.evaluate(printed(own))).toBe("no route to 10.2.0.0/16 on a, expected by AS path 2");
    expect(expectation.evaluate(printed(own + learned("10.2.0.0/16", "2 3")))).toBe(
      "10.2.0.0/16 on a by AS path 2 3 and not AS path 2",
    );
    expect(expectation.evaluate(printed(own + learned("10.2.0.0/16", "2") + learned("10.3.0.0/16", "2 3")))).toBe(
      "10.3.0.0/16 on a by AS path 2 3, which policy keeps from here",
    );
    expect(expectation.evaluate(printed("", 1, "no daemon"))).toBe('"no daemon"');
  });
});

describe("two devices", () => {
  const device = (index: number, mac: string, address: string): string =>
    `${index}: veth-a@if${index + 1}: <UP> mtu 1500\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff link-netns x${index} promiscuity 0\n    inet ${address}\n`;
  const compare = (one: string, other: string) => sameDevice("both ends").evaluate(printed(`${one}---\n${other}`));

  test("are the same but for index, hardware address and peer", () => {
    expect(
      compare(device(2, "aa:bb:cc:00:00:01", "10.0.0.1/24"), device(9, "aa:bb:cc:00:00:02", "10.0.0.1/24")),
    ).toBeUndefined();
  });

  test("differ in an address", () => {
    expect(compare(device(2, "aa:bb:cc:00:00:01", "10.0.0.1/24"), device(9, "aa:bb:cc:00:00:02", "10.0.0.9/24"))).toBe(
      '"inet 10.0.0.1/24" in one and "inet 10.0.0.9/24" in the other',
    );
  });

  test("can't be compared where one is missing", () => {
    expect(sameDevice("both ends").evaluate(printed("", 1, "Cannot find device"))).toBe('"Cannot find device"');
  });
});
