/** Networks, names and ports of the container. */
import type { ContainerInspectInfo } from "dockerode";
import { boolean, list, number, object, string } from "../../../topology/validation/form.ts";
import { unordered } from "../../stand-in.ts";
import { filled, property } from "./property.ts";

export interface Attachment {
  /** Name or id of a network. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  readonly macAddress?: string;
  readonly linkLocalIps?: readonly string[];
  readonly driverOpts?: readonly string[];
}

interface Port {
  readonly internal: number;
  readonly external?: number;
  readonly ip?: string;
  readonly protocol?: string;
}

interface Host {
  readonly host: string;
  readonly ip: string;
}

const strings = (write: "Dns" | "DnsOptions" | "DnsSearch") =>
  property<readonly string[]>({
    form: list(string),
    change: "replace",
    canonical: unordered,
    write: ({ host }, value) => void ((host as Record<typeof write, string[]>)[write] = [...value]),
    read: (seen) => filled((seen.HostConfig as Partial<Record<typeof write, string[]>>)[write]),
  });

export const networkProperties = {
  networkMode: property<string>({
    form: string,
    change: "replace",
    default: "bridge",
    canonical: (value) => (value === "default" ? "bridge" : value),
    write: ({ host }, value) => (host.NetworkMode = value),
    read: (seen) => (isCutOff(seen) ? "none" : modeOf(seen)),
  }),
  networksAdvanced: property<readonly Attachment[]>({
    form: list(
      object(
        { name: string },
        {
          ...{ aliases: list(string), ipv4Address: string, ipv6Address: string, macAddress: string },
          ...{ linkLocalIps: list(string), driverOpts: list(string) },
        },
      ),
    ),
    change: "replace",
    canonical: (value) =>
      unordered(value.map(({ aliases = [], ...rest }) => [unordered(aliases), Object.entries(rest).sort()])),
    read: (seen, declared) => filled(declared?.filter((attachment) => isAttached(seen, attachment)) ?? imported(seen)),
  }),
  publishAllPorts: property<boolean>({
    form: boolean,
    change: "replace",
    canonical: (value) => value || undefined,
    write: ({ host }, value) => (host.PublishAllPorts = value),
    read: (seen) => seen.HostConfig.PublishAllPorts || undefined,
  }),
  ports: property<readonly Port[]>({
    form: list(object({ internal: number }, { external: number, ip: string, protocol: string })),
    change: "replace",
    canonical: (value) =>
      unordered(
        value.map(({ internal, external, ip = "0.0.0.0", protocol = "tcp" }) => [
          ...[internal, external ?? null, ip === "" ? "0.0.0.0" : ip, protocol],
        ]),
      ),
    write: ({ config, host }, value) => {
      config.ExposedPorts = {};
      const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
      for (const { internal, external, ip = "0.0.0.0", protocol = "tcp" } of value) {
        config.ExposedPorts[`${internal}/${protocol}`] = {};
        const published = (bindings[`${internal}/${protocol}`] ??= []);
        published.push({ HostIp: ip, HostPort: external === undefined ? "" : String(external) });
      }
      host.PortBindings = bindings;
    },
    read: (seen, declared) => {
      const bindings = (seen.HostConfig.PortBindings ?? {}) as Record<
        string,
        { HostIp: string; HostPort: string }[] | null
      >;
      return (
        declared ??
        filled(
          Object.entries(bindings).flatMap(([port, published]) => {
            const [internal, protocol = "tcp"] = port.split("/");
            return (published ?? []).map(({ HostIp, HostPort }) => ({
              internal: Number(internal),
              ...(HostPort === "" ? {} : { external: Number(HostPort) }),
              ip: HostIp === "" ? "0.0.0.0" : HostIp,
              protocol,
            }));
          }),
        )
      );
    },
  }),
  hosts: property<readonly Host[]>({
    form: list(object({ host: string, ip: string })),
    change: "replace",
    canonical: (value) => unordered(value.map(({ host, ip }) => `${host}:${ip}`)),
    write: ({ host }, value) => (host.ExtraHosts = value.map((each) => `${each.host}:${each.ip}`)),
    read: (seen) =>
      filled(
        (seen.HostConfig.ExtraHosts as string[] | null)?.map((text) => {
          const colon = text.indexOf(":");
          return { host: text.slice(0, colon), ip: text.slice(colon + 1) };
        }),
      ),
  }),
  dns: strings("Dns"),
  dnsOpts: strings("DnsOptions"),
  dnsSearches: strings("DnsSearch"),
};

function isAttached(seen: ContainerInspectInfo, { name, ipv4Address, ipv6Address }: Attachment): boolean {
  return Object.entries(seen.NetworkSettings.Networks).some(([network, endpoint]) => {
    if (name !== network && name !== endpoint.NetworkID) return false;
    const asked = endpoint.IPAMConfig;
    return (
      (ipv4Address === undefined || asked?.IPv4Address === ipv4Address) &&
      (ipv6Address === undefined || asked?.IPv6Address === ipv6Address)
    );
  });
}

function modeOf(seen: ContainerInspectInfo): string {
  const mode = seen.HostConfig.NetworkMode ?? "default";
  return mode === "default" ? "bridge" : mode;
}

/** Somebody has taken it off the only network that it was made for. */
function isCutOff(seen: ContainerInspectInfo): boolean {
  const mode = modeOf(seen);
  const isNetwork = mode !== "none" && mode !== "host" && !mode.startsWith("container:");
  return isNetwork && seen.State.Running && Object.keys(seen.NetworkSettings.Networks).length === 0;
}

/** Networks beside the one that its mode names. */
function imported(seen: ContainerInspectInfo): Attachment[] {
  const mode = modeOf(seen);
  return Object.entries(seen.NetworkSettings.Networks)
    .filter(([network]) => network !== mode)
    .map(([name, { IPAMConfig: asked }]) => ({
      name,
      ...(asked?.IPv4Address ? { ipv4Address: asked.IPv4Address } : {}),
      ...(asked?.IPv6Address ? { ipv6Address: asked.IPv6Address } : {}),
    }));
}
