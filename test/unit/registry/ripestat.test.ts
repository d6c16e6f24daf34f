import { describe, expect, test } from "vitest";
import { answerStat } from "../../../programs/registry/ripestat.ts";
import { registryData } from "../../../topology/registry/data.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";
import { lookupsLab } from "../../support/lookups-lab.ts";

const data = registryData(resolve(lookupsLab), "registry");
const times = { since: new Date("2026-01-01T00:00:00.000Z"), now: new Date("2026-01-02T03:04:05.678Z") };

function get(request: string): { status: number; body: Record<string, unknown> } {
  const url = new URL(request, "https://stat.ripe.net");
  return answerStat(data, url.pathname, url.searchParams, times);
}

test.each([
  ["rpki-validation", "resource=AS65001&prefix=10.101.0.0/16"],
  ["network-info", "resource=10.101.200.1"],
  ["announced-prefixes", "resource=65002"],
  ["prefix-overview", "resource=10.101.0.0/16"],
  ["as-overview", "resource=AS65001"],
])("golden answer of %s", (call, parameters) => {
  const { status, body } = get(`/data/${call}/data.json?${parameters}`);
  expect(status).toBe(200);
  expectGolden(`registry/${call}.json`, `${JSON.stringify(body, undefined, 2)}\n`);
});

describe("rpki-validation", () => {
  test.each([
    ["AS65001", "10.101.0.0/16", "valid"],
    ["65002", "10.101.128.0/17", "invalid_asn"],
    ["AS65001", "10.101.128.0/17", "invalid_length"],
    ["AS65002", "10.102.0.0/16", "unknown"],
    ["AS65001", "2001:db8:101::/48", "valid"],
  ])("%s and %s: %s", (resource, prefix, expected) => {
    expect(get(`/data/rpki-validation/data.json?resource=${resource}&prefix=${prefix}`).body).toMatchObject({
      status: "ok",
      data: { status: expected, prefix },
    });
  });
});

test("an address that nobody announces has no prefix", () => {
  expect(get("/data/network-info/data.json?resource=192.0.2.1").body).toMatchObject({ data: { asns: [], prefix: "" } });
});

test("a prefix and an AS that nobody has are not announced", () => {
  expect(get("/data/prefix-overview/data.json?resource=192.0.2.0/24").body).toMatchObject({
    data: { announced: false, asns: [], related_prefixes: [] },
  });
  expect(get("/data/as-overview/data.json?resource=65099").body).toMatchObject({
    data: { announced: false, holder: null },
  });
});

test.each([
  ["/data/rpki-validation/data.json?resource=AS65001", 400, "The parameter prefix is missing."],
  ["/data/rpki-validation/data.json?resource=S1&prefix=10.0.0.0/8", 400, 'resource is "S1"; expected an AS number'],
  ["/data/network-info/data.json?resource=there", 400, 'resource is "there"; expected a prefix'],
  ["/data/bgplay/data.json?resource=AS65001", 404, "There is no data call at /data/bgplay/data.json; this lab has"],
  ["/", 404, "There is no data call at /; this lab has"],
])("%s is an error with %i", (request, status, message) => {
  const answer = get(request);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ status: "error", status_code: status });
  expect(JSON.stringify(answer.body["messages"])).toContain(JSON.stringify(message).slice(1, -1));
});
