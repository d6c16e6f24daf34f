/** What links and segments have in common as resources. */
import type { Impairments } from "../topology/topology.ts";
import type { Plan, Target } from "./impairments/index.ts";
import { looksFor } from "./kernel/ensure.ts";
import { observeNodes } from "./kernel/observe.ts";
import { planRemoval, wiringDifferences, type Wiring } from "./kernel/wire.ts";
import type { Resource } from "./resource.ts";
import { scriptInside } from "./sandbox/run.ts";
import type { Containers } from "./schema.ts";
import { isImpaired, plansFor, shape, shapedWiring, shapingDifferences } from "./shaping.ts";
import { waitFor } from "./wait.ts";
import type { SandboxWorld, World } from "./world.ts";

interface WiringInputs {
  readonly sandbox: string;
  readonly name: string;
  readonly impairments: Impairments;
  readonly containers?: Containers;
}

export interface WiringKind<Inputs extends WiringInputs> extends Pick<Resource<Inputs>, "type" | "changes" | "check"> {
  wiring(inputs: Inputs): Wiring;
  /** What can be impaired, one for each wire. */
  targets(inputs: Inputs): readonly Target[];
}

export function wiringResource<Inputs extends WiringInputs>(world: World, kind: WiringKind<Inputs>): Resource<Inputs> {
  const resolve = async (sandbox: SandboxWorld, inputs: Inputs): Promise<{ plans: Plan[]; wiring: Wiring }> => {
    const features = isImpaired(inputs.impairments) ? await sandbox.features() : undefined;
    const plans = plansFor(kind.targets(inputs), inputs.impairments, features);
    return { plans, wiring: shapedWiring(kind.wiring(inputs), plans) };
  };
  return {
    type: kind.type,
    changes: kind.changes,
    check: kind.check,
    id: (inputs) => `${inputs.sandbox}/${inputs.name}`,
    predict: () => ({}),
    async observe(inputs, _state, depth) {
      const sandbox = await world.find(inputs.sandbox);
      if (sandbox === undefined) return undefined;
      const { plans, wiring } = await resolve(sandbox, inputs);
      const drift = wiringDifferences(wiring, await sandbox.observe([], [wiring], depth));
      // Where interfaces are missing there is nothing to look at, and they are shaped when they are made.
      if (isImpaired(inputs.impairments) && drift.length === 0)
        drift.push(...(await shapingDifferences(sandbox.holder, plans)));
      return { drift };
    },
    async reconcile(inputs, previous) {
      const sandbox = await world.get(inputs.sandbox);
      const { plans, wiring } = await resolve(sandbox, inputs);
      const before = previous === undefined ? undefined : await resolve(sandbox, previous);
      const removal = before === undefined ? "" : planRemoval(before.wiring, wiring);
      if (removal !== "") await scriptInside(sandbox.holder, removal);
      if (plans.some((plan) => plan.relay.used)) await sandbox.startRelay();
      await sandbox.ensure(`${kind.type} ${inputs.name}`, {
        kind: "wiring",
        wiring,
        containers: inputs.containers ?? {},
      });
      if (isImpaired(inputs.impairments) || before !== undefined)
        await shape(sandbox.holder, plans, before?.plans ?? []);
      if (plans.some((plan) => plan.relay.used)) await waitForCarrier(sandbox, wiring, inputs.name);
      return inputs;
    },
    async remove(state) {
      const sandbox = await world.find(state.sandbox);
      if (sandbox === undefined) return;
      const { plans, wiring } = await resolve(sandbox, state);
      await scriptInside(sandbox.holder, planRemoval(wiring, { bridges: [], wires: [] }));
      await shape(sandbox.holder, [], plans);
      sandbox.forgetLook();
    },
  };
}

/** The relay takes up an interface when it hears of it, and the kernel tells of a carrier once a second. */
async function waitForCarrier({ holder }: SandboxWorld, wiring: Wiring, name: string): Promise<void> {
  await waitFor(`the delay relay to carry ${name}`, 10_000, async () => {
    const differences = wiringDifferences(wiring, await observeNodes(holder, looksFor([], [wiring])));
    return differences.length === 0 ? undefined : differences.join(", ");
  });
}
