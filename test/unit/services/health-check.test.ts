import { expect, test } from "vitest";
import { checkedProtocols } from "../../../topology/bird/origins.ts";
import { resolve } from "../../../topology/resolve.ts";
import { renderService } from "../../../topology/services/render.ts";
import type { TopologySpec } from "../../../topology/spec.ts";
import { expectGolden } from "../../golden.ts";
import { policies } from "../bird/specs.ts";

function partner(spec: TopologySpec) {
  const topology = resolve(spec);
  const router = topology.nodes.find(({ name }) => name === "partner");
  const [service] = router?.services ?? [];
  if (router?.kind !== "router" || service === undefined) throw new Error("partner has no health check");
  return { protocols: checkedProtocols(topology, router), service: renderService(topology, "partner", service) };
}

test("a health check is a shell program with the command beside it", () => {
  const { service } = partner(policies);
  expect(service).toMatchObject({ command: ["sh", "/run/nodes/partner/health/health-check.sh"], listens: [] });
  expect(service.files["health/command"]).toBe("ping -c 1 10.99.0.1\n");
  expectGolden("services/health-check.sh", service.files["health/health-check.sh"] ?? "");
});

test("a health check decides on the anycast prefixes of families in use, and waits for nothing else", () => {
  expect(partner(policies).protocols).toEqual(["anycast4"]);
  expect(partner({ ...policies, families: ["ipv6"] }).protocols).toEqual([]);
});
