import { describe, expect, test } from "vitest";
import { parseFrrAdvertised, parseFrrRoas, parseFrrRoutes, parseFrrSummary } from "../../../topology/frr/show.ts";
import { parseGobgpNeighbours, parseGobgpRoutes } from "../../../topology/gobgp/show.ts";
import { countOpenbgpdRoas, parseOpenbgpdNeighbours, parseOpenbgpdRoutes } from "../../../topology/openbgpd/show.ts";

describe("FRR's JSON", () => {
  test("tells the state of each session", () => {
    const text = `{
"ipv4Unicast":{ "routerId":"10.0.0.1", "as":65001, "peers":{
    "192.168.1.2":{ "remoteAs":65002, "state":"Established", "idType":"ipv4" },
    "192.168.1.4":{ "remoteAs":65004, "state":"Idle (PfxCt)", "idType":"ipv4" } } },
"ipv6Unicast":{ "peers":{ "fd00::2":{ "remoteAs":65002, "state":"Active", "idType":"ipv6" } } } }`;
    expect([...parseFrrSummary(text)]).toEqual([
      ["192.168.1.2", "Established"],
      ["192.168.1.4", "Idle (PfxCt)"],
      ["fd00::2", "Active"],
    ]);
    expect([...parseFrrSummary("{}")]).toEqual([]);
  });

  test("tells routes, the one in use, whose they are and their paths", () => {
    const text = `{ "vrfId": 0, "routes": {
 "10.1.0.0/16": [{"valid":true,"bestpath":true,"prefix":"10.1.0.0","locPrf":400,"weight":32768,"peerId":"(unspec)","path":"","origin":"IGP"}],
 "10.2.0.0/16": [{"valid":true,"prefix":"10.2.0.0","peerId":"192.168.1.4","path":"65004 65002"},
                 {"valid":true,"bestpath":true,"prefix":"10.2.0.0","peerId":"192.168.1.2","path":"65002"}] } }`;
    expect(parseFrrRoutes(text)).toEqual([
      { prefix: "10.1.0.0/16", best: true, neighbour: "", asPath: [] },
      { prefix: "10.2.0.0/16", best: false, neighbour: "192.168.1.4", asPath: [65004, 65002] },
      { prefix: "10.2.0.0/16", best: true, neighbour: "192.168.1.2", asPath: [65002] },
    ]);
    expect(parseFrrRoutes("{}")).toEqual([]);
  });

  test("tells what a neighbour is given", () => {
    const text = `{ "bgpTableVersion":9, "advertisedRoutes":{ "10.1.0.0/16":{"addrPrefix":"10.1.0.0"}, "10.2.0.0/16":{} }, "totalPrefixCounter":2 }`;
    expect(parseFrrAdvertised(text)).toEqual(["10.1.0.0/16", "10.2.0.0/16"]);
    expect(parseFrrAdvertised(`{ "totalPrefixCounter":0 }`)).toEqual([]);
  });

  test("tells its ROAs", () => {
    const text = `RPKI/RTR prefix table
Prefix                                   Prefix Length  Origin-AS
10.10.0.0                                   16 -  16        64560
2001:db8:22::                               48 -  56        64522
Number of IPv4 Prefixes: 1
Number of IPv6 Prefixes: 1
`;
    expect(parseFrrRoas(text)).toEqual([
      { prefix: "10.10.0.0/16", maxLength: 16, asn: 64560 },
      { prefix: "2001:db8:22::/48", maxLength: 56, asn: 64522 },
    ]);
  });
});

describe("GoBGP's JSON", () => {
  test("tells the state of each session, and those that are off", () => {
    const neighbour = (address: string, state: string): string =>
      `{"conf":{"neighbor_address":"${address}","peer_asn":64502},"state":{"neighbor_address":"${address}",${state}}}`;
    const text = `[${[
      neighbour("192.168.1.2", `"session_state":6`),
      neighbour("192.168.1.4", `"session_state":1,"admin_state":1`),
      neighbour("192.168.1.6", `"session_state":1,"admin_state":2`),
      neighbour("fd00::2", `"session_state":3`),
    ].join(",")}]`;
    expect([...parseGobgpNeighbours(text)]).toEqual([
      ["192.168.1.2", "Established"],
      ["192.168.1.4", "disabled"],
      ["192.168.1.6", "Idle (too many prefixes)"],
      ["fd00::2", "Active"],
    ]);
  });

  test("tells routes, the one in use, whose they are and their paths", () => {
    const text = `{"10.2.0.0/16":[{"nlri":{"prefix":"10.2.0.0/16"},"age":1,"best":true,"attrs":[{"type":1,"value":0},{"type":2,"as_paths":[{"segment_type":2,"num":2,"asns":[64502,65002]}]},{"type":5,"value":200}],"stale":false,"source-id":"10.2.255.1","neighbor-ip":"10.82.65.96"}],
"10.3.0.0/16":[{"best":true,"attrs":[{"type":1,"value":0},{"type":2,"as_paths":[]}],"neighbor-ip":"127.0.0.2"}]}`;
    expect(parseGobgpRoutes(text)).toEqual([
      { prefix: "10.2.0.0/16", best: true, neighbour: "10.82.65.96", asPath: [64502, 65002] },
      { prefix: "10.3.0.0/16", best: true, neighbour: "127.0.0.2", asPath: [] },
    ]);
    expect(parseGobgpRoutes("{}")).toEqual([]);
  });
});

describe("OpenBGPD's JSON", () => {
  test("tells the state of each session, and those that are off", () => {
    const text = `{ "neighbors": [
      { "remote_as": "65001", "remote_addr": "192.168.1.2", "state": "Established", "config": { "down": false } },
      { "remote_as": "65001", "remote_addr": "fd00::2", "state": "Idle", "config": { "down": true } } ] }`;
    expect([...parseOpenbgpdNeighbours(text)]).toEqual([
      ["192.168.1.2", "Established"],
      ["fd00::2", "disabled"],
    ]);
  });

  test("tells routes, whose they are and their paths", () => {
    const text = `{ "rib": [
      { "prefix": "10.2.0.0/16", "aspath": "64502 65002", "neighbor": { "remote_addr": "10.59.113.190" }, "best": true, "source": "external" },
      { "prefix": "10.4.0.0/16", "aspath": "", "neighbor": { "description": "LOCAL", "remote_addr": "0.0.0.0" }, "best": true, "source": "announced" } ] }`;
    expect(parseOpenbgpdRoutes(text)).toEqual([
      { prefix: "10.2.0.0/16", best: true, neighbour: "10.59.113.190", asPath: [64502, 65002] },
      { prefix: "10.4.0.0/16", best: true, neighbour: "", asPath: [] },
    ]);
    expect(parseOpenbgpdRoutes("{\n\n}")).toEqual([]);
  });

  test("tells how many ROAs there are", () => {
    const text = `Type   Name                                 #IPv4   #IPv6 #ASnum Last Change
ROA    RPKI ROA                                 3       1      -    00:00:02
PREFIX cone_64520                               1       1      -    00:00:02
`;
    expect(countOpenbgpdRoas(text)).toBe(4);
    expect(countOpenbgpdRoas("")).toBe(0);
  });
});
