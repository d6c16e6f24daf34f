/** BIRD, over its control socket. */
import { parseProtocols } from "../../topology/bird/protocols.ts";
import type { Roa } from "../../topology/topology.ts";
import type { RpkiReadiness } from "../schema.ts";
import { BirdSocket } from "./bird-socket.ts";
import type { AskedRouter, RouterControl, RouterPlace } from "./control.ts";
import { otherRoas } from "./roas.ts";

export class BirdRouter implements RouterControl {
  readonly #socket: BirdSocket;
  readonly #router: AskedRouter;

  constructor(socket: BirdSocket, router: AskedRouter) {
    this.#socket = socket;
    this.#router = router;
  }

  static async open(place: RouterPlace, router: AskedRouter): Promise<BirdRouter> {
    return new BirdRouter(await BirdSocket.open(place.path("bird.ctl")), router);
  }

  async sessions(): Promise<ReadonlyMap<string, string>> {
    return sessionStates(await this.#socket.ask("show protocols"));
  }

  async lacking(): Promise<readonly string[]> {
    const { rpki, announces = [] } = this.#router;
    if (rpki === undefined && announces.length === 0) return [];
    const protocols = await this.#socket.ask("show protocols");
    const missing = [
      ...(rpki === undefined ? [] : missingRtrSessions(rpki, protocols)),
      ...withdrawn(announces, protocols),
    ];
    if (missing.length > 0) return missing;
    for (const [table, wanted] of Object.entries(rpki?.roas ?? {})) {
      const others = otherRoas(table, wanted, parseRoas(await this.#socket.ask(`show route table ${table}`)));
      if (others.length > 0) return others;
    }
    return [];
  }

  async networks(): Promise<number> {
    return countNetworks(await this.#socket.ask("show route count"));
  }

  async routes(): Promise<ReadonlyMap<string, string>> {
    const [protocols, routes] = [
      await this.#socket.ask("show protocols"),
      await this.#socket.ask("show route primary"),
    ];
    return routesInUse(protocols, routes);
  }

  async enable(session: string): Promise<void> {
    await this.#socket.ask(`enable ${session}`);
  }

  async restart(session: string): Promise<void> {
    await this.#socket.ask(`restart ${session}`);
  }

  async judgeAnew(): Promise<void> {}

  close(): void {
    this.#socket.close();
  }
}

/** By BGP protocol: `Established`, or what BIRD says instead; `disabled` when somebody turned it off. */
export function sessionStates(protocols: string): Map<string, string> {
  const states = new Map<string, string>();
  for (const { name, type, state, info } of parseProtocols(protocols)) {
    if (type !== "BGP") continue;
    if (state === "up" && info.startsWith("Established")) states.set(name, "Established");
    else states.set(name, state === "down" && info === "" ? "disabled" : info || state);
  }
  return states;
}

/** RTR sessions that aren't there yet. `protocols` is the reply to `show protocols`. */
export function missingRtrSessions(rpki: RpkiReadiness, protocols: string): string[] {
  const states = new Map(parseProtocols(protocols).map(({ name, info, state }) => [name, info || state]));
  return rpki.protocols.flatMap((name) => {
    const state = states.get(name) ?? "not configured";
    return state.startsWith("Established") ? [] : [`RTR session ${name} is ${state}`];
  });
}

/** What a health check holds back, by protocol. `protocols` is the reply to `show protocols`. */
export function withdrawn(announces: readonly string[], protocols: string): string[] {
  const states = new Map(parseProtocols(protocols).map(({ name, state }) => [name, state]));
  return announces.flatMap((name) =>
    states.get(name) === "up" ? [] : [`its health check doesn't let it announce ${name}`],
  );
}

/** `routes` is the reply to `show route table TABLE`, of a table of ROAs. */
export function parseRoas(routes: string): Roa[] {
  return [...routes.matchAll(/^([0-9a-f][0-9a-f.:]*\/\d+)-(\d+) AS(\d+) /gm)].map(
    ([, prefix = "", maxLength, asn]) => ({ prefix, maxLength: Number(maxLength), asn: Number(asn) }),
  );
}

/** `count` is the reply to `show route count`. */
export function countNetworks(count: string): number {
  let networks = 0;
  for (const match of count.matchAll(/routes? for (\d+) networks? in table/g)) networks += Number(match[1]);
  return networks;
}

/**
 * By prefix the BGP protocol by which the route in use came, empty for others. `protocols` and `routes` are the replies
 * to `show protocols` and `show route primary`.
 */
export function routesInUse(protocols: string, routes: string): Map<string, string> {
  const names = new Set(parseProtocols(protocols).flatMap(({ name, type }) => (type === "BGP" ? [name] : [])));
  const inUse = new Map<string, string>();
  for (const [, prefix = "", protocol = ""] of routes.matchAll(/^([0-9a-f][0-9a-f.:]*\/\d+)\s+\w+ \[(\S+) /gm))
    inUse.set(prefix, names.has(protocol) ? protocol : "");
  return inUse;
}
