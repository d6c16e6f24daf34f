/** Random labs with everything that decides over routes. */
import fc from "fast-check";
import type {
  AutonomousSystemSpec,
  Family,
  LinkSpec,
  NodeSpec,
  PolicySpec,
  RelationSpec,
  RoaSpec,
  SegmentSpec,
  TopologySpec,
} from "../../../topology/spec.ts";

interface Options {
  readonly families: readonly Family[];
  /** Most ASes. */
  readonly ases: number;
  /** Most routers in an AS. */
  readonly routers: number;
  /** Local preferences and leaks, with which routes may have several stable states, or none. */
  readonly wild: boolean;
  /** Origin validation, which wants an RTR server that routers reach. */
  readonly validation: boolean;
}

interface System {
  readonly routers: number;
  readonly reflectors: boolean;
  /** Links inside besides those from each router to the next. */
  readonly inside: readonly (readonly [number, number])[];
  readonly policy: PolicySpec;
  /** Prefixes of this many routers. */
  readonly originators: number;
}

/** Random labs that resolve. ASes a0, a1, …, with routers a0-0, a0-1, …; providers have smaller numbers. */
export function randomLabs(options: Options): fc.Arbitrary<TopologySpec> {
  return fc.integer({ min: 2, max: options.ases }).chain((count) => {
    const names = Array.from({ length: count }, (_, index) => `a${index}`);
    const pairs = names.flatMap((_, one) => names.slice(one + 1).map((__, more) => [one, one + more + 1] as const));
    const router = fc.integer({ min: 0, max: options.routers - 1 });
    return fc
      .record({
        systems: fc.array(systems(options, names), { minLength: count, maxLength: count }),
        edges: fc.array(
          fc.record({
            kind: fc.constantFrom("transit", "transit", "peer", "sibling", undefined, undefined),
            /** Routers at both ends; more than one pair are several sessions. */
            ends: fc.array(fc.tuple(router, router), { minLength: 1, maxLength: 2 }),
            segment: fc.boolean(),
          }),
          { minLength: pairs.length, maxLength: pairs.length },
        ),
        members: fc.subarray(names),
        serverPolicy: policies(options, names, false),
        anycast: fc.array(fc.tuple(fc.nat(count - 1), router), { maxLength: 3 }),
        hijacks: fc.array(
          fc.record({ by: fc.nat(count - 1), router, of: fc.nat(count - 1), forged: fc.boolean(), more: fc.boolean() }),
          { maxLength: 2 },
        ),
        roas: fc.array(fc.record({ prefix: fc.nat(count - 1), as: fc.nat(count - 1), longer: fc.boolean() }), {
          maxLength: 3,
        }),
      })
      .map((draft) => build(options, names, pairs, draft));
  });
}

type Draft = {
  readonly systems: readonly System[];
  readonly edges: readonly {
    readonly kind: "transit" | "peer" | "sibling" | undefined;
    readonly ends: readonly (readonly [number, number])[];
    readonly segment: boolean;
  }[];
  readonly members: readonly string[];
  readonly serverPolicy: PolicySpec;
  readonly anycast: readonly (readonly [number, number])[];
  readonly hijacks: readonly { by: number; router: number; of: number; forged: boolean; more: boolean }[];
  readonly roas: readonly { prefix: number; as: number; longer: boolean }[];
};

function systems(options: Options, names: readonly string[]): fc.Arbitrary<System> {
  return fc.record({
    routers: fc.integer({ min: 1, max: options.routers }),
    reflectors: fc.boolean(),
    inside: fc.array(fc.tuple(fc.nat(options.routers - 1), fc.nat(options.routers - 1)), { maxLength: 2 }),
    policy: policies(options, names, options.wild),
    originators: fc.integer({ min: 1, max: options.routers }),
  });
}

function policies(options: Options, names: readonly string[], wild: boolean): fc.Arbitrary<PolicySpec> {
  return fc
    .record({
      roles: fc.boolean(),
      originValidation: options.validation ? fc.boolean() : fc.constant(false),
      pathEnd: fc.subarray([...names]),
      customerPrefixes: fc.constantFrom(false, false, true),
      leaks: wild ? fc.constantFrom(false, false, false, true) : fc.constant(false),
      preferences: wild
        ? fc.dictionary(fc.constantFrom(...names), fc.constantFrom(50, 150, 250, 350), { maxKeys: 2 })
        : fc.constant({}),
    })
    .map(({ preferences, ...policy }) => ({
      ...policy,
      roles: policy.roles && !policy.leaks,
      ...(Object.keys(preferences).length === 0 ? {} : { localPreferences: { ...preferences } }),
    }));
}

