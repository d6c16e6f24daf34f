/** Which ports are open in a network namespace, read from /proc (proc_net_tcp(5), proc_net_udp(5)). */
import { readFile } from "node:fs/promises";
import type { DaemonInputs } from "../schema.ts";

type Port = NonNullable<DaemonInputs["listens"]>[number];

/** Those that nothing listens on, in the network namespace of a process. `proc`: where its proc file system is. */
export async function closedPorts(proc: string, pid: string, ports: readonly Port[]): Promise<Port[]> {
  const open = { tcp: new Set<number>(), udp: new Set<number>() };
  for (const protocol of new Set(ports.map((port) => port.protocol)))
    for (const table of [protocol, `${protocol}6`]) {
      const text = await readFile(`${proc}/${pid}/net/${table}`, "utf8").catch(() => "");
      for (const port of openPorts(text, protocol)) open[protocol].add(port);
    }
  return ports.filter(({ protocol, port }) => !open[protocol].has(port));
}

/** Ports of listening TCP sockets (state 0A), or of UDP sockets without a peer (state 07). */
export function openPorts(table: string, protocol: "tcp" | "udp"): number[] {
  const state = protocol === "tcp" ? "0A" : "07";
  return table.split("\n").flatMap((line) => {
    const match = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line);
    return match?.[2] === state ? [Number.parseInt(match[1] ?? "", 16)] : [];
  });
}
