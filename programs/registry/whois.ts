/**
 * Answers queries of both styles that IRRd knows: its own (`!gAS65001`) and RIPE's (`-i origin AS65001`), in its words.
 * https://irrd.readthedocs.io/en/stable/users/queries/whois/ describes them. Pure.
 */
import { irrSource } from "../../topology/registry/objects.ts";
import { covers, membersOf, parseAddressOrPrefix, parseAsn, type Store, type StoredObject } from "./store.ts";

export interface WhoisAnswer {
  readonly text: string;
  /** Whether the client asked for the connection to stay open from now on. */
  readonly keepOpen?: boolean;
  /** Seconds without a query after which the connection ends, from now on. */
  readonly timeout?: number;
}

/** A query that can't be answered, in IRRd's words. */
class InvalidQuery extends Error {}

/** The answer to one line, without its line end. */
export function answerWhois(store: Store, query: string): WhoisAnswer {
  // Clients that put their name before every query do so before IRRd's too.
  const line = query.trim().replace(/^-V \S+ (?=!)/, "");
  const irrd = line.startsWith("!");
  try {
    return irrd ? answerIrrd(store, line.slice(1)) : answerRipe(store, line);
  } catch (error) {
    if (!(error instanceof InvalidQuery)) throw error;
    return { text: irrd ? `F ${error.message}\n` : `%% ERROR: ${error.message}\n\n\n` };
  }
}

function answerIrrd(store: Store, line: string): WhoisAnswer {
  const [command = "", parameter] = [line.slice(0, 1), line.slice(1)];
  if (command === "") throw new InvalidQuery("Missing IRRD command");
  if ("tg6imnors".includes(command) && parameter === "")
    throw new InvalidQuery(`Missing parameter for ${command} query`);
  switch (command) {
    case "!":
      return { text: "", keepOpen: true };
    case "t":
      return { text: "C\n", timeout: timeoutOf(parameter) };
    case "n":
      return { text: "C\n" };
    case "s":
      return parameter === "-lc" ? found(irrSource) : (selectSources(parameter), { text: "C\n" });
    case "v":
      return found("IRRd -- version 4, played by Labwright");
    case "g":
    case "6":
      return found(originated(store, [asnOf(parameter)], command === "6" ? "route6" : "route"));
    case "a": {
      const [, family = "", set = ""] = /^([46]?)(.*)$/.exec(parameter) ?? [];
      if (set === "") throw new InvalidQuery("Missing required set name for A query");
      const origins = (membersOf(store, set, true) ?? []).map(asnOf);
      const kind = family === "" ? undefined : family === "4" ? "route" : "route6";
      return found(originated(store, origins, kind));
    }
    case "i": {
      const recursive = parameter.endsWith(",1");
      return found((membersOf(store, recursive ? parameter.slice(0, -2) : parameter, recursive) ?? []).join(" "));
    }
    case "m": {
      const [, kind, key] = /^([^,]*),(.*)$/.exec(parameter) ?? [];
      if (kind === undefined || key === undefined)
        throw new InvalidQuery(`Invalid argument for object lookup: ${parameter}`);
      const wanted = kind.startsWith("route") ? key.toUpperCase().replace(/[ -]/g, "") : key;
      return found(textOf(store.objects.filter((each) => each.kind === kind && sameKey(each, wanted)).slice(0, 1)));
    }
    case "o":
      return found(textOf(inverse(store, "mnt-by", parameter)));
    case "r":
      return found(routeSearch(store, parameter));
    default:
      throw new InvalidQuery(`Unrecognised command: ${command}`);
  }
}

/** `A`, the length of what follows with its line end, then it, then `C`; nothing found is `D`. */
function found(result: string): WhoisAnswer {
  return { text: result === "" ? "D\n" : `A${Buffer.byteLength(result) + 1}\n${result}\nC\n` };
}

function timeoutOf(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 1000) throw new InvalidQuery(`Invalid value for timeout: ${text}`);
  return seconds;
}

function selectSources(text: string): void {
  if (text !== "-*" && !text.toUpperCase().split(",").includes(irrSource))
    throw new InvalidQuery("One or more selected sources are unavailable.");
}

function asnOf(text: string): number {
  const asn = parseAsn(text);
  if (asn === undefined) throw new InvalidQuery(`Invalid AS number ${text.toUpperCase()}: must be numeric after AS`);
  return asn;
}

function originated({ objects }: Store, origins: readonly number[], kind: "route" | "route6" | undefined): string {
  const prefixes = objects
    .filter((each) => each.prefix !== undefined && origins.includes(each.asn ?? 0) && (kind ?? each.kind) === each.kind)
    .map(nameOf);
  return [...new Set(prefixes)].join(" ");
}

