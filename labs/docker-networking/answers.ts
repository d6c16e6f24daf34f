/** What docker, ip, bridge and iptables print, read. */
import { expectation, seen } from "../expect.ts";
import type { CommandResult, Expectation } from "../lab.ts";

export interface Expected {
  readonly subnet: string;
  readonly gateway: string;
  readonly mtu: number;
  /** Names of its containers. */
  readonly containers: readonly string[];
}

interface Inspected {
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] };
  readonly Containers?: Readonly<Record<string, { readonly Name?: string }>>;
  readonly Options?: Readonly<Record<string, string>>;
}

/** Of `docker network inspect`, for one network. */
export function inspects({ subnet, gateway, mtu, containers }: Expected): Expectation {
  const wanted = { subnet, gateway, mtu: String(mtu), containers: [...containers].sort().join(" ") };
  return expectation(`subnet ${subnet}, gateway ${gateway}, MTU ${mtu}, containers ${wanted.containers}`, (result) => {
    const network = parsed<readonly Inspected[]>(result)?.[0];
    if (network === undefined) return seen(result);
    const [config] = network.IPAM?.Config ?? [];
    const found = {
      subnet: config?.Subnet,
      gateway: config?.Gateway,
      mtu: network.Options?.["com.docker.network.driver.mtu"],
      containers: Object.values(network.Containers ?? {})
        .map(({ Name: name }) => name)
        .sort()
        .join(" "),
    };
    const differing = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((key) => found[key] !== wanted[key]);
    return differing.length === 0 ? undefined : differing.map((key) => `${key} ${found[key] ?? "none"}`).join(", ");
  });
}

/**
 * Of `bridge link show`, then a line `NAME: ` and `ip -o link show eth0` of each container: its interface and a port of
 * its bridge have each other's index. `bridges`: by container.
 */
export function veths(bridges: Readonly<Record<string, string>>): Expectation {
  return expectation(
    "each container's eth0 paired with a port of its network's bridge, and no other port",
    (result) => {
      const ports = [...result.stdout.matchAll(/^(\d+): \S+@if(\d+): .* master (\S+)/gm)].map(
        ([, index, peer, bridge]) => ({ index, peer, bridge }),
      );
      const wrong = Object.entries(bridges).flatMap(([name, bridge]) => {
        const own = new RegExp(`^${name}: (\\d+): eth0@if(\\d+):`, "m").exec(result.stdout);
        if (own === null) return [`${name} without an eth0`];
        const port = ports.find(({ index, peer }) => index === own[2] && peer === own[1]);
        if (port === undefined) return [`no port with index ${own[2]} for ${name}`];
        return port.bridge === bridge ? [] : [`${name} at ${port.bridge}`];
      });
      if (ports.length !== Object.keys(bridges).length) wrong.push(`${ports.length} ports`);
      return wrong.length === 0 ? undefined : wrong.join(", ");
    },
  );
}

/** What sort of devices `ip -j -d link` tells of: a bridge, and its ports. Two lists, with a line `---` between. */
export function sameKinds(): Expectation {
  return expectation("a bridge with veth ports of the same MTU in both", (result) => {
    const [docker, hand, ...more] = result.stdout.split(/^---$/m).map(kindsOf);
    if (docker === undefined || hand === undefined || more.length > 0 || hand.length < 2) return seen(result);
    return docker.join(", ") === hand.join(", ")
      ? undefined
      : `${docker.join(", ")} of Docker, ${hand.join(", ")} by hand`;
  });
}

interface Device {
  readonly mtu?: number;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_slave_kind?: string };
}

/** Each sort once. */
function kindsOf(text: string): string[] {
  const devices = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .flatMap((line) => JSON.parse(line) as Device[]);
  const kinds = devices.map(({ mtu, linkinfo = {} }) => {
    const { info_kind: kind = "none", info_slave_kind: slave } = linkinfo;
    return `${kind}${slave === undefined ? "" : ` as port of a ${slave}`} with MTU ${mtu}`;
  });
  return [...new Set(kinds)].sort();
}

/**
 * Of `iptables -S`, Docker's and then, after a line `---`, those made by hand: each of the latter is among the former.
 * An address with length 32 is the web server's, which Docker chose.
 */
export function hasRules(): Expectation {
  return expectation("each rule made by hand among Docker's", (result) => {
    const [docker, hand, ...more] = result.stdout.split(/^---$/m).map(rulesOf);
    if (docker === undefined || hand === undefined || more.length > 0 || hand.length === 0) return seen(result);
    const missing = hand.filter((rule) => !docker.includes(rule));
    return missing.length === 0
      ? undefined
      : `Docker without ${missing.map((rule) => JSON.stringify(rule)).join(", ")}`;
  });
}

function rulesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/(--to-destination )[\d.]+/, "$1WEB")
        .replaceAll(/[\d.]+\/32/g, "WEB"),
    )
    .filter((line) => line.startsWith("-A "));
}

function parsed<T>({ stdout }: CommandResult): T | undefined {
  try {
    return JSON.parse(stdout) as T;
  } catch {
    return undefined;
  }
}
