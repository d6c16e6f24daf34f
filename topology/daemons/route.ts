/** A route of BGP as a daemon tells it. */
export interface BgpRoute {
  readonly prefix: string;
  /** The one in use of those to its prefix. */
  readonly best: boolean;
  /** Address of the neighbour that it came from; empty for the router's own. */
  readonly neighbour: string;
  /** ASNs, the nearest first; empty for the AS's own. */
  readonly asPath: readonly number[];
}
