import { requireText } from "../checks.ts";
import { nodeDirectory } from "../kernel/observe.ts";
import type { Resource } from "../resource.ts";
import { PartialFailure } from "../rpc/service.ts";
import { BirdControl } from "../sandbox/bird.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import type { ReadinessInputs, RouterReadiness } from "../schema.ts";
import type { World } from "../world.ts";
import { hasEnoughNetworks, missingPrefixes, missingSessions, sessionRepairs, sessionStates } from "./convergence.ts";

/** `labwright:net:Readiness`; see ReadinessInputs. It owns nothing: to delete it does nothing. */
export function readinessResource(world: World): Resource<ReadinessInputs> {
  return {
    type: "labwright:net:Readiness",
    changes: { sandbox: "replace", routers: "live", prefixSets: "live", within: "live" },
    check: (inputs) => requireText(inputs, "sandbox"),
    id: (inputs) => `${inputs.sandbox}/ready`,
    predict: () => ({}),
    async observe(inputs) {
      const sandbox = await world.find(inputs.sandbox);
      if (sandbox === undefined) return undefined;
      return { drift: await pass(inputs.routers, (router) => lacks(sandbox.holder, router, inputs)) };
    },
    async reconcile(inputs, previous) {
      const { holder } = await world.get(inputs.sandbox);
      if (previous !== undefined) await repairSessions(holder, inputs.routers);
      const lacking = await converge(holder, inputs);
      if (lacking.length > 0) {
        const shown = lacking.slice(0, 20).join("\n  ");
        const more = lacking.length > 20 ? `\n  and ${lacking.length - 20} more` : "";
        throw new PartialFailure(`The lab did not converge within ${inputs.within} s. Last seen:\n  ${shown}${more}\nLook closer with \`lab status\` and \`lab logs\`, then run \`up\` again.`);
      }
      return inputs;
    },
    async remove() {},
  };
}

/** Waits until no router lacks anything; gives what is still lacking when the time is over. */
async function converge(holder: Holder, inputs: ReadinessInputs): Promise<string[]> {
  const deadline = performance.now() + inputs.within * 1000;
  let waiting = inputs.routers;
  for (;;) {
    const still: RouterReadiness[] = [];
    const lacking = await pass(waiting, async (router) => {
      const texts = await lacks(holder, router, inputs);
      if (texts.length > 0) still.push(router);
      return texts;
    });
    if (still.length === 0) return [];
    if (performance.now() > deadline) return lacking;
    waiting = still;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks the cheapest question first: while routes are few there is no need to list them. */
async function lacks(holder: Holder, router: RouterReadiness, inputs: ReadinessInputs): Promise<string[]> {
  const prefixes = inputs.prefixSets[router.prefixes] ?? [];
  return withBird(holder, router, async (bird) => {
    const sessions = missingSessions(router, await bird.ask("show protocols"));
    if (sessions.length > 0) return sessions;
    const count = await bird.ask("show route count");
    if (!hasEnoughNetworks(prefixes.length, count)) return [`${router.node}: fewer than ${prefixes.length} networks: ${count.split("\n")[0]}`];
    return missingPrefixes(router, prefixes, await bird.ask("show route primary"));
  });
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
async function withBird(holder: Holder, router: RouterReadiness, use: (bird: BirdControl) => Promise<string[]>): Promise<string[]> {
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
async function pass(routers: readonly RouterReadiness[], visit: (router: RouterReadiness) => Promise<string[]>): Promise<string[]> {
  const results: string[] = [];
  const queue = [...routers];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let router = queue.shift(); router !== undefined; router = queue.shift()) results.push(...(await visit(router)));
    }),
  );
  return results;
}
