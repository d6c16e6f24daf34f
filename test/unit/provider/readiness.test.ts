import { describe, expect, test } from "vitest";
import {
  missingPrefixes,
  missingSessions,
  notShut,
  otherRoutes,
  sessionRepairs,
} from "../../../provider/readiness/convergence.ts";
import {
  countNetworks,
  missingRtrSessions,
  parseRoas,
  routesInUse,
  sessionStates,
  withdrawn,
} from "../../../provider/routers/bird.ts";
import { otherRoas } from "../../../provider/routers/roas.ts";
import { roasDigest } from "../../../topology/rpki/digest.ts";
import type { RouterReadiness } from "../../../provider/schema.ts";
import { routesDigest, type ChosenRoute } from "../../../topology/routes/index.ts";

const router: RouterReadiness = { node: "r1", sessions: { r2_v4: "r2/r1_v4", r3_v4: "r3/r1_v4" }, prefixes: "all" };
const protocols = (r2: string, r3: string): string =>
  [
    "Name       Proto      Table      State  Since         Info",
    "device1    Device     ---        up     02:34:56.123  ",
    `r2_v4      BGP        ---        ${r2}`,
    `r3_v4      BGP        ---        ${r3}`,
  ].join("\n");
const established = "up     02:34:56.123  Established   ";

describe("readiness of a router", () => {
  test("lacks nothing when every session is Established", () => {
    expect(missingSessions(router, sessionStates(protocols(established, established)))).toEqual([]);
  });

  test("tells what a health check holds back, or has not let go yet", () => {
    const announces = ["anycast4", "anycast6"];
    const text = [
      protocols(established, established),
      "anycast4   Static     master4    up     02:34:56.123",
      "anycast6   Static     master6    down   02:34:56.123",
    ].join("\n");
    expect(withdrawn(announces, text)).toEqual(["its health check doesn't let it announce anycast6"]);
    expect(withdrawn(announces, "")).toHaveLength(2);
    expect(withdrawn([], text)).toEqual([]);
  });

  test("tells a session's state and last error", () => {
    const text = protocols(established, "start  02:34:56.123  Active        Socket: Connection refused");
    expect(missingSessions(router, sessionStates(text))).toEqual([
      "r1: session r3_v4 is Active        Socket: Connection refused",
    ]);
  });

  test("tells a session that BIRD doesn't have", () => {
    expect(
      missingSessions(
        { ...router, sessions: { r9_v4: "r9/r1_v4" } },
        sessionStates(protocols(established, established)),
      ),
    ).toEqual(["r1: session r9_v4 is not configured"]);
  });

  test("knows a disabled session, with dates as well as times in BIRD's listing", () => {
    const states = sessionStates(protocols("down   2026-01-02   ", established));
    expect([...states]).toEqual([
      ["r2_v4", "disabled"],
      ["r3_v4", "Established"],
    ]);
  });

  test("counts networks over both families' tables", () => {
    const count =
      "6 of 6 routes for 3 networks in table master4\n4 of 4 routes for 2 networks in table master6\nTotal: 10 of 10 routes for 5 networks in 2 tables";
    expect(countNetworks(count)).toBe(5);
  });

  test("names the first missing prefixes and counts the others", () => {
    const text =
      "Table master4:\n192.0.2.0/24         unicast [r2_v4 02:34:56.1] * (100) [AS65002i]\n\tvia 10.0.0.1 on r2\nTable master6:\n2001:db8::/48 unicast [x 02:34:56.1]";
    const routes = routesInUse(protocols(established, established), text);
    expect(missingPrefixes(router, ["192.0.2.0/24", "2001:db8::/48"], routes)).toEqual([]);
    const wanted = ["192.0.2.0/24", ...Array.from({ length: 7 }, (_, i) => `198.51.100.${i}/32`)];
    expect(missingPrefixes(router, wanted, routes)[0]).toMatch(/^r1: no route to 198\.51\.100\.0\/32, .* and 2 more$/);
  });

  test("leaves a session alone that is about to come up", () => {
    const states = (near: string): Map<string, Map<string, string>> =>
      new Map([
        ["r1", new Map([["r2_v4", near]])],
        ["r2", new Map([["r1_v4", "Established"]])],
      ]);
    const one: RouterReadiness = { node: "r1", sessions: { r2_v4: "r2/r1_v4" }, prefixes: "all" };
    expect(["OpenConfirm", "OpenSent", "Established"].flatMap((near) => sessionRepairs([one], states(near)))).toEqual(
      [],
    );
    expect(sessionRepairs([one], states("Connect"))).toHaveLength(1);
  });

  test("restarts the far end that still holds a lost session, and enables a disabled one", () => {
    const far: RouterReadiness = { node: "r2", sessions: { r1_v4: "r1/r2_v4" }, prefixes: "all" };
    const states = new Map([
      [
        "r1",
        new Map([
          ["r2_v4", "Active"],
          ["r3_v4", "disabled"],
        ]),
      ],
      ["r2", new Map([["r1_v4", "Established"]])],
    ]);
    expect(sessionRepairs([router, far], states)).toEqual([
      { node: "r2", session: "r1_v4", action: "restart" },
      { node: "r1", session: "r3_v4", action: "enable" },
    ]);
  });
});

