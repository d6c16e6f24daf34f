/** FRR's bgpd, over its vty socket. */
import { roaTable } from "../../topology/bird/policy.ts";
import { familyOf } from "../../topology/bird/text.ts";
import { frrTable, parseFrrRoas, parseFrrRoutes, parseFrrSummary } from "../../topology/frr/show.ts";
import type { AskedRouter, RouterControl, RouterPlace } from "./control.ts";
import { otherRoas } from "./roas.ts";
import { Vty } from "./vty.ts";

export class FrrRouter implements RouterControl {
  readonly #vty: Vty;
  readonly #router: AskedRouter;

  private constructor(vty: Vty, router: AskedRouter) {
    this.#vty = vty;
    this.#router = router;
  }

  static async open(place: RouterPlace, router: AskedRouter): Promise<FrrRouter> {
    return new FrrRouter(await Vty.open(place.path("frr-run/bgpd.vty")), router);
  }

  async sessions(): Promise<ReadonlyMap<string, string>> {
    const states = parseFrrSummary(await this.#vty.ask("show bgp summary json"));
    return new Map(
      Object.entries(this.#router.neighbours ?? {}).flatMap(([address, name]) => {
        const state = states.get(address);
        return state === undefined ? [] : [[name, state === "Idle (Admin)" ? "disabled" : state]];
      }),
    );
  }

  async lacking(): Promise<readonly string[]> {
    const { rpki } = this.#router;
    if (rpki === undefined) return [];
    const held = parseFrrRoas(await this.#vty.ask("show rpki prefix-table"));
    return Object.entries(rpki.roas).flatMap(([table, digest]) => {
      const family = table === roaTable("ipv6") ? "ipv6" : "ipv4";
      return otherRoas(
        table,
        digest,
        held.filter(({ prefix }) => familyOf(prefix) === family),
      );
    });
  }

  async networks(): Promise<number> {
    return (await this.routes()).size;
  }

  async routes(): Promise<ReadonlyMap<string, string>> {
    const routes = new Map<string, string>();
    for (const family of ["ipv4", "ipv6"] as const)
      for (const { prefix, best, neighbour } of parseFrrRoutes(await this.#vty.ask(frrTable(family))))
        if (best) routes.set(prefix, this.#router.neighbours?.[neighbour] ?? "");
    return routes;
  }

  async enable(session: string): Promise<void> {
    await this.#vty.ask("configure terminal");
    await this.#vty.ask("router bgp");
    await this.#vty.ask(`no neighbor ${this.#addressOf(session)} shutdown`);
    await this.#vty.ask("end");
    // One that its limit of prefixes shut.
    await this.restart(session);
  }

  async restart(session: string): Promise<void> {
    await this.#vty.ask(`clear bgp ${this.#addressOf(session)}`);
  }

  /** Version 8.4 doesn't take up again what a ROA forbade and allows now. */
  async judgeAnew(): Promise<void> {
    await this.#vty.ask("clear bgp * soft in");
  }

  close(): void {
    this.#vty.close();
  }

  #addressOf(session: string): string {
    const found = Object.entries(this.#router.neighbours ?? {}).find(([, name]) => name === session);
    if (found === undefined) throw new Error(`FRR has no session ${session}`);
    return found[0];
  }
}
