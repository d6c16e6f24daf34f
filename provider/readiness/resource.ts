import { requireText } from "../checks.ts";
import { observeNodes } from "../kernel/observe.ts";
import type { Depth, Resource } from "../resource.ts";
import { openRouter, type RouterControl } from "../routers/control.ts";
import { PartialFailure } from "../rpc/service.ts";
import { isAlive, type Holder } from "../sandbox/holder.ts";
import type { ReadinessInputs, RouterReadiness } from "../schema.ts";
import type { World } from "../world.ts";
import {
  missingPrefixes,
  missingSessions,
  notShut,
  otherRoutes,
  sessionRepairs,
  type SessionRepair,
  withoutCarrier,
} from "./convergence.ts";

/** `labwright:net:Readiness`; see ReadinessInputs. It owns nothing: to delete it does nothing. */
export function readinessResource(world: World): Resource<ReadinessInputs> {
  return {
    type: "labwright:net:Readiness",
    changes: { sandbox: "replace", routers: "live", hosts: "live", prefixSets: "live", within: "live" },
    check: (inputs) => requireText(inputs, "sandbox"),
    id: (inputs) => `${inputs.sandbox}/ready`,
    predict: () => ({}),
    async observe(inputs, _state, depth) {
      const sandbox = await world.find(inputs.sandbox);
      if (sandbox === undefined) return undefined;
      const nodes = await sandbox.observeAll();
      return {
        drift: [
          ...withoutCarrier(inputs.hosts, nodes),
          ...(await pass(inputs.routers, (router) => lacks(sandbox.holder, router, inputs, depth))),
        ],
      };
    },
    async reconcile(inputs, previous, progress) {
      const { holder } = await world.get(inputs.sandbox);
      if (previous !== undefined) await repairSessions(holder, inputs.routers, ["enable", "restart"]);
      const lacking = await converge(holder, inputs, progress);
      if (lacking.length > 0) {
        const shown = lacking.slice(0, 20).join("\n  ");
        const more = lacking.length > 20 ? `\n  and ${lacking.length - 20} more` : "";
        throw new PartialFailure(
          `The lab did not converge within ${inputs.within} s. Last seen:\n  ${shown}${more}\nLook closer with \`lab status\` and \`lab logs\`, then run \`up\` again.`,
        );
      }
      return inputs;
    },
    async remove() {},
  };
}

/** Waits until no router lacks anything; gives what is still lacking when the time is over. */
async function converge(holder: Holder, inputs: ReadinessInputs, progress: (text: string) => void): Promise<string[]> {
  const deadline = performance.now() + inputs.within * 1000;
  let told = performance.now();
  let repaired = performance.now();
  let waiting = inputs.routers;
  for (;;) {
    const still: RouterReadiness[] = [];
    const lacking = await pass(waiting, async (router) => {
      const texts = await lacks(holder, router, inputs, "full");
      if (texts.length > 0) still.push(router);
      return texts;
    });
    // A session that is Established has shown that its links carry; of a host's link nobody has sent anything yet.
    if (still.length === 0) {
      lacking.push(...(await looseHosts(holder, inputs)));
      if (lacking.length === 0) return [];
    }
    if (!isAlive(holder)) return ["the sandbox ended"];
    if (performance.now() - told > 1_000) {
      told = performance.now();
      progress(lacking.length === 1 ? (lacking[0] ?? "") : `${lacking[0]}; and ${lacking.length - 1} more`);
    }
    if (performance.now() > deadline) return lacking;
    waiting = still;
    if (performance.now() - repaired > 3_000) {
      repaired = performance.now();
      await repairSessions(holder, waiting, ["enable"]);
      const validating = inputs.routers.filter(({ rpki }) => rpki !== undefined);
      await pass(validating, (router) =>
        withRouter(holder, router, async (control) => {
          await control.judgeAnew();
          return [];
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks the cheapest question first: while routes are few there is no need to list them. */
async function lacks(
  holder: Holder,
  router: RouterReadiness,
  inputs: ReadinessInputs,
  depth: Depth,
): Promise<string[]> {
  const prefixes = inputs.prefixSets[router.prefixes] ?? [];
  return withRouter(holder, router, async (control) => {
    const states = await control.sessions();
    const sessions = [...missingSessions(router, states), ...notShut(router, states)];
    if (sessions.length > 0) return sessions;
    const others = await control.lacking();
    if (others.length > 0) return others.map((text) => `${router.node}: ${text}`);
    const networks = await control.networks();
    if (networks < prefixes.length) return [`${router.node}: routes to ${networks} of ${prefixes.length} prefixes`];
    // Routes follow from sessions and counts, unless somebody filters by hand: a quick look leaves the lists out.
    if (depth === "quick") return [];
    const routes = await control.routes();
    const missing = missingPrefixes(router, prefixes, routes);
    return missing.length > 0 ? missing : otherRoutes(router, routes);
  });
}

async function looseHosts(holder: Holder, inputs: ReadinessInputs): Promise<string[]> {
  if (inputs.hosts.length === 0) return [];
  const looks = inputs.hosts.map((node) => ({ node, sysctls: [], ruleset: false }));
  return withoutCarrier(inputs.hosts, await observeNodes(holder, looks));
}

async function repairSessions(
  holder: Holder,
  routers: readonly RouterReadiness[],
  actions: readonly SessionRepair["action"][],
): Promise<void> {
  const states = new Map<string, ReadonlyMap<string, string>>();
  await pass(routers, (router) =>
    withRouter(holder, router, async (control) => {
      states.set(router.node, new Map([...(states.get(router.node) ?? []), ...(await control.sessions())]));
      return [];
    }),
  );
  const repairs = sessionRepairs(routers, states).filter(({ action }) => actions.includes(action));
  await pass(routers, async (router) => {
    const own = repairs.filter(
      ({ node, session }) =>
        node === router.node && (session in router.sessions || router.shut?.includes(session) === true),
    );
    if (own.length === 0) return [];
    return withRouter(holder, router, async (control) => {
      for (const { session, action } of own) await control[action](session);
      return [];
    });
  });
}

/** What goes wrong while a daemon is asked is what the router lacks. */
async function withRouter(
  holder: Holder,
  router: RouterReadiness,
  use: (control: RouterControl) => Promise<string[]>,
): Promise<string[]> {
  let control: RouterControl | undefined;
  try {
    control = await openRouter(holder, router);
    return await use(control);
  } catch (error) {
    return [`${router.node}: ${(error as Error).message}`];
  } finally {
    control?.close();
  }
}

/** Goes over the routers, a few at a time: the lab's daemons need the processor too. */
async function pass(
  routers: readonly RouterReadiness[],
  visit: (router: RouterReadiness) => Promise<string[]>,
): Promise<string[]> {
  const results: string[] = [];
  const queue = [...routers];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let router = queue.shift(); router !== undefined; router = queue.shift())
        results.push(...(await visit(router)));
    }),
  );
  return results;
}
