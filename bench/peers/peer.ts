import type { Declarations } from "../../components/declarations.ts";
import type { PeerRun } from "../figures.ts";
import type { Shape } from "../../labs/scale/topology.ts";
import type { Leftovers } from "../leftovers.ts";

/** Another emulator. */
export interface Peer {
  readonly name: string;
  /** From nothing to every router holding every route, and down again. */
  measure(
    declarations: Declarations,
    leftovers: Leftovers,
    topology: { readonly shape: Shape; readonly routers: number },
  ): Promise<PeerRun>;
}

/** The peer, or why it can't be measured. */
export type Found = Peer | string;
