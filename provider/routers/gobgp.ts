/** GoBGP, by its own command over the daemon's Unix socket. */
import { parseGobgpNeighbours, parseGobgpRoutes } from "../../topology/gobgp/show.ts";
import type { AskedRouter, RouterControl, RouterPlace } from "./control.ts";

export class GobgpRouter implements RouterControl {
  readonly #place: RouterPlace;
  readonly #neighbours: Readonly<Record<string, string>>;
  readonly #routeServer: boolean;

  constructor(place: RouterPlace, { neighbours = {}, routeServer }: AskedRouter) {
    this.#place = place;
    this.#neighbours = neighbours;
    this.#routeServer = routeServer === true;
  }

  async sessions(): Promise<ReadonlyMap<string, string>> {
    const states = parseGobgpNeighbours(await this.#ask("-j", "neighbor"));
    return new Map(
      Object.entries(this.#neighbours).flatMap(([address, name]) => {
        const state = states.get(address);
        return state === undefined ? [] : [[name, state]];
      }),
    );
  }

  async lacking(): Promise<readonly string[]> {
    return [];
  }

  async networks(): Promise<number> {
    return (await this.routes()).size;
  }

  async routes(): Promise<ReadonlyMap<string, string>> {
    const routes = new Map<string, string>();
    if (this.#routeServer) {
      for (const [address, name] of Object.entries(this.#neighbours)) {
        const family = address.includes(":") ? "ipv6" : "ipv4";
        const text = await this.#ask("-j", "neighbor", address, "adj-in", "-a", family);
        for (const { prefix } of parseGobgpRoutes(text)) routes.set(prefix, name);
      }
      return routes;
    }
    for (const family of ["ipv4", "ipv6"])
      for (const { prefix, best, neighbour } of parseGobgpRoutes(await this.#ask("-j", "global", "rib", "-a", family)))
        if (best) routes.set(prefix, this.#neighbours[neighbour] ?? "");
    return routes;
  }

  async enable(session: string): Promise<void> {
    await this.#ask("neighbor", this.#addressOf(session), "enable");
  }

  async restart(session: string): Promise<void> {
    // After a `reset` it waits for half a minute.
    await this.#ask("neighbor", this.#addressOf(session), "disable");
    await this.enable(session);
  }

  async judgeAnew(): Promise<void> {}

  close(): void {}

  #ask(...words: readonly string[]): Promise<string> {
    return this.#place.run(["gobgp", "--target", `unix://${this.#place.directory}/gobgp-run/api.sock`, ...words]);
  }

  #addressOf(session: string): string {
    const found = Object.entries(this.#neighbours).find(([, name]) => name === session);
    if (found === undefined) throw new Error(`GoBGP has no session ${session}`);
    return found[0];
  }
}
