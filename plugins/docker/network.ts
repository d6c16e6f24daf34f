/** `docker:index/network:Network`. */
import type Docker from "dockerode";
import type { NetworkInspectInfo } from "dockerode";
import type { Properties } from "../../provider/rpc/values.ts";
import { boolean, list, object, record, string } from "../../topology/validation/form.ts";
import { dockerMessage, isNotFound } from "../../toolchain/docker/client.ts";
import { unordered, type Property, type StandIn } from "../stand-in.ts";

interface Label {
  readonly label: string;
  readonly value: string;
}

interface IpamConfig {
  readonly subnet?: string;
  readonly gateway?: string;
  readonly ipRange?: string;
  readonly auxAddress?: Readonly<Record<string, string>>;
}

const replace = { change: "replace" } as const;
const flag: Property = { ...replace, form: boolean, canonical: (value: boolean) => value || undefined };

const properties: Readonly<Record<string, Property>> = {
  name: { ...replace, form: string },
  driver: { ...replace, form: string },
  options: { ...replace, form: record(string) },
  labels: { ...replace, form: list(object({ label: string, value: string })), canonical: unordered },
  internal: flag,
  attachable: flag,
  ingress: flag,
  ipv6: flag,
  ipamDriver: { ...replace, form: string, default: "default" },
  ipamOptions: { ...replace, form: record(string) },
  ipamConfigs: {
    ...replace,
    form: list(object({}, { subnet: string, gateway: string, ipRange: string, auxAddress: record(string) })),
    canonical: (value: readonly IpamConfig[]) =>
      unordered(
        value.map(({ auxAddress = {}, ...rest }) => [Object.entries(rest).sort(), Object.entries(auxAddress).sort()]),
      ),
  },
};

export function networkResource(docker: () => Docker): StandIn {
  return {
    type: "docker:index/network:Network",
    properties,
    computed: ["scope", "driver", "options", "ipamConfigs", "internal"],
    named: true,
    deleteFirst: "named",
    async create(inputs) {
      const { name, driver, options, labels = [], internal, attachable, ingress, ipv6 } = inputs;
      const { ipamDriver, ipamOptions, ipamConfigs = [] } = inputs;
      try {
        const network = await docker().createNetwork({
          Name: name as string,
          // Docker takes two networks of the same name otherwise.
          CheckDuplicate: true,
          ...(driver === undefined ? {} : { Driver: driver as string }),
          Options: (options ?? {}) as Record<string, string>,
          Labels: Object.fromEntries((labels as readonly Label[]).map(({ label, value }) => [label, value])),
          Internal: internal === true,
          Attachable: attachable === true,
          Ingress: ingress === true,
          EnableIPv6: ipv6 === true,
          IPAM: {
            Driver: ipamDriver as string,
            ...(ipamOptions === undefined ? {} : { Options: ipamOptions as Record<string, string> }),
            Config: (ipamConfigs as readonly IpamConfig[]).map(({ subnet, gateway, ipRange, auxAddress }) => ({
              ...(subnet === undefined ? {} : { Subnet: subnet }),
              ...(gateway === undefined ? {} : { Gateway: gateway }),
              ...(ipRange === undefined ? {} : { IPRange: ipRange }),
              ...(auxAddress === undefined ? {} : { AuxiliaryAddresses: auxAddress }),
            })) as never,
          },
        });
        const seen = (await network.inspect()) as NetworkInspectInfo;
        return { id: seen.Id, outputs: { ...observed(seen), ...inputs } };
      } catch (error) {
        throw new Error(`Docker can't create the network ${name}: ${dockerMessage(error)}`);
      }
    },
    async read(id, inputs) {
      try {
        const seen = (await docker().getNetwork(id).inspect()) as NetworkInspectInfo;
        const now = observed(seen);
        return { id: seen.Id, inputs: inputs ?? declarable(now), outputs: { ...now, ...inputs } };
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw new Error(`Docker can't look at the network ${id}: ${dockerMessage(error)}`);
      }
    },
    async update() {
      throw new Error("Every property of a network replaces it.");
    },
    async remove(id, state) {
      const end = Date.now() + 30_000;
      for (;;) {
        try {
          await docker().getNetwork(id).remove();
          return;
        } catch (error) {
          if (isNotFound(error)) return;
          // A container that is being removed leaves it in a moment.
          if (!/active endpoints/.test(dockerMessage(error)) || Date.now() > end)
            throw new Error(`Docker can't remove the network ${state["name"]}: ${dockerMessage(error)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  };
}

/** A network can't change once it is made; this is what it was made with. */
function observed(seen: NetworkInspectInfo): Properties {
  const labels = Object.entries(seen.Labels ?? {}).map(([label, value]) => ({ label, value }));
  const configs = (seen.IPAM?.Config ?? []) as unknown as Readonly<Record<string, unknown>>[];
  return {
    name: seen.Name,
    driver: seen.Driver,
    scope: seen.Scope,
    internal: seen.Internal,
    attachable: seen.Attachable,
    ingress: seen.Ingress,
    ipv6: seen.EnableIPv6 ?? false,
    options: seen.Options ?? {},
    labels,
    ipamDriver: seen.IPAM?.Driver ?? "default",
    ipamConfigs: configs.map(({ Subnet, Gateway, IPRange, AuxiliaryAddresses }) => ({
      ...(Subnet === undefined ? {} : { subnet: Subnet }),
      ...(Gateway === undefined ? {} : { gateway: Gateway }),
      ...(IPRange === undefined ? {} : { ipRange: IPRange }),
      ...(AuxiliaryAddresses === undefined ? {} : { auxAddress: AuxiliaryAddresses }),
    })),
  };
}

/** What a program would declare to get it. */
function declarable(seen: Properties): Properties {
  const { scope: _, ...declared } = seen;
  return Object.fromEntries(
    Object.entries(declared).filter(
      ([, value]) =>
        value !== false && !(typeof value === "object" && value !== null && Object.keys(value).length === 0),
    ),
  );
}
