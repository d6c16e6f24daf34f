import { setTimeout as sleep } from "node:timers/promises";
import { containersOf, requireDocker } from "../containers/containers.ts";
import { containerEvents, type ContainerEvent } from "../containers/events.ts";
import { Backoff } from "../containers/backoff.ts";
import type { Context } from "../context.ts";
import { CommandError, exitCodes, InterruptedError } from "../errors.ts";
import { isBusy } from "../engine/locks.ts";
import { seconds } from "../output/table.ts";
import { formatRepair } from "../progress/repairs.ts";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import { bringUp } from "./bring-up.ts";

/** Milliseconds in which what happens together is taken together. */
const gathering = 300;

/**
 * Runs `up` whenever a container of the lab is started, ends, is paused or removed, by whoever it may be, until Ctrl-C or
 * until the lab goes down.
 */
export async function watch(context: Context, lab: string): Promise<number> {
  const { stack } = await context.running(lab);
  if (containersOf(stack.topology).length === 0)
    throw new CommandError(
      `No node of ${lab} is a container.`,
      `\`lab up ${lab}\` finds what differs, and repairs it.`,
    );
  await requireDocker(stack);
  context.output.result(`Watching the containers of ${lab}; Ctrl-C ends it.`);
  const end = new AbortController();
  const events = containerEvents(stack.key, end.signal);
  const backoff = new Backoff();
  let next = events.next();
  let held: ContainerEvent[] = [];
  for (;;) {
    const wait =
      held.length === 0
        ? undefined
        : sleep(Math.max(0, whenOver(held, backoff) - Date.now()), undefined, { ref: false });
    const first = await (wait === undefined ? next : Promise.race([next, wait]));
    if (first?.done === true) throw new CommandError("The Docker daemon has ended.", undefined, exitCodes.failed);
    const seen: ContainerEvent[] = [];
    for (;;) {
      const more = await Promise.race([next, sleep(gathering)]);
      if (more === undefined || more.done === true) break;
      seen.push(more.value);
      next = events.next();
    }
    const now = Date.now();
    for (const { node, action } of seen) if (action === "die") backoff.ended(node, now);
    held.push(...seen);
    // A repair is an `up` of the whole lab: whatever else has happened isn't kept waiting.
    if (held.every((event) => waits(event, backoff, now))) {
      const nodes = [...new Set(seen.map(({ node }) => node))].join(", ");
      const left = Math.ceil((whenOver(held, backoff) - now) / 1000);
      if (nodes !== "") context.output.result(`${nodes} ended again at once: the next repair is in ${left} s.`);
      continue;
    }
    const repaired = held;
    held = [];
    if (!(await repair(context, lab, repaired))) {
      end.abort();
      context.output.result(`${lab} has gone down.`);
      return exitCodes.good;
    }
  }
}

/** Whether it is of a container that ends again and again, or that a repair of ours has started. */
function waits({ node, action }: ContainerEvent, backoff: Backoff, now: number): boolean {
  return (action === "die" || action === "start") && now < backoff.until(node);
}

function whenOver(events: readonly ContainerEvent[], backoff: Backoff): number {
  return Math.min(...events.map(({ node }) => backoff.until(node)));
}

/** False when the lab is down, or going down. */
async function repair(context: Context, lab: string, events: readonly ContainerEvent[]): Promise<boolean> {
  const { output } = context;
  const engine = await context.engine();
  // An `up` or a `down` of somebody else, which may be what these events come from.
  while (isBusy(engine, lab)) await sleep(gathering);
  const stack = await context.stack(lab);
  if ((await findSandbox(stack.key)) === undefined || !(await engine.has(lab))) return false;
  try {
    const title = events.map(({ node, action }) => `${node} ${action}`).join(", ");
    const { repairs, seconds: took } = await bringUp(context, stack, { title });
    if (repairs.length > 0)
      output.result(
        [`Repaired after ${seconds(took)}:`, ...repairs.map((each) => `  ${formatRepair(each)}`)].join("\n"),
      );
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof CommandError)) throw error;
    output.error(error.message);
  }
  return true;
}
