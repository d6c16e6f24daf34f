/** How a router's daemon is asked and told, whichever it is. */
import type { RouterIdentity } from "../../topology/daemons/render.ts";
import { nodeDirectory } from "../kernel/observe.ts";
import { isContainer } from "../container/attachments.ts";
import { runOnNode } from "../sandbox/commands.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import { runInside } from "../sandbox/run.ts";
import type { RouterReadiness } from "../schema.ts";
import { BirdRouter } from "./bird.ts";
import { FrrRouter } from "./frr.ts";
import { GobgpRouter } from "./gobgp.ts";
import { OpenbgpdRouter } from "./openbgpd.ts";

/** Sessions go by the names that BIRD's protocols have, or would have. */
export interface RouterControl {
  /** By name: `Established`, `disabled` where somebody turned it off, or what the daemon says instead. */
  sessions(): Promise<ReadonlyMap<string, string>>;
  /** What else it lacks, a text each: of the RPKI, and what its health check holds back. */
  lacking(): Promise<readonly string[]>;
  /** How many prefixes it has routes to at least, without a list of them. */
  networks(): Promise<number>;
  /** By prefix the session by which the route in use came; empty for its own, and for OSPF's. */
  routes(): Promise<ReadonlyMap<string, string>>;
  enable(session: string): Promise<void>;
  /** Ends it, so that it comes up anew. */
  restart(session: string): Promise<void>;
  /** Has it ask for ROAs, or judge all that it was told anew, where it doesn't by itself. */
  judgeAnew(): Promise<void>;
  close(): void;
}

/** A node with a router's daemon, as the provider gets at it. */
export interface RouterPlace {
  /** A file of the node's directory, as this process sees it. */
  path(file: string): string;
  /** Runs a program where the node's directory is seen at `directory`; gives what it printed. Throws when it fails. */
  run(argv: readonly string[]): Promise<string>;
  readonly directory: string;
}

/** Its daemon, and what it is to hold besides sessions and routes. */
export type AskedRouter = RouterIdentity & Pick<RouterReadiness, "rpki" | "announces">;

/** Throws where the daemon doesn't answer. */
export async function openRouter(holder: Holder, router: AskedRouter): Promise<RouterControl> {
  const place = placeOf(holder, router.node);
  const { daemon = "bird" } = router;
  switch (daemon) {
    case "bird":
      return BirdRouter.open(place, router);
    case "frr":
      return FrrRouter.open(place, router);
    case "gobgp":
      return new GobgpRouter(place, router);
    case "openbgpd":
      return new OpenbgpdRouter(place, router);
  }
}

const limit = { timeout: 10_000 };

function placeOf(holder: Holder, node: string): RouterPlace {
  const directory = nodeDirectory(node);
  return {
    directory,
    path: (file) => insidePath(holder, `${directory}/${file}`),
    async run(argv) {
      // A container has the program that fits its daemon.
      const run = isContainer(holder, node) ? runOnNode(holder, node, argv, limit) : runInside(holder, argv, limit);
      const { exitCode, stdout, stderr } = await run;
      if (exitCode !== 0) throw new Error(`${argv[0]}: ${(stderr.trim() || stdout.trim()).split("\n").at(-1)}`);
      return stdout;
    },
  };
}
