import type { NodeInputs } from "../schema.ts";

/** All rules of a node as one text, to compare; empty where it has none. */
export function declaredRules({
  ruleset,
  iptables,
  ip6tables,
}: Pick<NodeInputs, "ruleset" | "iptables" | "ip6tables">): string {
  return [ruleset, ...(iptables + ip6tables === "" ? [] : [iptables, ip6tables])].join("\n#\n");
}
