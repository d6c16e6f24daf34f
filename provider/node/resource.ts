import { rm } from "node:fs/promises";
import { detachLines } from "../container/attachments.ts";
import { requireAddress, requireNodeName, requireText } from "../checks.ts";
import { baselinePath, namespaces, nodeDirectory, observeFiles } from "../kernel/observe.ts";
import { insidePath } from "../sandbox/holder.ts";
import { scriptInside } from "../sandbox/run.ts";
import type { Resource } from "../resource.ts";
import { PartialFailure } from "../rpc/service.ts";
import type { NodeInputs } from "../schema.ts";
import type { World } from "../world.ts";
import { daemonsToRestart, nodeDifferences } from "./differences.ts";

/** `labwright:net:Node`; see NodeInputs. */
export function nodeResource(world: World): Resource<NodeInputs> {
  return {
    type: "labwright:net:Node",
    changes: {
      sandbox: "replace",
      name: "replace",
      loopbacks: "live",
      sysctls: "live",
      files: "live",
      ruleset: "live",
      iptables: "live",
      ip6tables: "live",
      ownRules: "live",
      daemons: "restart",
      mounts: "restart",
      clock: "restart",
      container: "live",
    },
    check: (inputs) => [
      ...requireText(inputs, "sandbox"),
      ...requireNodeName(inputs, "name"),
      ...(inputs.loopbacks ?? []).flatMap((address, index) => requireAddress(address, `loopbacks[${index}]`)),
      ...Object.keys(inputs.sysctls ?? {})
        .filter((name) => !/^net(\.[\w-]+)+$/.test(name))
        .map((name) => ({
          code: "bad-sysctl",
          path: "sysctls",
          found: name,
          expected: "a name below net, e.g. net.ipv4.ip_forward",
          hint: "A node can only set sysctls of its own network namespace.",
        })),
      ...Object.keys(inputs.files ?? {})
        .filter((name) => name.startsWith("/") || name.split("/").includes(".."))
        .map((name) => ({
          code: "bad-path",
          path: "files",
          found: name,
          expected: "a path inside the node's directory",
          hint: "Use a relative path without `..`.",
        })),
    ],
    id: (inputs) => `${inputs.sandbox}/${inputs.name}`,
    predict: () => ({}),
    async observe(inputs, _state, depth) {
      const sandbox = await world.find(inputs.sandbox);
      if (sandbox === undefined) return undefined;
      const unplugged =
        inputs.container === undefined ? undefined : await sandbox.unplugged(inputs.name, inputs.container);
      if (unplugged !== undefined) return { drift: [`container: ${unplugged}`] };
      const observed = (await sandbox.observe([inputs], [], depth)).get(inputs.name);
      if (observed === undefined) return undefined;
      return { drift: nodeDifferences(inputs, observed, await observeFiles(sandbox.holder, inputs)) };
    },
    async reconcile(inputs, previous) {
      const sandbox = await world.get(inputs.sandbox);
      try {
        await sandbox.ensure(`node ${inputs.name}`, {
          kind: "node",
          inputs,
          restart: daemonsToRestart(previous, inputs),
        });
      } catch (error) {
        if ((await namespaces(sandbox.holder)).includes(inputs.name))
          throw new PartialFailure((error as Error).message);
        throw error;
      }
      return inputs;
    },
    async remove(state) {
      const sandbox = await world.find(state.sandbox);
      if (sandbox === undefined) return;
      const { name } = state;
      const lines =
        state.container === undefined
          ? [`ip netns pids ${name} 2>/dev/null | xargs -r kill -9; ip netns del ${name} 2>/dev/null`]
          : detachLines(name);
      await scriptInside(sandbox.holder, [...lines, `rm -f ${baselinePath(name)}`].join("\n"));
      await rm(insidePath(sandbox.holder, nodeDirectory(state.name)), { recursive: true, force: true });
      sandbox.forgetLook();
    },
  };
}
