import type { Problem } from "../../topology/problem.ts";
import type { Resource } from "../resource.ts";
import type { SandboxInputs, SandboxOutputs } from "../schema.ts";
import { requireText } from "../checks.ts";
import type { World } from "../world.ts";
import { prepareRunDirectory, removeRunDirectory } from "../container/directory.ts";
import { differingNames, writeNames } from "./hosts.ts";
import { removeSandbox } from "./remove.ts";

/** `labwright:net:Sandbox`; see SandboxInputs. To delete it ends every process and namespace of the lab. */
export function sandboxResource(world: World): Resource<SandboxInputs, SandboxOutputs> {
  return {
    type: "labwright:net:Sandbox",
    changes: { key: "replace", lab: "live", hosts: "live", resolvers: "live", containers: "live" },
    check: (inputs): Problem[] => [...requireText(inputs, "key"), ...requireText(inputs, "lab")],
    id: (inputs) => inputs.key,
    predict: (inputs) => ({ key: inputs.key }),
    async observe(inputs, state) {
      const sandbox = await world.find(inputs.key);
      if (sandbox === undefined) return undefined;
      const { pid, startTime } = sandbox.holder;
      const names = await differingNames(sandbox.holder, inputs);
      const other = state !== undefined && (state.pid !== pid || state.startTime !== startTime);
      return {
        drift: [...(other ? ["it was started again since"] : []), ...names.map((name) => `/etc/${name}: edited`)],
        outputs: { pid, startTime },
      };
    },
    async reconcile(inputs, previous) {
      const { key, lab, containers = [] } = inputs;
      if (containers.length > 0 && process.getuid?.() !== 0)
        throw new Error("Links can be plugged into containers by root only: run this as root, such as by `sudo`.");
      const directory = containers.length > 0 ? await prepareRunDirectory(key, containers) : undefined;
      const { holder } = await world.ensure(key, lab, directory);
      await writeNames(holder, inputs);
      if (directory === undefined && hasContainers(previous)) await removeRunDirectory(key);
      return { ...inputs, pid: holder.pid, startTime: holder.startTime };
    },
    async remove(state) {
      await removeSandbox(state.key, hasContainers(state));
      world.forget(state.key);
    },
  };
}

function hasContainers(inputs: Partial<SandboxInputs> | undefined): boolean {
  return (inputs?.containers ?? []).length > 0;
}
