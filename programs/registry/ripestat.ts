/** Data calls of the RIPEstat data API (https://stat.ripe.net/docs/data-api/), answered from what is announced. Pure. */
import { formatPrefix, type Prefix } from "../../topology/addressing/prefix.ts";
import type { RegistryData } from "../../topology/registry/data.ts";
import { coveringRoas, validity, type Validity } from "../../topology/rpki/validity.ts";
import type { Roa } from "../../topology/topology.ts";
import { compare, covers, parseAddressOrPrefix, parseAsn } from "./store.ts";

export interface StatAnswer {
  readonly status: 200 | 400 | 404;
  readonly body: Readonly<Record<string, unknown>>;
}

type Data = Readonly<Record<string, unknown>>;

interface DataCall {
  /** As in its answers there. */
  readonly version: string;
  readonly answer: (registry: RegistryData, parameters: URLSearchParams, times: Times) => Data;
}

export interface Times {
  /** When the registry learned what it knows. */
  readonly since: Date;
  readonly now: Date;
}

/** What is wrong with the parameters. */
class BadRequest extends Error {}

const calls: Readonly<Record<string, DataCall>> = {
  "rpki-validation": { version: "0.3", answer: rpkiValidation },
  "network-info": { version: "1.1", answer: networkInfo },
  "announced-prefixes": { version: "1.2", answer: announcedPrefixes },
  "prefix-overview": { version: "1.3", answer: prefixOverview },
  "as-overview": { version: "1.3", answer: asOverview },
};

/** @param path Of the request, such as `/data/rpki-validation/data.json`. */
export function answerStat(
  registry: RegistryData,
  path: string,
  parameters: URLSearchParams,
  times: Times,
): StatAnswer {
  const [, name = ""] = /^\/data\/([a-z-]+)\/data\.json$/.exec(path) ?? [];
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
  const answer = (status: StatAnswer["status"], data: Data, messages: readonly (readonly string[])[]): StatAnswer => ({
    status,
    body: {
      messages,
      see_also: [],
      version: call?.version ?? "0",
      data_call_name: name,
      data_call_status: call === undefined ? "unknown" : "supported",
      cached: false,
      status: status === 200 ? "ok" : "error",
      status_code: status,
      time: iso(times.now),
      data,
    },
  });
  if (call === undefined) {
    const known = Object.keys(calls).map((each) => `/data/${each}/data.json`);
    return answer(404, {}, [["error", `There is no data call at ${path}; this lab has ${known.join(", ")}.`]]);
  }
  try {
    return answer(200, call.answer(registry, parameters, times), []);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return answer(400, {}, [["error", error.message]]);
  }
}

const statuses: Readonly<Record<Validity, string>> = {
  valid: "valid",
  "invalid-origin": "invalid_asn",
  "invalid-length": "invalid_length",
  "not-found": "unknown",
};

function rpkiValidation({ roas }: RegistryData, parameters: URLSearchParams): Data {
  const asn = asnOf(parameters);
  const prefix = formatPrefix(prefixOf(parameters, "prefix"));
  const statusUnder = (some: readonly Roa[]): string => statuses[validity(some, prefix, asn)];
  return {
    resource: String(asn),
    prefix,
    validating_roas: coveringRoas(roas, prefix).map((roa) => ({
      origin: String(roa.asn),
      prefix: roa.prefix,
      validity: statusUnder([roa]),
      source: "lab",
      max_length: roa.maxLength,
    })),
    status: statusUnder(roas),
    validator: "labwright",
  };
}

function networkInfo({ announcements }: RegistryData, parameters: URLSearchParams): Data {
  const wanted = prefixOf(parameters, "resource");
  const [best] = announcements
    .flatMap(({ prefix: text, origins }) => {
      const prefix = parseAddressOrPrefix(text);
      return prefix !== undefined && covers(prefix, wanted) ? [{ text, origins, length: prefix.length }] : [];
    })
    .sort((one, other) => compare(other.length, one.length));
  return { asns: best?.origins.map(String) ?? [], prefix: best?.text ?? "" };
}

function announcedPrefixes({ announcements }: RegistryData, parameters: URLSearchParams, times: Times): Data {
  const asn = asnOf(parameters);
  const [starttime, endtime] = [iso(times.since), iso(times.now)];
  return {
    prefixes: announcements
      .filter(({ origins }) => origins.includes(asn))
      .map(({ prefix }) => ({ prefix, timelines: [{ starttime, endtime }] })),
    query_starttime: starttime,
    query_endtime: endtime,
    resource: String(asn),
    latest_time: endtime,
    earliest_time: starttime,
  };
}

function prefixOverview({ announcements, holders }: RegistryData, parameters: URLSearchParams): Data {
  const wanted = prefixOf(parameters, "resource");
  const resource = formatPrefix(wanted);
  const exact = announcements.find(({ prefix }) => prefix === resource);
  const related = announcements.flatMap(({ prefix: text }) => {
    const prefix = parseAddressOrPrefix(text);
    const isRelated = prefix !== undefined && (covers(prefix, wanted) || covers(wanted, prefix));
    return isRelated && text !== resource ? [text] : [];
  });
  return {
    is_less_specific: false,
    announced: exact !== undefined,
    asns: (exact?.origins ?? []).map((asn) => ({ asn, holder: holderOf(holders, asn) })),
    related_prefixes: related,
    resource,
    type: "prefix",
    actual_num_related: related.length,
    num_filtered_out: 0,
  };
}

function asOverview({ announcements, holders }: RegistryData, parameters: URLSearchParams): Data {
  const asn = asnOf(parameters);
  return {
    type: "as",
    resource: String(asn),
    holder: holderOf(holders, asn),
    announced: announcements.some(({ origins }) => origins.includes(asn)),
  };
}

function holderOf(holders: RegistryData["holders"], asn: number): string | null {
  return holders.find((holder) => holder.asn === asn)?.name ?? null;
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name) ?? "";
  if (value === "") throw new BadRequest(`The parameter ${name} is missing.`);
  return value;
}

function asnOf(parameters: URLSearchParams): number {
  const text = required(parameters, "resource");
  const asn = parseAsn(/^\d+$/.test(text) ? `AS${text}` : text);
  if (asn === undefined) throw new BadRequest(`resource is "${text}"; expected an AS number such as AS65001 or 65001.`);
  return asn;
}

function prefixOf(parameters: URLSearchParams, name: string): Prefix {
  const text = required(parameters, name);
  const prefix = parseAddressOrPrefix(text);
  if (prefix === undefined)
    throw new BadRequest(`${name} is "${text}"; expected a prefix such as 192.0.2.0/24 or 2001:db8::/32.`);
  return prefix;
}

/** Without a zone, as there. */
function iso(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "");
}
