/** `docker:index/container:Container`. */
import type Docker from "dockerode";
import type { Container, ContainerInspectInfo } from "dockerode";
import type { Properties } from "../../../provider/rpc/values.ts";
import { string } from "../../../topology/validation/form.ts";
import { dockerMessage, isNotFound, statusOf } from "../../../toolchain/docker/client.ts";
import { same } from "../../service.ts";
import type { StandIn } from "../../stand-in.ts";
import { pullImage } from "../remote-image.ts";
import { isolationProperties } from "./isolation.ts";
import { lifecycleProperties } from "./lifecycle.ts";
import { networkProperties, type Attachment } from "./network.ts";
import { processProperties } from "./process.ts";
import { property, type ContainerProperty, type Wanted } from "./property.ts";
import { resourceProperties } from "./resources.ts";
import { healthcheckProblems, start } from "./start.ts";
import { storageProperties } from "./storage.ts";
import { upload, uploadProblems, uploadsNow } from "./uploads.ts";

const properties: Readonly<Record<string, ContainerProperty>> = {
  name: property<string>({ form: string, change: "replace", read: (seen) => seen.Name.replace(/^\//, "") }),
  ...processProperties,
  ...resourceProperties,
  ...isolationProperties,
  ...storageProperties,
  ...networkProperties,
  ...lifecycleProperties,
};

/** What Docker's `update` takes. */
const updatable = [
  "Memory",
  "MemoryReservation",
  "MemorySwap",
  "CpuShares",
  "CpusetCpus",
  "CpuPeriod",
  "CpuQuota",
] as const;

function failed(what: string, error: unknown, inputs?: Properties): Error {
  const name = inputs?.["name"];
  return new Error(
    `Docker can't ${what} the container${typeof name === "string" ? ` ${name}` : ""}: ${dockerMessage(error)}`,
  );
}

export function containerResource(docker: () => Docker): StandIn {
  const look = async (container: Container): Promise<ContainerInspectInfo | undefined> =>
    container.inspect().catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw failed("look at", error);
    });
  return {
    type: "docker:index/container:Container",
    properties,
    computed: [
      ...["bridge", "containerLogs", "exitCode", "networkDatas", "command", "entrypoints", "hostname", "init"],
      ...["ipcMode", "logDriver", "runtime", "shmSize", "stopSignal"],
    ],
    named: true,
    deleteFirst: true,
    problems: (inputs) => [...uploadProblems(inputs), ...healthcheckProblems(inputs)],
    async create(inputs) {
      const wanted = wantedOf(inputs);
      const create = (): Promise<Container> =>
        docker().createContainer({ ...wanted.config, HostConfig: wanted.host, name: inputs["name"] as string });
      let container: Container;
      try {
        container = await create().catch(async (error: unknown) => {
          if (!isNotFound(error)) throw error;
          await pullImage(docker(), inputs["image"] as string);
          return create();
        });
      } catch (error) {
        throw failed("create", error, inputs);
      }
      try {
        await attach(docker(), container, inputs);
        await upload(container, inputs);
        const logs = inputs["start"] === false ? undefined : await start(container, inputs);
        const seen = await look(container);
        if (seen === undefined) return { id: container.id, outputs: { ...inputs, exitCode: 0, containerLogs: logs } };
        return {
          id: seen.Id,
          outputs: { ...outputsOf(seen, inputs), ...(logs === undefined ? {} : { containerLogs: logs }) },
        };
      } catch (error) {
        // Nothing half-made stays; the next `up` makes it anew.
        await container.remove({ force: true, v: true }).catch(() => {});
        throw failed("start", error, inputs);
      }
    },
    async read(id, inputs, state) {
      const container = docker().getContainer(id);
      const seen = await look(container);
      if (seen === undefined) return undefined;
      const now: Properties = {};
      for (const [name, rule] of Object.entries(properties)) {
        const declared = inputs?.[name];
        if (inputs !== undefined && declared === undefined) continue;
        const value =
          rule.read === undefined ? declared : (rule.read as (...args: unknown[]) => unknown)(seen, declared);
        if (value === undefined) continue;
        // On import, what a container has anyway isn't declared.
        if (inputs === undefined && (same(rule, value, undefined) || chosenByDaemon.has(name))) continue;
        now[name] = value;
      }
      if (inputs !== undefined) {
        const uploads = await uploadsNow(container, inputs).catch((error: unknown) => {
          throw failed("read files of", error, inputs);
        });
        Object.assign(now, uploads);
      }
      const running = seen.State.Running || inputs?.["start"] === false || inputs?.["attach"] === true;
      if (!running && inputs?.["mustRun"] === true) now["mustRun"] = false;
      const outputs = outputsOf(seen, { ...(inputs ?? {}), ...now });
      const logs = state?.["containerLogs"];
      return {
        id: seen.Id,
        inputs: now,
        outputs: { ...outputs, ...(logs === undefined ? {} : { containerLogs: logs }) },
      };
    },
    async update(id, inputs, state) {
      const container = docker().getContainer(id);
      try {
        const { host } = wantedOf(inputs);
        const changes = Object.fromEntries(updatable.flatMap((name) => (host[name] ? [[name, host[name]]] : [])));
        await container.update({ ...changes, RestartPolicy: host.RestartPolicy ?? { Name: "no" } });
        const seen = await container.inspect();
        const wantsToRun = inputs["mustRun"] === true && inputs["start"] !== false && inputs["attach"] !== true;
        if (!seen.State.Running && wantsToRun) await start(container, inputs);
        const { containerLogs } = state;
        return {
          ...outputsOf(await container.inspect(), inputs),
          ...(containerLogs === undefined ? {} : { containerLogs }),
        };
      } catch (error) {
        throw failed("update", error, inputs);
      }
    },
    async remove(id, state) {
      const container = docker().getContainer(id);
      try {
        const grace = Number(state["destroyGraceSeconds"] ?? 0);
        // `remove` with force kills it at once, which is what no time to end in good order comes to.
        if (grace > 0 && state["attach"] !== true) await container.stop({ t: grace });
      } catch (error) {
        if (!isNotFound(error) && statusOf(error) !== 304) throw failed("stop", error, state);
      }
      try {
        await container.remove({ force: true, v: state["removeVolumes"] !== false });
      } catch (error) {
        if (isNotFound(error)) return;
        // Another is removing it: when that has ended, so has it.
        if (statusOf(error) !== 409) throw failed("remove", error, state);
        await container.wait({ condition: "removed" }).catch(() => {});
      }
    },
  };
}

/** Properties for which a daemon has a value of its own that nobody declares. */
const chosenByDaemon = new Set([
  ...["hostname", "command", "entrypoints", "ipcMode", "logDriver", "runtime", "shmSize", "stopSignal", "securityOpts"],
  ...["workingDir", "memorySwap", "init"],
]);

function wantedOf(inputs: Properties): Wanted {
  const wanted: Wanted = { config: {}, host: {} };
  // `memory` looks at what `memorySwap` says.
  for (const name of ["memorySwap", ...Object.keys(properties).filter((each) => each !== "memorySwap")]) {
    const value = inputs[name];
    if (value !== undefined) (properties[name]?.write as ((...args: unknown[]) => void) | undefined)?.(wanted, value);
  }
  return wanted;
}

/** Everything declared, and what the daemon says beyond it. */
function outputsOf(seen: ContainerInspectInfo, inputs: Properties): Properties {
  const outputs: Properties = { ...inputs };
  for (const [name, rule] of Object.entries(properties)) {
    const value = (rule.read as ((...args: unknown[]) => unknown) | undefined)?.(seen, inputs[name]);
    if (value !== undefined && name !== "networksAdvanced") outputs[name] = value;
  }
  outputs["bridge"] = (seen.NetworkSettings as { Bridge?: string }).Bridge ?? "";
  if (!seen.State.Running) outputs["exitCode"] = seen.State.ExitCode;
  outputs["networkDatas"] = Object.entries(seen.NetworkSettings.Networks).map(([networkName, endpoint]) => ({
    networkName,
    ipAddress: endpoint.IPAddress,
    ipPrefixLength: endpoint.IPPrefixLen,
    gateway: endpoint.Gateway,
    globalIpv6Address: endpoint.GlobalIPv6Address,
    globalIpv6PrefixLength: endpoint.GlobalIPv6PrefixLen,
    ipv6Gateway: endpoint.IPv6Gateway,
    macAddress: endpoint.MacAddress,
  }));
  return outputs;
}

async function attach(docker: Docker, container: Container, inputs: Properties): Promise<void> {
  const networks = inputs["networksAdvanced"] as readonly Attachment[] | undefined;
  if (networks === undefined || networks.length === 0) return;
  await docker
    .getNetwork("bridge")
    .disconnect({ Container: container.id })
    .catch((error: unknown) => {
      if (!/is not connected to/.test(dockerMessage(error))) throw error;
    });
  for (const { name, aliases = [], ipv4Address, ipv6Address, macAddress, linkLocalIps, driverOpts } of networks) {
    await docker.getNetwork(name).connect({
      Container: container.id,
      EndpointConfig: {
        Aliases: [...aliases],
        IPAMConfig: {
          ...(ipv4Address === undefined ? {} : { IPv4Address: ipv4Address }),
          ...(ipv6Address === undefined ? {} : { IPv6Address: ipv6Address }),
          ...(linkLocalIps === undefined ? {} : { LinkLocalIPs: [...linkLocalIps] }),
        },
        ...(macAddress === undefined ? {} : { MacAddress: macAddress }),
        ...(driverOpts === undefined
          ? {}
          : { DriverOpts: Object.fromEntries(driverOpts.map((each) => each.split("=", 2))) }),
      },
    });
  }
}
