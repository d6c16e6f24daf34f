import { closeSync, openSync } from "node:fs";
import { requireName, type Context } from "../context.ts";
import { CommandError } from "../errors.ts";
import type { Stack } from "../stacks/stack.ts";
import { exitOf, requireRunning } from "./exec.ts";

export interface CaptureOptions {
  readonly write?: string;
  readonly count?: string;
}

/** Packets of a link, a segment or an interface, by tcpdump on the node there. */
export async function capture(
  context: Context,
  lab: string,
  place: string,
  filter: readonly string[],
  options: CaptureOptions,
): Promise<number> {
  if (options.count !== undefined && !/^[1-9]\d*$/.test(options.count))
    throw new CommandError(`--count ${options.count}: expected a number of packets, 1 or more.`);
  const { stack, sandbox } = await context.running(lab);
  const { node, interface: device } = findPlace(stack, place);
  await requireRunning(sandbox, node, lab);
  const toFile = options.write !== undefined;
  const argv = [
    "tcpdump",
    "-n",
    "-i",
    device,
    ...(toFile ? ["-U", "-w", "-"] : ["-l"]),
    ...(options.count === undefined ? [] : ["-c", options.count]),
    ...filter,
  ];
  if (options.write === undefined || options.write === "-") {
    if (toFile && context.output.streams.stdout.isTTY === true) {
      throw new CommandError(
        "A capture file on the terminal would be unreadable.",
        `Send it on, such as \`lab capture ${lab} ${place} -w - | wireshark -k -i -\`, or name a file.`,
      );
    }
    return exitOf(sandbox.attach(node, argv));
  }
  const file = openSync(options.write, "w");
  try {
    return await exitOf(sandbox.attach(node, argv, ["inherit", file, "inherit"]));
  } finally {
    closeSync(file);
  }
}

/** `NODE:INTERFACE`, or the name of a link (its first end) or a segment (its first member). */
export function findPlace(stack: Pick<Stack, "topology" | "name">, place: string): { node: string; interface: string } {
  const { nodes, links, segments } = stack.topology;
  const colon = place.indexOf(":");
  if (colon !== -1) {
    const name = requireName(
      place.slice(0, colon),
      nodes.map((node) => node.name),
      "node",
      stack.name,
    );
    const devices = ["lo", ...(nodes.find((node) => node.name === name)?.interfaces ?? []).map((each) => each.name)];
    return { node: name, interface: requireName(place.slice(colon + 1), devices, "interface", `The node ${name}`) };
  }
  const ends = new Map([
    ...links.map((link) => [link.name, link.ends[0]] as const),
    ...segments.map((segment) => [segment.name, segment.members[0]] as const),
  ]);
  requireName(place, [...ends.keys()], "link or segment", stack.name);
  const end = ends.get(place);
  if (end === undefined) throw new CommandError(`The segment ${place} has no members.`);
  return end;
}
