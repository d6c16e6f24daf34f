import { describe, expect, test } from "vitest";
import { answeredBy } from "../../../labs/delivery/answers.ts";
import { counters, countedSteps, deliveryTable, readCounters, type Flow } from "../../../labs/delivery/ports.ts";

const flows: readonly Flow[] = [
  { name: "one", title: "to one", family: "ipv4", match: "ip daddr 192.0.2.1", expected: ["lan.a"] },
  {
    name: "all",
    title: "to all",
    family: "ipv4",
    match: "ip daddr 192.0.2.255",
    expected: ["lan.a", "lan.b"],
    from: true,
  },
];

/** As `nft -j list table` gives it, without what isn't read. */
const listing = (sets: Readonly<Record<string, Readonly<Record<string, number>>>>): string =>
  JSON.stringify({
    nftables: [
      { metainfo: { json_schema_version: 1 } },
      ...Object.entries(sets).map(([name, ports]) => ({
        set: {
          name,
          ...(Object.keys(ports).length === 0
            ? {}
            : {
                elem: Object.entries(ports).map(([val, packets]) => ({
                  elem: { val, counter: { packets, bytes: 1 } },
                })),
              }),
        },
      })),
    ],
  });

describe("counters at the ports of a lab's switches", () => {
  test("are a set of ports for each flow", () => {
    expect(counters(flows)).toBe(`table bridge who {
  set one { type ifname; flags dynamic; counter; }
  set all { type ifname; flags dynamic; counter; }
  chain forward {
    type filter hook forward priority filter
    ip daddr 192.0.2.1 add @one { oifname }
    ip daddr 192.0.2.255 add @all { iifname }
  }
}
`);
  });

  test("are read and shown as a table of flows and hosts", () => {
    const counts = readCounters(listing({ one: { "lan.a": 3 }, all: { "lan.a": 12, "lan.b": 1 } }));
    expect(deliveryTable(flows, ["lan.a", "lan.b"], counts)).toBe("         a  b\nto one   3  ·\nto all  12  1");
  });

  test("hold when each flow was at its ports and at no other", () => {
    const expectation = countedSteps(flows, []).at(-2)?.expect;
    const evaluate = (sets: Parameters<typeof listing>[0]) =>
      expectation?.evaluate({ exitCode: 0, stdout: listing(sets), stderr: "" });
    expect(evaluate({ one: { "lan.a": 1 }, all: { "lan.b": 1, "lan.a": 9 } })).toBeUndefined();
    expect(evaluate({ one: { "lan.a": 1, "lan.b": 1 }, all: {} })).toBe("to one at lan.a, lan.b; to all at no port");
    expect(expectation?.evaluate({ exitCode: 1, stdout: "", stderr: "no such table" })).toBe('"no such table"');
  });
});

test("who answered a ping, each counted once", () => {
  const ping = (...lines: string[]) => ({ exitCode: 0, stdout: lines.join("\n"), stderr: "" });
  const one = "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.1 ms";
  const other = "64 bytes from 2001:db8::2: icmp_seq=1 ttl=64 time=0.1 ms (DUP!)";
  expect(answeredBy(["10.0.0.1"]).evaluate(ping(one, one))).toBeUndefined();
  expect(answeredBy(["2001:db8::2", "10.0.0.1"]).evaluate(ping(other, one))).toBeUndefined();
  expect(answeredBy(["10.0.0.1"]).evaluate(ping(one, other))).toBe("answers of 10.0.0.1, 2001:db8::2");
  expect(answeredBy(["10.0.0.1"]).evaluate(ping("3 packets transmitted, 0 received"))).toBe(
    '"3 packets transmitted, 0 received"',
  );
});
