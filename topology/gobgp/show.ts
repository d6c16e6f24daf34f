/** Reads what GoBGP says of itself as JSON. */
import type { BgpRoute } from "../daemons/route.ts";

/** SessionState of GoBGP's API (api/gobgp.proto), by number. */
const sessionStates = ["Unknown", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"] as const;
/** AdminState: somebody turned it off; it was turned off by its limit of prefixes. */
const adminStates = ["", "disabled", "Idle (too many prefixes)"] as const;

/** Reads `gobgp -j neighbor`: by the neighbour's address, the session's state. */
export function parseGobgpNeighbours(text: string): Map<string, string> {
  const neighbours = JSON.parse(text) as readonly GobgpNeighbour[];
  return new Map(
    neighbours.map(({ conf, state: { session_state = 0, admin_state = 0 } }) => [
      conf.neighbor_address,
      (adminStates[admin_state] ?? "") || (sessionStates[session_state] ?? "Unknown"),
    ]),
  );
}

interface GobgpNeighbour {
  readonly conf: { readonly neighbor_address: string };
  readonly state: { readonly session_state?: number; readonly admin_state?: number };
}

const asPathAttribute = 2;

/** Reads `gobgp -j global rib`, of one family or of one prefix. */
export function parseGobgpRoutes(text: string): BgpRoute[] {
  const table = JSON.parse(text) as Readonly<Record<string, readonly GobgpPath[]>>;
  return Object.entries(table).flatMap(([prefix, paths]) =>
    paths.map((path) => ({
      prefix,
      best: path.best === true,
      neighbour: path["neighbor-ip"],
      asPath: path.attrs
        .filter(({ type }) => type === asPathAttribute)
        .flatMap(({ as_paths = [] }) => as_paths.flatMap(({ asns }) => asns)),
    })),
  );
}

interface GobgpPath {
  readonly best?: boolean;
  readonly "neighbor-ip": string;
  readonly attrs: readonly {
    readonly type: number;
    readonly as_paths?: readonly { readonly asns: readonly number[] }[];
  }[];
}
