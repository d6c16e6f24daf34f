import { rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { requireNodeName, requireText } from "../checks.ts";
import { waitForDaemon } from "../kernel/ensure.ts";
import { namespaces, nodeDirectory, noteSysctls, observeNodes } from "../kernel/observe.ts";
import type { Resource } from "../resource.ts";
import { PartialFailure } from "../rpc/service.ts";
import { insidePath } from "../sandbox/holder.ts";
import { scriptInside } from "../sandbox/run.ts";
import type { MachineInputs } from "../schema.ts";
import type { World } from "../world.ts";
import { makeMachine, removeScript } from "./make.ts";
import { declarationFile, declarationOf, machineDifferences, noteBaseline } from "./observe.ts";

/** `labwright:net:Machine`; see MachineInputs. */
export function machineResource(world: World): Resource<MachineInputs> {
  const turns = new Turns(2 * availableParallelism());
  return {
    type: "labwright:net:Machine",
    changes: {
      sandbox: "replace",
      name: "replace",
      interfaces: "restart",
      sysctls: "restart",
      files: "restart",
      environment: "restart",
      setup: "restart",
      serviceFiles: "restart",
      daemons: "restart",
    },
    check: (inputs) => [...requireText(inputs, "sandbox"), ...requireNodeName(inputs, "name")],
    id: (inputs) => `${inputs.sandbox}/${inputs.name}`,
    predict: () => ({}),
    async observe(inputs) {
      const sandbox = await world.find(inputs.sandbox);
      const observed = (await sandbox?.observeAll())?.get(inputs.name);
      if (sandbox === undefined || observed === undefined) return undefined;
      return { drift: await machineDifferences(sandbox.holder, inputs, observed) };
    },
    async reconcile(inputs) {
      const { holder } = await world.get(inputs.sandbox);
      // Links and segments may have changed since the last look.
      const sysctls = Object.keys(inputs.sysctls);
      const observed = (await observeNodes(holder, [{ node: inputs.name, sysctls, ruleset: true }])).get(inputs.name);
      if (observed !== undefined && (await machineDifferences(holder, inputs, observed)).length === 0) return inputs;
      try {
        await turns.take(() => makeMachine(holder, inputs));
        await Promise.all(inputs.daemons.map((daemon) => waitForDaemon(holder, { name: inputs.name }, daemon)));
        await noteSysctls(holder, sysctls);
        await noteBaseline(holder, inputs);
        await writeFile(insidePath(holder, declarationFile(inputs.name)), declarationOf(inputs));
      } catch (error) {
        if ((await namespaces(holder)).includes(inputs.name)) throw new PartialFailure((error as Error).message);
        throw error;
      }
      return inputs;
    },
    async remove(state) {
      const sandbox = await world.find(state.sandbox);
      if (sandbox === undefined) return;
      await scriptInside(sandbox.holder, removeScript(state));
      await rm(insidePath(sandbox.holder, nodeDirectory(state.name)), { recursive: true, force: true });
      sandbox.forgetLook();
    },
  };
}

/** Lets so many run at a time: a set-up may start daemons, and too many at once starve each other. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take<T>(run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
