import { requireText } from "../checks.ts";
import { nodeDirectory, observeNodes } from "../kernel/observe.ts";
import type { Depth, Resource } from "../resource.ts";
import { PartialFailure } from "../rpc/service.ts";
import { BirdControl } from "../sandbox/bird.ts";
import { insidePath, isAlive, type Holder } from "../sandbox/holder.ts";
import type { ReadinessInputs, RouterReadiness } from "../schema.ts";
import type { World } from "../world.ts";
import {
  hasEnoughNetworks,
  missingPrefixes,
  missingRtrSessions,
  otherRoas,
  otherRoutes,
  missingSessions,
  notShut,
  sessionRepairs,
  sessionStates,
  withdrawn,
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
      if (previous !== undefined) await repairSessions(holder, inputs.routers);
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
  return withBird(holder, router, async (bird) => {
    const protocols = await bird.ask("show protocols");
    const wrong = [
      ...missingSessions(router, protocols),
      ...notShut(router, protocols),
      ...missingRtrSessions(router, protocols),
      ...withdrawn(router, protocols),
    ];
    if (wrong.length > 0) return wrong;
    for (const [table, wanted] of Object.entries(router.rpki?.roas ?? {})) {
      const others = otherRoas(router, table, wanted, await bird.ask(`show route table ${table}`));
      if (others.length > 0) return others;
    }
    const count = await bird.ask("show route count");
    if (!hasEnoughNetworks(prefixes.length, count))
      return [`${router.node}: fewer than ${prefixes.length} networks: ${count.split("\n")[0]}`];
    // Routes follow from sessions and counts, unless somebody filters by hand: a quick look leaves the lists out.
    if (depth === "quick") return [];
    const routes = await bird.ask("show route primary");
    const missing = missingPrefixes(router, prefixes, routes);
    return missing.length > 0 ? missing : otherRoutes(router, protocols, routes);
  });
}

async function looseHosts(holder: Holder, inputs: ReadinessInputs): Promise<string[]> {
  if (inputs.hosts.length === 0) return [];
  const looks = inputs.hosts.map((node) => ({ node, sysctls: [], ruleset: false }));
  return withoutCarrier(inputs.hosts, await observeNodes(holder, looks));
}

async function repairSessions(holder: Holder, routers: readonly RouterReadiness[]): Promise<void> {
  const states = new Map<string, ReadonlyMap<string, string>>();
  await pass(routers, (router) =>
    withBird(holder, router, async (bird) => {
      states.set(router.node, sessionStates(router, await bird.ask("show protocols")));
      return [];
    }),
  );
  const repairs = sessionRepairs(routers, states);
  await pass(routers, (router) =>
    withBird(holder, router, async (bird) => {
      for (const [node, command] of repairs) if (node === router.node) await bird.ask(command);
      return [];
    }),
  );
}

/** What goes wrong while BIRD is asked is what the router lacks. */
async function withBird(
  holder: Holder,
  router: RouterReadiness,
  use: (bird: BirdControl) => Promise<string[]>,
): Promise<string[]> {
  let bird: BirdControl | undefined;
  try {
    bird = await BirdControl.open(insidePath(holder, `${nodeDirectory(router.node)}/bird.ctl`));
    return await use(bird);
  } catch (error) {
    return [`${router.node}: ${(error as Error).message}`];
  } finally {
    bird?.close();
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
