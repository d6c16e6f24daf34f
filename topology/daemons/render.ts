/** A router's configuration for whichever daemon it runs. */
import { sessionsOf } from "../bird/bgp.ts";
import { birdProcess } from "../bird/forwarder.ts";
import { renderBird } from "../bird/render.ts";
import { renderFrr } from "../frr/render.ts";
import { renderGobgp } from "../gobgp/render.ts";
import { renderOpenbgpd } from "../openbgpd/render.ts";
import type { RouterDaemon } from "../spec.ts";
import type { Router, Topology } from "../topology.ts";
import type { RenderedRouter } from "./rendered.ts";

export function renderRouter(topology: Topology, router: Router): RenderedRouter {
  switch (router.daemon) {
    case "bird":
      return {
        files: { "bird.conf": renderBird(topology, router) },
        processes: [birdProcess],
        mounts: {},
      };
    case "frr":
      return renderFrr(topology, router);
    case "gobgp":
      return renderGobgp(topology, router);
    case "openbgpd":
      return renderOpenbgpd(topology, router);
  }
}

/** What is to be known of a router to ask its daemon. */
export interface RouterIdentity {
  readonly node: string;
  /** Default bird. */
  readonly daemon?: RouterDaemon;
  /** Names of sessions by the far end's address, for daemons other than BIRD, which know none. */
  readonly neighbours?: Readonly<Record<string, string>>;
  /** A route server of GoBGP's has no table of its own, only one for each client. */
  readonly routeServer?: true;
}

export function routerIdentity(topology: Topology, router: Router): RouterIdentity {
  if (router.daemon === "bird") return { node: router.name };
  const names = sessionsOf(topology, router).map(({ near, far }) => [far.address, near.protocol]);
  return {
    node: router.name,
    daemon: router.daemon,
    neighbours: Object.fromEntries(names) as Record<string, string>,
    ...(router.routeServer ? { routeServer: true } : {}),
  };
}