function build(
  { families }: Options,
  names: readonly string[],
  pairs: readonly (readonly [number, number])[],
  draft: Draft,
): TopologySpec {
  const autonomousSystems: Record<string, AutonomousSystemSpec> = {};
  const nodes: Record<string, NodeSpec & { kind: "router" }> = {};
  const links: LinkSpec[] = [];
  const segments: Record<string, SegmentSpec> = {};
  const relations: RelationSpec[] = [];
  const routerOf = (as: number, wanted: number): string => `a${as}-${wanted % (draft.systems[as]?.routers ?? 1)}`;
  const prefixes = (as: number, number: number, longer = false): string[] =>
    families.map((family) =>
      family === "ipv4"
        ? `172.16.${as * 16 + number}.0/${longer ? 25 : 24}`
        : `2001:db8:${(as * 16 + number).toString(16)}::/${longer ? 49 : 48}`,
    );

  for (const [index, system] of draft.systems.entries()) {
    const own = Array.from({ length: system.routers }, (_, number) => `a${index}-${number}`);
    autonomousSystems[names[index] ?? ""] = {
      // Not in the order of the names, so that router identifiers and numbers disagree.
      asn: 64600 + ((index * 7) % 11),
      policy: system.policy,
      ...(system.reflectors && own.length > 1
        ? {
            ibgp: { kind: "route-reflectors" as const, reflectors: own.length > 3 ? own.slice(0, 2) : own.slice(0, 1) },
          }
        : {}),
    };
    for (const [number, name] of own.entries()) {
      nodes[name] = {
        kind: "router",
        as: names[index] ?? "",
        originates: number < system.originators ? prefixes(index, number) : [],
      };
      if (number > 0) links.push({ ends: [own[number - 1] ?? "", name] });
    }
    for (const [one, other] of system.inside) {
      const ends = [routerOf(index, one), routerOf(index, other)] as const;
      if (ends[0] !== ends[1]) links.push({ ends });
    }
  }
  for (const [at, [one, other]] of pairs.entries()) {
    const edge = draft.edges[at];
    if (edge?.kind === undefined) continue;
    relations.push(
      edge.kind === "transit"
        ? { kind: "transit", provider: `a${one}`, customer: `a${other}` }
        : { kind: edge.kind, between: [`a${one}`, `a${other}`] },
    );
    for (const [number, [left, right]] of edge.ends.entries()) {
      const ends = [routerOf(one, left), routerOf(other, right)] as const;
      if (edge.segment && number === 0) segments[`lan-${one}-${other}`] = { members: ends };
      else links.push({ ends });
    }
  }
  if (draft.members.length > 1) {
    autonomousSystems["exchange"] = { asn: 64599, policy: { ...draft.serverPolicy, leaks: false } };
    nodes["rs"] = { kind: "router", as: "exchange", routeServer: true };
    relations.push({ kind: "route-server", server: "rs", members: draft.members });
    segments["ix"] = { members: ["rs", ...draft.members.map((name) => `${name}-0`)] };
  }
  addOrigins(families, nodes, draft, routerOf, prefixes);
  const validating = Object.entries(nodes).filter(
    ([, { as }]) => autonomousSystems[as]?.policy?.originValidation === true,
  );
  return {
    families,
    autonomousSystems,
    nodes:
      validating.length === 0
        ? nodes
        : { ...nodes, rpki: { kind: "host", gateway: validating[0]?.[0] ?? "", services: { rtr: { kind: "rtr" } } } },
    links,
    // Routers must reach the RTR server whatever becomes of their routes. Those that have a relation meet here too.
    segments:
      validating.length === 0
        ? segments
        : { ...segments, rtr: { members: ["rpki", ...validating.map(([name]) => name)] } },
    relations,
    roas: roasOf(families, names, draft, prefixes),
  };
}

function addOrigins(
  families: readonly Family[],
  nodes: Record<string, NodeSpec & { kind: "router" }>,
  { anycast, hijacks }: Draft,
  routerOf: (as: number, wanted: number) => string,
  prefixes: (as: number, number: number, longer?: boolean) => string[],
): void {
  const shared = families.map((family) => (family === "ipv4" ? "192.0.2.0/24" : "2001:db8:ffff::/48"));
  for (const name of new Set(anycast.map(([as, wanted]) => routerOf(as, wanted)))) {
    const router = nodes[name];
    if (router !== undefined)
      nodes[name] = { ...router, originates: [...(router.originates ?? []), ...shared], anycast: shared };
  }
  for (const { by, router: wanted, of, forged, more } of hijacks) {
    const name = routerOf(by, wanted);
    const router = nodes[name];
    if (router === undefined || by === of) continue;
    const taken = new Set([...(router.originates ?? []), ...(router.hijacks ?? []).map(({ prefix }) => prefix)]);
    const hijacked = prefixes(of, 0, more).filter((prefix) => !taken.has(prefix));
    nodes[name] = {
      ...router,
      hijacks: [
        ...(router.hijacks ?? []),
        ...hijacked.map((prefix) => ({ prefix, ...(forged ? { behind: `a${of}` } : {}) })),
      ],
    };
  }
}

function roasOf(
  families: readonly Family[],
  names: readonly string[],
  { roas }: Draft,
  prefixes: (as: number, number: number) => string[],
): RoaSpec[] {
  const all = new Map<string, RoaSpec>();
  for (const { prefix, as, longer } of roas)
    for (const [index, text] of prefixes(prefix, 0).entries()) {
      const maxLength = longer ? (families[index] === "ipv4" ? 25 : 49) : undefined;
      all.set(`${text} ${as} ${maxLength}`, {
        prefix: text,
        as: names[as] ?? "",
        ...(maxLength === undefined ? {} : { maxLength }),
      });
    }
  return [...all.values()];
}
