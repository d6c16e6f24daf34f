/** OpenBGPD, by its own command over the daemon's socket. */
import { readFile } from "node:fs/promises";
import { replaceFile } from "../sandbox/beneath.ts";
import { openbgpdFile } from "../../topology/openbgpd/render.ts";
import { countOpenbgpdRoas, parseOpenbgpdNeighbours, parseOpenbgpdRoutes } from "../../topology/openbgpd/show.ts";
import type { AskedRouter, RouterControl, RouterPlace } from "./control.ts";

export class OpenbgpdRouter implements RouterControl {
  readonly #place: RouterPlace;
  readonly #router: AskedRouter;

  constructor(place: RouterPlace, router: AskedRouter) {
    this.#place = place;
    this.#router = router;
  }

  async sessions(): Promise<ReadonlyMap<string, string>> {
    const states = parseOpenbgpdNeighbours(await this.#ask("-j", "show", "neighbor"));
    return new Map(
      Object.entries(this.#router.neighbours ?? {}).flatMap(([address, name]) => {
        const state = states.get(address);
        return state === undefined ? [] : [[name, state]];
      }),
    );
  }

  /** bgpctl counts ROAs, and lists none. */
  async lacking(): Promise<readonly string[]> {
    if (this.#router.rpki === undefined) return [];
    const [wanted, held] = [this.#wantedRoas(), await this.#heldRoas()];
    return held === wanted ? [] : [`${held} of ${wanted} ROAs`];
  }

  async networks(): Promise<number> {
    return (await this.routes()).size;
  }

  async routes(): Promise<ReadonlyMap<string, string>> {
    const routes = parseOpenbgpdRoutes(await this.#ask("-j", "show", "rib", "selected"));
    return new Map(
      routes.map(({ prefix, neighbour }): [string, string] => [prefix, this.#router.neighbours?.[neighbour] ?? ""]),
    );
  }

  async enable(session: string): Promise<void> {
    await this.#ask("neighbor", this.#addressOf(session), "up");
  }

  async restart(session: string): Promise<void> {
    await this.#ask("neighbor", this.#addressOf(session), "clear");
  }

  /**
   * Once it didn't reach its RTR server it tries again after ten minutes. It does so at once where it is told that there is
   * none, and then that there is one.
   */
  async judgeAnew(): Promise<void> {
    if (this.#wantedRoas() === 0 || (await this.#heldRoas()) > 0) return;
    const base = this.#place.path(".");
    const text = await readFile(this.#place.path(openbgpdFile), "utf8");
    try {
      await replaceFile(base, openbgpdFile, text.replace(/^rtr .*?^}\n/gms, ""));
      await this.#ask("reload");
    } finally {
      await replaceFile(base, openbgpdFile, text);
      await this.#ask("reload");
    }
  }

  close(): void {}

  #wantedRoas(): number {
    const digests = Object.values(this.#router.rpki?.roas ?? {});
    return digests.reduce((sum, digest) => sum + Number(digest.split("-")[0]), 0);
  }

  async #heldRoas(): Promise<number> {
    return countOpenbgpdRoas(await this.#ask("show", "sets"));
  }

  #ask(...words: readonly string[]): Promise<string> {
    return this.#place.run(["bgpctl", "-s", `${this.#place.directory}/openbgpd-run/bgpd.sock.0`, ...words]);
  }

  #addressOf(session: string): string {
    const found = Object.entries(this.#router.neighbours ?? {}).find(([, name]) => name === session);
    if (found === undefined) throw new Error(`OpenBGPD has no session ${session}`);
    return found[0];
  }
}