/** `PREFIX`, with the option `o` for the origins only, or `l`, `L`, `M` as in RIPE's style. */
function routeSearch(store: Store, parameter: string): string {
  const [text = "", option = "x", ...more] = parameter.split(",");
  if (!["x", "o", "l", "L", "M"].includes(option) || more.length > 0)
    throw new InvalidQuery(`Invalid route search option: ${[option, ...more].join(",")}`);
  const routes = searchRoutes(store, option === "o" ? "x" : option, text, parameter);
  return option === "o" ? routes.map(({ asn }) => `AS${asn}`).join(" ") : textOf(routes);
}

/** x: exact; l: one level less specific; L: less specific with exact; M: more specific. */
function searchRoutes({ objects }: Store, option: string, text: string, asked = text): StoredObject[] {
  const wanted = parseAddressOrPrefix(text);
  if (wanted === undefined) throw new InvalidQuery(`Invalid input for route search: ${asked}`);
  const less = objects.filter(({ prefix }) => prefix !== undefined && covers(prefix, wanted));
  const lengthOf = (each: StoredObject): number => each.prefix?.length ?? 0;
  switch (option) {
    case "L":
      return less;
    case "M":
      return objects.filter(
        ({ prefix }) => prefix !== undefined && covers(wanted, prefix) && prefix.length > wanted.length,
      );
    case "l": {
      const shorter = less.filter((each) => lengthOf(each) < wanted.length);
      const longest = Math.max(...shorter.map(lengthOf));
      return shorter.filter((each) => lengthOf(each) === longest);
    }
    default:
      return less.filter((each) => lengthOf(each) === wanted.length);
  }
}

const inverseAttributes = ["as-set", "aut-num", "members", "mnt-by", "origin", "route", "route6"];

function inverse({ objects }: Store, attribute: string, value: string): StoredObject[] {
  if (!inverseAttributes.includes(attribute.toLowerCase())) {
    const known = inverseAttributes.join(", ");
    throw new InvalidQuery(
      `Inverse attribute search not supported for ${attribute},only supported for attributes: ${known}`,
    );
  }
  const hasValue = (text: string): boolean =>
    text
      .toUpperCase()
      .split(/\s*,\s*/)
      .includes(value.toUpperCase());
  return objects.filter(({ attributes }) =>
    attributes.some(([name, text]) => name === attribute.toLowerCase() && hasValue(text)),
  );
}

function answerRipe(store: Store, line: string): WhoisAnswer {
  const words = line.split(/ +/).filter((word) => word !== "");
  const next = (flag: string): string => {
    const word = words.shift();
    if (word === undefined) throw new InvalidQuery(`Missing argument for flag/search: ${flag}`);
    return word;
  };
  let [kinds, keysOnly, keepOpen]: [readonly string[] | undefined, boolean, boolean] = [undefined, false, false];
  let objects: StoredObject[] = [];
  search: for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith("-")) {
      objects = textSearch(store, word);
      continue;
    }
    const flag = word.slice(1);
    switch (flag) {
      case "k":
        keepOpen = true;
        break;
      case "K":
        keysOnly = true;
        break;
      case "T":
        kinds = next(flag).toLowerCase().split(",");
        break;
      case "s":
        selectSources(next(flag));
        break;
      case "V":
        next(flag);
        break;
      case "a":
      case "F":
      case "r":
        break;
      case "l":
      case "L":
      case "M":
      case "x":
        objects = searchRoutes(store, flag, next(flag));
        break search;
      case "i":
        objects = inverse(store, next(flag), next(flag));
        break search;
      default:
        throw new InvalidQuery(`Unrecognised flag/search: ${flag}`);
    }
  }
  const wanted = objects.filter(({ kind }) => kinds === undefined || kinds.includes(kind));
  const text = keysOnly ? keysOf(wanted) : textOf(wanted);
  return { text: `${text === "" ? noEntries : text}\n\n\n`, ...(keepOpen ? { keepOpen } : {}) };
}

const noEntries = "%  No entries found for the selected source(s).";

/** An AS number finds the AS; an address or prefix, every route around it; anything else, the object of that name. */
function textSearch(store: Store, text: string): StoredObject[] {
  const asn = parseAsn(text);
  if (asn !== undefined) return store.objects.filter((each) => each.kind === "aut-num" && each.asn === asn);
  if (parseAddressOrPrefix(text) !== undefined) return searchRoutes(store, "L", text);
  return store.objects.filter((each) => sameKey(each, text));
}

function sameKey({ key }: StoredObject, text: string): boolean {
  return key.toUpperCase() === text.toUpperCase();
}

function nameOf({ attributes }: StoredObject): string {
  return attributes[0]?.[1] ?? "";
}

function textOf(objects: readonly StoredObject[]): string {
  return objects.map(({ text }) => text).join("\n\n");
}

function keysOf(objects: readonly StoredObject[]): string {
  const shown = (kind: string): readonly string[] => (kind.startsWith("route") ? [kind, "origin"] : [kind, "members"]);
  return objects
    .map(({ kind, attributes }) =>
      attributes.flatMap(([name, value]) => (shown(kind).includes(name) ? [`${name}: ${value}\n`] : [])).join(""),
    )
    .join("\n")
    .trim();
}
