/** Whether the routers of each AS reach each other inside it. */
import type { AddressPlan } from "../addressing/plan.ts";
import type { Draft } from "../draft.ts";
import type { AutonomousSystem } from "../topology.ts";
import type { Report } from "../validation/report.ts";
import { member } from "../validation/report.ts";

/** Notes routers whose iBGP next hops could not be reached: apart from the others, or without an IGP. */
export function checkConnectivity(
  draft: Draft,
  systems: readonly AutonomousSystem[],
  plan: AddressPlan,
  report: Report,
): void {
  const meshed = systems.filter((system) => system.ibgp !== "none");
  for (const system of meshed) {
    if (system.igp !== "none") continue;
    const hint = "iBGP runs between loopbacks, which only the IGP makes known: choose ospf, or leave igp out.";
    report.add("unreachable-next-hop", `${member("autonomousSystems", system.name)}.igp`, "none", "ospf", hint);
  }
  for (const family of draft.families) {
    const groups = new Groups();
    for (const attachment of draft.attachments) {
      const firstOf = new Map<string, string>();
      for (const end of attachment.ends) {
        const as = draft.routers.get(end.node)?.spec.as;
        if (as === undefined || plan.addressOf(end, family) === undefined) continue;
        const first = firstOf.get(as);
        if (first === undefined) firstOf.set(as, end.node);
        else groups.join(first, end.node);
      }
    }
    for (const system of meshed) {
      const routers = system.routers.filter((name) => draft.routers.get(name)?.spec.routeServer !== true);
      const [first] = routers;
      const apart = routers.filter((name) => first !== undefined && groups.of(name) !== groups.of(first));
      if (apart.length === 0) continue;
      const text = family === "ipv4" ? "IPv4" : "IPv6";
      const expected = `routers that all reach ${first} by ${text} over links inside the AS`;
      const hint = "Their iBGP next hops would be unreachable: add links or segments between routers of the AS.";
      report.add("unreachable-next-hop", member("autonomousSystems", system.name), apart.join(", "), expected, hint);
    }
  }
}

/** Disjoint sets of names (union-find). */
class Groups {
  readonly #parent = new Map<string, string>();

  of(name: string): string {
    let root = name;
    for (let parent = this.#parent.get(root); parent !== undefined; parent = this.#parent.get(root)) root = parent;
    if (root !== name) this.#parent.set(name, root);
    return root;
  }

  join(one: string, other: string): void {
    const [rootOne, rootOther] = [this.of(one), this.of(other)];
    if (rootOne !== rootOther) this.#parent.set(rootOther, rootOne);
  }
}
