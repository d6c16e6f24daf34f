/** What links and segments have in common as resources. */
import { planRemoval, wiringDifferences, type Wiring } from "./kernel/wire.ts";
import { scriptInside } from "./sandbox/run.ts";
import type { Resource } from "./resource.ts";
import type { World } from "./world.ts";

interface WiringInputs {
  readonly sandbox: string;
  readonly name: string;
}

export interface WiringKind<Inputs extends WiringInputs> extends Pick<Resource<Inputs>, "type" | "changes" | "check"> {
  wiring(inputs: Inputs): Wiring;
}

export function wiringResource<Inputs extends WiringInputs>(world: World, kind: WiringKind<Inputs>): Resource<Inputs> {
  return {
    type: kind.type,
    changes: kind.changes,
    check: kind.check,
    id: (inputs) => `${inputs.sandbox}/${inputs.name}`,
    predict: () => ({}),
    async observe(inputs, _state, depth) {
      const sandbox = await world.find(inputs.sandbox);
      if (sandbox === undefined) return undefined;
      const wiring = kind.wiring(inputs);
      const drift = wiringDifferences(wiring, await sandbox.observe([], [wiring], depth));
      return { drift };
    },
    async reconcile(inputs, previous) {
      const sandbox = await world.get(inputs.sandbox);
      const wiring = kind.wiring(inputs);
      if (previous !== undefined) {
        const removal = planRemoval(kind.wiring(previous), wiring);
        if (removal !== "") await scriptInside(sandbox.holder, removal);
      }
      await sandbox.ensure(`${kind.type} ${inputs.name}`, { kind: "wiring", wiring });
      return inputs;
    },
    async remove(state) {
      const sandbox = await world.find(state.sandbox);
      if (sandbox === undefined) return;
      await scriptInside(sandbox.holder, planRemoval(kind.wiring(state), { bridges: [], wires: [] }));
      sandbox.forgetLook();
    },
  };
}
