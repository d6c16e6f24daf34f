/** A selection of ASes as a topology. */
import { formatAddress } from "../../addressing/address.ts";
import { assertNoProblems } from "../../problem.ts";
import type { Family, LinkSpec, RelationSpec, TopologySpec } from "../../spec.ts";
import { mostAses, type AsSelection } from "./select.ts";

/**
 * A router for each AS, called `as<asn>`, and a link for each relation. The AS that is n-th by number, counted from 0,
 * originates the n-th /24 of 172.16.0.0/12 and the n-th /48 of fd10::/32: private, and as short as can be.
 *
 * @throws ProblemsError where there are more than 4096 ASes.
 */
export function toTopologySpec(selection: AsSelection): TopologySpec {
  if (selection.ases.length > mostAses) {
    const hint = "There is a private prefix for each of 4096 ASes and no more.";
    const expected = `at most ${mostAses} ASes`;
    assertNoProblems("the selection of ASes", [
      { code: "selection-too-large", path: "ases", found: selection.ases.length, expected, hint },
    ]);
  }
  const ases = selection.ases.toSorted((one, other) => one - other);
  return {
    autonomousSystems: Object.fromEntries(ases.map((asn) => [nameOf(asn), { asn }])),
    nodes: Object.fromEntries(
      ases.map((asn, index) => [
        nameOf(asn),
        { kind: "router", as: nameOf(asn), originates: [originated("ipv4", index), originated("ipv6", index)] },
      ]),
    ),
    links: [...selection.transit, ...selection.peers].map(([one, other]): LinkSpec => ({
      ends: [nameOf(one), nameOf(other)],
    })),
    relations: [
      ...selection.transit.map(([provider, customer]): RelationSpec => ({
        kind: "transit",
        provider: nameOf(provider),
        customer: nameOf(customer),
      })),
      ...selection.peers.map(([one, other]): RelationSpec => ({ kind: "peer", between: [nameOf(one), nameOf(other)] })),
    ],
  };
}

function nameOf(asn: number): string {
  return `as${asn}`;
}

function originated(family: Family, index: number): string {
  return family === "ipv4"
    ? `${formatAddress({ family, value: 0xac100000n + (BigInt(index) << 8n) })}/24`
    : `${formatAddress({ family, value: (0xfd10n << 112n) + (BigInt(index) << 80n) })}/48`;
}
