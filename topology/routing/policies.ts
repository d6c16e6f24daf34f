/** What ASes do besides ordinary policy, and what the RPKI says: read from the spec and checked. */
import { readPrefix } from "../addressing/declared.ts";
import { addressBits } from "../addressing/address.ts";
import { formatPrefix } from "../addressing/prefix.ts";
import { whyLacking } from "../daemons/features.ts";
import { isRtrServer } from "../services/rtr.ts";
import type { Draft } from "../draft.ts";
import type { PolicySpec, RouterSpec } from "../spec.ts";
import type { Hijack, Policy, Roa } from "../topology.ts";
import { member, type Report } from "../validation/report.ts";

/** By AS name. Notes ASes that aren't there, numbers out of range, and policies that contradict each other. */
export function readPolicies({ spec, routers, routersOf }: Draft, report: Report): ReadonlyMap<string, Policy> {
  const systems = spec.autonomousSystems ?? {};
  const numberOf = (name: string, path: string): number[] => {
    const system = Object.hasOwn(systems, name) ? systems[name] : undefined;
    if (system === undefined) report.unknownReference(path, name, "an AS", Object.keys(systems));
    return system === undefined ? [] : [system.asn];
  };
  const policies = new Map<string, Policy>();
  for (const [name, { policy = {} }] of Object.entries(systems)) {
    const path = `${member("autonomousSystems", name)}.policy`;
    checkLimits(policy, path, report);
    const roles = policy.roles ?? (routersOf.get(name) ?? []).every(({ spec: router }) => hasRoles(router));
    if (policy.leaks === true && roles) {
      const hint = "With roles its own routers refuse to leak: set roles to false as well.";
      report.add("leak-with-roles", `${path}.leaks`, true, "an AS without roles", hint);
    }
    const preferences = Object.entries(policy.localPreferences ?? {}).flatMap(([neighbour, value]) =>
      numberOf(neighbour, member(`${path}.localPreferences`, neighbour)).map((asn): [number, number] => [asn, value]),
    );
    policies.set(name, {
      roles,
      originValidation: policy.originValidation ?? false,
      pathEnd: (policy.pathEnd ?? []).flatMap((as, index) => numberOf(as, `${path}.pathEnd[${index}]`)),
      customerPrefixes: policy.customerPrefixes ?? false,
      ...(policy.maximumPrefixes === undefined ? {} : { maximumPrefixes: policy.maximumPrefixes }),
      leaks: policy.leaks ?? false,
      localPreferences: Object.fromEntries(preferences),
      multipath: policy.multipath ?? false,
    });
  }
  const validating = Object.entries(systems).find(([, { policy }]) => policy?.originValidation === true);
  if (validating !== undefined && !hasRtrServer(spec.nodes)) {
    const path = `${member("autonomousSystems", validating[0])}.policy.originValidation`;
    const hint = "Routers learn what is valid from an RTR server: give a node such a service.";
    report.add("no-rtr-server", path, true, "a node with a service of kind rtr or relying-party", hint);
  }
  for (const { path, spec: router } of routers.values())
    for (const [index, { behind }] of (router.hijacks ?? []).entries())
      if (behind !== undefined) numberOf(behind, `${path}.hijacks[${index}].behind`);
  return policies;
}

function hasRoles({ daemon = "bird" }: RouterSpec): boolean {
  return whyLacking(daemon, "roles") === undefined;
}

function hasRtrServer(nodes: Draft["spec"]["nodes"]): boolean {
  return Object.values(nodes).some(({ services = {} }) => Object.values(services).some(isRtrServer));
}

function checkLimits(policy: PolicySpec, path: string, report: Report): void {
  const most = policy.maximumPrefixes;
  if (most !== undefined && !(Number.isInteger(most) && most >= 1 && most <= 4294967295))
    report.add(
      "limit-out-of-range",
      `${path}.maximumPrefixes`,
      most,
      "a whole number of prefixes, 1 or more",
      "Leave it out to have no limit.",
    );
  for (const [neighbour, value] of Object.entries(policy.localPreferences ?? {}))
    if (!(Number.isInteger(value) && value >= 1 && value <= 4294967295)) {
      const hint = "Ordinary ones are 300 for customers, 200 for peers, 100 for providers.";
      report.add(
        "preference-out-of-range",
        member(`${path}.localPreferences`, neighbour),
        value,
        "a whole number from 1 to 4294967295",
        hint,
      );
    }
}

/** ROAs of the families in use. */
export function readRoas({ spec, families }: Draft, report: Report): readonly Roa[] {
  const systems = spec.autonomousSystems ?? {};
  const seen = new Map<string, string>();
  return (spec.roas ?? []).flatMap((roa, index) => {
    const path = `roas[${index}]`;
    const prefix = readPrefix(roa.prefix, undefined, `${path}.prefix`, report);
    const asn = Object.hasOwn(systems, roa.as) ? systems[roa.as]?.asn : undefined;
    if (asn === undefined) report.unknownReference(`${path}.as`, roa.as, "an AS", Object.keys(systems));
    if (prefix === undefined || asn === undefined) return [];
    const { maxLength = prefix.length } = roa;
    const bits = addressBits(prefix.family);
    if (!Number.isInteger(maxLength) || maxLength < prefix.length || maxLength > bits) {
      const hint = "Leave it out to authorize the prefix itself and nothing more specific (RFC 9319).";
      report.add(
        "bad-max-length",
        `${path}.maxLength`,
        maxLength,
        `a whole number from ${prefix.length} to ${bits}`,
        hint,
      );
      return [];
    }
    const resolved = { prefix: formatPrefix(prefix), asn, maxLength };
    const key = `${resolved.prefix} ${asn} ${maxLength}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      report.add(
        "duplicate-roa",
        path,
        roa.prefix,
        "each ROA once",
        `${earlier} says this already; leave it out here.`,
      );
      return [];
    }
    seen.set(key, path);
    return families.includes(prefix.family) ? [resolved] : [];
  });
}

/** By router, of the families in use. */
export function readHijacks(
  { spec, routers, families }: Draft,
  report: Report,
): ReadonlyMap<string, readonly Hijack[]> {
  const hijacks = new Map<string, readonly Hijack[]>();
  for (const { name, path, spec: router } of routers.values()) {
    const own = (router.hijacks ?? []).flatMap(({ prefix: text, behind }, index): Hijack[] => {
      const prefix = readPrefix(text, undefined, `${path}.hijacks[${index}].prefix`, report);
      if (prefix === undefined || !families.includes(prefix.family)) return [];
      const asn = behind === undefined ? undefined : spec.autonomousSystems?.[behind]?.asn;
      return [{ prefix: formatPrefix(prefix), ...(asn === undefined ? {} : { behind: asn }) }];
    });
    const prefixes = own.map(({ prefix }) => prefix);
    for (const prefix of new Set(prefixes.filter((each, index) => prefixes.indexOf(each) < index)))
      report.add("duplicate-origin", `${path}.hijacks`, prefix, "each prefix once", "Leave the second out.");
    for (const prefix of prefixes)
      if (router.originates?.includes(prefix) === true)
        report.add(
          "duplicate-origin",
          `${path}.hijacks`,
          prefix,
          "a prefix that the router doesn't originate by right",
          "Leave it out here.",
        );
    hijacks.set(name, own);
  }
  return hijacks;
}
