/** Prefixes that are treated alike everywhere, so that they spread alike. */
import { validator } from "../rpki/validity.ts";
import type { Network } from "./network.ts";

export interface Treatment {
  readonly prefixes: readonly string[];
  readonly origins: readonly Origin[];
  /** Numbers of the ASes that originate them by right. */
  readonly rightful: ReadonlySet<number>;
  /** Numbers of the ASes that the RPKI forbids to originate them. */
  readonly invalid: ReadonlySet<number>;
  /** Names of the ASes where OSPF has a route of its own to them. */
  readonly igp: readonly string[];
}

export interface Origin {
  readonly router: number;
  /** An AS put behind its own number; 0: none. */
  readonly behind: number;
}

/** All prefixes of the family that anybody announces. */
export function treatments({ topology, routers, family, igp }: Network): readonly Treatment[] {
  const validity = validator(topology.roas);
  const all = new Map<string, { origins: Origin[]; rightful: Set<number> }>();
  const entry = (prefix: string): { origins: Origin[]; rightful: Set<number> } => {
    const known = all.get(prefix) ?? { origins: [], rightful: new Set() };
    all.set(prefix, known);
    return known;
  };
  for (const [router, { originates, hijacks, asn }] of routers.entries()) {
    for (const prefix of originates) {
      if (prefix.includes(":") !== (family === "ipv6")) continue;
      entry(prefix).origins.push({ router, behind: 0 });
      entry(prefix).rightful.add(asn);
    }
    for (const { prefix, behind = 0 } of hijacks)
      if (prefix.includes(":") === (family === "ipv6")) entry(prefix).origins.push({ router, behind });
  }

  const groups = new Map<string, Treatment & { prefixes: string[] }>();
  for (const [prefix, { origins, rightful }] of all) {
    const claimed = origins.map(({ router, behind }) => behind || (routers[router]?.asn ?? 0));
    const invalid = new Set(claimed.filter((asn) => validity(prefix, asn).startsWith("invalid")));
    const inside = [...igp.networks].flatMap(([as, networks]) => (networks.has(prefix) ? [as] : []));
    const key = JSON.stringify([origins, [...rightful], [...invalid], inside]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { prefixes: [prefix], origins, rightful, invalid, igp: inside });
    else group.prefixes.push(prefix);
  }
  return [...groups.values()];
}
