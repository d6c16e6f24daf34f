import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { observeLive, type Live } from "../live/live.ts";
import type { Output } from "../output/output.ts";
import { count, table } from "../output/table.ts";
import { exerciseOf, isBroken } from "../stacks/stack.ts";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";

export interface StatusOptions {
  readonly all?: boolean;
}

/** Nodes, daemons, sessions and links of a lab, as they are now. */
export async function status(context: Context, lab: string, options: StatusOptions): Promise<number> {
  const { output } = context;
  const stack = await context.stack(lab);
  const sandbox = await findSandbox(stack.key);
  if (sandbox === undefined) {
    output.result(`${lab} is down; \`lab up ${lab}\` brings it up.`);
    output.json({ stack: lab, lab: stack.lab.name, up: false });
    return exitCodes.failed;
  }
  const live = await observeLive(stack.topology, sandbox);
  output.result(statusText(lab, live, output, options.all === true));
  if (isBroken(stack)) output.result(`${output.paint("warn", "A fault is in it")}: \`lab hint ${lab}\` helps.`);
  output.json({
    stack: lab,
    lab: stack.lab.name,
    up: true,
    ...exerciseOf(stack),
    healthy: isHealthy(live),
    sandbox: { pid: sandbox.pid },
    ...live,
  });
  return isHealthy(live) ? exitCodes.good : exitCodes.failed;
}

export function isHealthy({ nodes, sessions, links }: Live): boolean {
  return (
    nodes.every(({ up, daemons }) => up && daemons.every(({ running }) => running)) &&
    sessions.every(({ established }) => established) &&
    links.every(({ up }) => up)
  );
}

/** Every node and session; of the links only those that aren't up, unless `all`. */
export function statusText(lab: string, live: Live, output: Pick<Output, "paint">, all: boolean): string {
  const state = (good: boolean, text: string): string => output.paint(good ? "good" : "bad", text);
  const nodes = live.nodes.map(({ name, kind, as, asn, up, daemons }) => [
    name,
    kind,
    as === undefined ? "" : `${as} (AS${asn})`,
    state(up, up ? "up" : "missing"),
    daemons
      .map(({ name: daemon, running }) => state(running, `${daemon} ${running ? "running" : "not running"}`))
      .join(" "),
  ]);
  const sessions = live.sessions.map(({ ends, kind, transport, over, established, states: [a, b] }) => [
    ends[0],
    ends[1],
    kind === "external" ? "eBGP" : "iBGP",
    transport === "ipv4" ? "IPv4" : "IPv6",
    over ?? "",
    state(established, a === b ? a : `${a} / ${b}`),
  ]);
  const links = live.links
    .filter(({ up }) => all || !up)
    .map(({ name, kind, up, problems }) => [name, kind, state(up, up ? "up" : problems.join(", "))]);
  const parts = [table(["NODE", "KIND", "AS", "STATE", "DAEMONS"], nodes)];
  if (sessions.length > 0) parts.push(table(["SESSION", "WITH", "KIND", "BY", "OVER", "STATE"], sessions));
  if (links.length > 0) parts.push(table(["LINK", "KIND", "STATE"], links));
  parts.push(summaryLine(lab, live, state));
  return parts.join("\n\n");
}

export function summaryLine(lab: string, live: Live, state: (good: boolean, text: string) => string): string {
  const established = live.sessions.filter((session) => session.established).length;
  const nodes = live.nodes.filter(({ up }) => up).length;
  const links = live.links.filter(({ up }) => up).length;
  const sessions =
    live.sessions.length === 0 ? "" : `${established} of ${count(live.sessions.length, "session")} Established, `;
  return `${state(isHealthy(live), lab)}: ${nodes} of ${count(live.nodes.length, "node")} up, ${sessions}${links} of ${count(live.links.length, "link")} up.`;
}
