import type { Problem } from "../../topology/problem.ts";
import type { Resource } from "../resource.ts";
import type { SandboxInputs, SandboxOutputs } from "../schema.ts";
import { requireText } from "../checks.ts";
import type { World } from "../world.ts";
import { removeControlGroups } from "./control-groups.ts";
import { endHolder, findHolder } from "./holder.ts";
import { differingNames, writeNames } from "./hosts.ts";

/** `labwright:net:Sandbox`; see SandboxInputs. To delete it ends every process and namespace of the lab. */
export function sandboxResource(world: World): Resource<SandboxInputs, SandboxOutputs> {
  return {
    type: "labwright:net:Sandbox",
    changes: { key: "replace", lab: "live", hosts: "live", resolvers: "live" },
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
    async reconcile(inputs) {
      const { holder } = await world.ensure(inputs.key, inputs.lab);
      await writeNames(holder, inputs);
      return { ...inputs, pid: holder.pid, startTime: holder.startTime };
    },
    async remove(state) {
      const holder = await findHolder(state.key);
      if (holder !== undefined) await endHolder(holder);
      else await removeControlGroups(state.key);
      world.forget(state.key);
    },
  };
}
