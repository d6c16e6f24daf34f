/** What the daemons can do, of what a topology may ask for, in the versions that Debian 12 has. */
import type { RouterDaemon } from "../spec.ts";

/** As people write them. */
export const daemonNames: Readonly<Record<RouterDaemon, string>> = {
  bird: "BIRD",
  frr: "FRR",
  gobgp: "GoBGP",
  openbgpd: "OpenBGPD",
};

export const routerDaemons = Object.keys(daemonNames) as RouterDaemon[];

export interface Feature {
  /** A noun phrase. */
  readonly title: string;
  /** Why a daemon can't; absent where it can. */
  readonly lacking: Readonly<Partial<Record<RouterDaemon, string>>>;
}

export const features = {
  interior: {
    title: "several routers in an AS (iBGP over OSPF)",
    lacking: { gobgp: "it has no OSPF", openbgpd: "it has no OSPF" },
  },
  ospf: { title: "OSPF", lacking: { gobgp: "it has none", openbgpd: "it has none" } },
  sharedOspf: {
    title: "OSPF on a network where another AS runs it too (RFC 6549)",
    lacking: {
      frr: "its ospfd has no instances on an interface",
      gobgp: "it has no OSPF",
      openbgpd: "it has no OSPF",
    },
  },
  igpBeforeBgp: {
    title: "OSPF's route to a prefix that BGP has a route to as well, in place of BGP's",
    lacking: { frr: "its bgpd doesn't see OSPF's routes", gobgp: "it has no OSPF", openbgpd: "it has no OSPF" },
  },
  routeServer: {
    title: "a route server with a table for each client (RFC 7947)",
    lacking: { frr: "it has one best route for all clients, and hides the next one" },
  },
  foreignNextHops: {
    title: "a session with a route server that has clients on other networks too",
    lacking: {
      gobgp: "it takes routes whose next hop is on none of its networks",
      openbgpd: "it takes routes whose next hop is on none of its networks",
    },
  },
  roles: { title: "BGP roles (RFC 9234)", lacking: { gobgp: "version 3 has none" } },
  originValidation: {
    title: "origin validation that follows the RPKI",
    lacking: { gobgp: "it doesn't judge the routes that it has anew when ROAs change" },
  },
  pathEnd: {
    title: "path-end validation",
    lacking: {
      gobgp: "a statement of its policies has one condition on the AS path",
      openbgpd: "its filters can't ask for the last AS but one",
    },
  },
  maximumPrefixes: { title: "a limit of prefixes that ends a session", lacking: {} },
  multipath: {
    title: "equal-cost multipath",
    lacking: {
      gobgp: "its routes get into the kernel one by one",
      openbgpd: "its routes get into the kernel one by one",
    },
  },
  forgedOrigin: {
    title: "a hijack behind another AS",
    lacking: { openbgpd: "it can't announce a network with another AS at the end of the path" },
  },
  healthCheck: {
    title: "anycast prefixes that follow a health check",
    lacking: {
      frr: "the check turns protocols of BIRD on and off",
      gobgp: "the check turns protocols of BIRD on and off",
      openbgpd: "the check turns protocols of BIRD on and off",
    },
  },
  noHoldTime: { title: "a hold time of 0", lacking: { openbgpd: "3 is its least" } },
  keepalive: { title: "a keepalive other than a third of the hold time", lacking: { openbgpd: "it takes a third" } },
} as const satisfies Readonly<Record<string, Feature>>;

export type FeatureName = keyof typeof features;

export const featureNames = Object.keys(features) as FeatureName[];

export function whyLacking(daemon: RouterDaemon, feature: FeatureName): string | undefined {
  const { lacking }: Feature = features[feature];
  return lacking[daemon];
}
