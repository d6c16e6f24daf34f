/** Waits until BIRDs have converged, by the criterion of Labwright's own readiness, wherever their sockets are. */
import { missingPrefixes, missingSessions } from "../provider/readiness/convergence.ts";
import { BirdRouter } from "../provider/routers/bird.ts";
import { BirdSocket } from "../provider/routers/bird-socket.ts";
import type { ReadinessInputs, RouterReadiness } from "../provider/schema.ts";

export type Readiness = Omit<ReadinessInputs, "sandbox">;

/**
 * Returns when every router has every session Established and holds every prefix. `socketOf` gives the path of a
 * router's control socket. Throws with what was last seen after `readiness.within` seconds.
 */
export async function converge(readiness: Readiness, socketOf: (node: string) => string): Promise<void> {
  const deadline = performance.now() + readiness.within * 1000;
  let waiting = readiness.routers;
  for (;;) {
    const still: RouterReadiness[] = [];
    const seen: string[] = [];
    const queue = [...waiting];
    // A few at a time, as the provider does: the daemons need the processor too.
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let router = queue.shift(); router !== undefined; router = queue.shift()) {
          const texts = await lacks(router, readiness.prefixSets[router.prefixes] ?? [], socketOf(router.node));
          if (texts.length > 0) still.push(router);
          seen.push(...texts);
        }
      }),
    );
    if (still.length === 0) return;
    if (performance.now() > deadline)
      throw new Error(`no convergence within ${readiness.within} s; last seen: ${seen.slice(0, 3).join("; ")}`);
    waiting = still;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function lacks(router: RouterReadiness, prefixes: readonly string[], socket: string): Promise<string[]> {
  let bird: BirdRouter | undefined;
  try {
    bird = new BirdRouter(await BirdSocket.open(socket), router);
    const sessions = missingSessions(router, await bird.sessions());
    if (sessions.length > 0) return sessions;
    if ((await bird.networks()) < prefixes.length) return [`${router.node}: too few networks`];
    return missingPrefixes(router, prefixes, await bird.routes());
  } catch (error) {
    return [`${router.node}: ${(error as Error).message}`];
  } finally {
    bird?.close();
  }
}
