/** What a running lab is like right now: nodes, daemons, sessions, links. */
import { daemonNames } from "../../topology/daemons/features.ts";
import { routerIdentity } from "../../topology/daemons/render.ts";
import type { SandboxHandle } from "../../provider/sandbox/handle.ts";
import type { Family } from "../../topology/spec.ts";
import type { End, Router, Topology } from "../../topology/topology.ts";

export interface LiveNode {
  readonly name: string;
  readonly kind: "router" | "host" | "machine";
  /** Name of its AS and that AS's number, for a router. */
  readonly as?: string;
  readonly asn?: number;
  /** True where its namespace is there. */
  readonly up: boolean;
  readonly daemons: readonly { readonly name: string; readonly running: boolean; readonly detail: string }[];
}

export interface LiveSession {
  /** The two ends as `router/protocol`. */
  readonly ends: readonly [string, string];
  readonly kind: "external" | "internal";
  readonly transport: Family;
  readonly over?: string;
  readonly established: boolean;
  /** Of each end, as its daemon says it, such as `Established` or `Active`. */
  readonly states: readonly [string, string];
}

export interface LiveLink {
  readonly name: string;
  readonly kind: "link" | "segment";
  readonly up: boolean;
  /** Of each end, as `node:interface`, what is wrong with it; empty where nothing is. */
  readonly problems: readonly string[];
}

export interface Live {
  readonly nodes: readonly LiveNode[];
  readonly sessions: readonly LiveSession[];
  readonly links: readonly LiveLink[];
}

type Sandbox = Pick<SandboxHandle, "nodes" | "sessions" | "exec">;

export async function observeLive(topology: Topology, sandbox: Sandbox): Promise<Live> {
  const [present, routers, devices] = await Promise.all([
    sandbox.nodes(),
    askRouters(topology, sandbox),
    readDevices(topology, sandbox),
  ]);
  const nodes = topology.nodes.map((node): LiveNode => {
    const base = { name: node.name, up: present.includes(node.name) };
    if (node.kind !== "router") return { ...base, kind: node.kind, daemons: [] };
    const answer = routers.get(node.name);
    const daemon = { name: node.daemon, running: answer?.states !== undefined, detail: answer?.error ?? "" };
    return { ...base, kind: "router", as: node.as, asn: node.asn, daemons: [daemon] };
  });
  const stateOf = (router: string, protocol: string): string => {
    const answer = routers.get(router);
    return answer?.states === undefined
      ? `no answer from ${answer?.daemon ?? "its daemon"}`
      : (answer.states.get(protocol)?.replaceAll(/\s+/g, " ") ?? "not configured");
  };
  const sessions = topology.sessions.map(({ ends: [a, b], kind, transport, over }): LiveSession => {
    const states = [stateOf(a.router, a.protocol), stateOf(b.router, b.protocol)] as const;
    return {
      ends: [`${a.router}/${a.protocol}`, `${b.router}/${b.protocol}`],
      kind,
      transport,
      ...(over === undefined ? {} : { over }),
      established: states.every((state) => /^Established\b/.test(state)),
      states,
    };
  });
  const link = (name: string, kind: "link" | "segment", ends: readonly End[]): LiveLink => {
    const problems = ends.flatMap((end) => {
      const state = devices.get(end.node)?.get(end.interface);
      return state === "up" ? [] : [`${end.node}:${end.interface} ${state ?? "missing"}`];
    });
    return { name, kind, up: problems.length === 0, problems };
  };
  return {
    nodes,
    sessions,
    links: [
      ...topology.links.map(({ name, ends }) => link(name, "link", ends)),
      ...topology.segments.map(({ name, members }) => link(name, "segment", members)),
    ],
  };
}

/** As the drawings take it: by `router/protocol`, and by name of link or segment. */
export function liveState(live: Live): Map<string, string> {
  const sessions = live.sessions.flatMap(({ ends, states }) =>
    ends.map((end, index) => [end, states[index] ?? ""] as const),
  );
  return new Map([...sessions, ...live.links.map(({ name, up }) => [name, up ? "up" : "down"] as const)]);
}

interface Answer {
  /** As people write it. */
  readonly daemon: string;
  readonly states?: ReadonlyMap<string, string>;
  readonly error?: string;
}

async function askRouters(topology: Topology, sandbox: Sandbox): Promise<Map<string, Answer>> {
  const queue = topology.nodes.filter((node) => node.kind === "router");
  const answers = new Map<string, Answer>();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let router = queue.shift(); router !== undefined; router = queue.shift())
        answers.set(router.name, await sessionsOf(topology, router, sandbox));
    }),
  );
  return answers;
}

async function sessionsOf(topology: Topology, router: Router, sandbox: Sandbox): Promise<Answer> {
  const daemon = daemonNames[router.daemon];
  try {
    return { daemon, states: await sandbox.sessions(routerIdentity(topology, router)) };
  } catch (error) {
    return { daemon, error: error instanceof Error ? error.message : String(error) };
  }
}

/** By node, by interface: `up`, `down` or what else ip(8) calls it. One process for all nodes. */
async function readDevices(topology: Topology, sandbox: Sandbox): Promise<Map<string, Map<string, string>>> {
  const script = 'for node; do echo "== $node"; ip -n "$node" -br link 2>/dev/null; done';
  const { stdout } = await sandbox.exec(undefined, [
    "sh",
    "-c",
    script,
    "sh",
    ...topology.nodes.map(({ name }) => name),
  ]);
  return parseDevices(stdout);
}

export function parseDevices(text: string): Map<string, Map<string, string>> {
  const devices = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.split("\n")) {
    const node = /^== (\S+)$/.exec(line)?.[1];
    if (node !== undefined) devices.set(node, (current = new Map<string, string>()));
    const device = /^([^\s@]+)(?:@\S+)?\s+([A-Z]+)\s/.exec(line);
    if (node === undefined && device !== null) current.set(device[1] ?? "", (device[2] ?? "").toLowerCase());
  }
  return devices;
}