describe("routes in use", () => {
  const listed = `BIRD 2.0.12 ready.
Name       Proto      Table      State  Since         Info
originated4 Static     master4    up     02:52:32.837
t1a_v4     BGP        ---        up     02:52:33.615  Established
t1b_v4     BGP        ---        up     02:52:33.702  Established`;
  const table = `Table master4:
10.1.0.0/16          unicast [t1a_v4 02:52:34.000] * (100) [AS64496i]
	via 192.168.0.1 on t1a
10.2.0.0/16          unicast [t1b_v4 02:52:34.000] * (100) [AS64497i]
	via 192.168.0.3 on t1b
10.12.0.0/16         unreachable [originated4 02:52:32.837] * (200)`;
  const routes = routesInUse(listed, table);
  const router = (chosen: readonly ChosenRoute[]): RouterReadiness => ({
    node: "tr2",
    sessions: {},
    prefixes: "",
    routes: routesDigest(chosen),
  });

  test("are right when each came by its protocol, in any order; its own don't count", () => {
    const right = router([
      ["10.2.0.0/16", "t1b_v4"],
      ["10.1.0.0/16", "t1a_v4"],
    ]);
    expect(otherRoutes(right, routes)).toEqual([]);
  });

  test("are told by their number, or as coming from another neighbour", () => {
    expect(otherRoutes(router([["10.2.0.0/16", "t1b_v4"]]), routes)).toEqual(["tr2: 2 BGP routes and not 1"]);
    const others = router([
      ["10.2.0.0/16", "t1a_v4"],
      ["10.1.0.0/16", "t1a_v4"],
    ]);
    expect(otherRoutes(others, routes)).toEqual([
      "tr2: some of its 2 BGP routes don't come from the neighbour that they should",
    ]);
  });
});

describe("the RPKI at a router", () => {
  const roas = [
    { prefix: "10.1.0.0/16", maxLength: 16, asn: 65001 },
    { prefix: "10.2.0.0/16", maxLength: 24, asn: 65002 },
  ];
  const rpki = { protocols: ["rtr_rpki"], roas: { roas4: roasDigest(roas) } };

  test("is there once its RTR sessions are Established and its tables hold all ROAs", () => {
    const line = "rtr_rpki   RPKI       ---        up     07:32:04.166  Established";
    expect(missingRtrSessions(rpki, line)).toEqual([]);
    expect(missingRtrSessions(rpki, line.replace("Established", "Sync-Start"))).toEqual([
      "RTR session rtr_rpki is Sync-Start",
    ]);
    expect(missingRtrSessions(rpki, "")).toEqual(["RTR session rtr_rpki is not configured"]);
    const table = (...lines: readonly string[]): string =>
      ["Table roas4:", ...lines.map((line) => `${line}  [rtr_rpki 08:28:44.972] * (100)`)].join("\n");
    const lacks = (...lines: readonly string[]): string[] =>
      otherRoas("roas4", roasDigest(roas), parseRoas(table(...lines)));
    expect(lacks("10.2.0.0/16-24 AS65002", "10.1.0.0/16-16 AS65001")).toEqual([]);
    expect(lacks()).toEqual(["0 of 2 ROAs in roas4"]);
    for (const other of ["10.2.0.0/16-16 AS65002", "10.2.0.0/16-24 AS65003", "10.3.0.0/16-24 AS65002"])
      expect(lacks("10.1.0.0/16-16 AS65001", other)).toEqual(["some of the 2 ROAs in roas4 are others"]);
  });
});

test("a session that its limit must shut is told while it is up, and restarted", () => {
  const limited: RouterReadiness = { node: "trc", sessions: {}, shut: ["leaker_v4"], prefixes: "" };
  const states = (state: string): Map<string, string> => sessionStates(`leaker_v4  BGP        ---        ${state}`);
  const up = states("up     08:36:01.226  Established");
  expect(notShut(limited, up)).toEqual([
    "trc: session leaker_v4 is up, though more prefixes come over it than it takes",
  ]);
  expect(notShut(limited, states("down   07:39:02.451  Automatic shutdown: Route limit exceeded"))).toEqual([]);
  expect(sessionRepairs([limited], new Map([["trc", up]]))).toEqual([
    { node: "trc", session: "leaker_v4", action: "restart" },
  ]);
});
