/**
 * A resolved topology: every default filled in, every address given out, every session named. Made by `resolve`
 * only, so whoever holds one need not validate again. Plain data, JSON-safe.
 */
import type { Credential, Pki } from "./pki/pki.ts";
import type { ServiceSpec } from "./services/spec.ts";
import type { Family, RouterDaemon } from "./spec.ts";

export interface Topology {
  readonly families: readonly Family[];
  readonly autonomousSystems: readonly AutonomousSystem[];
  /** In the order of their declaration, as are all arrays here. */
  readonly nodes: readonly Node[];
  readonly links: readonly Link[];
  readonly segments: readonly Segment[];
  readonly relations: readonly Relation[];
  readonly sessions: readonly Session[];
  readonly roas: readonly Roa[];
  readonly pki: Pki;
  readonly names: readonly HostName[];
  /** Name of the node that serves names; empty where there is none. */
  readonly resolver: string;
  readonly timers: Timers;
}

/** Of families in use only. */
export interface Roa {
  readonly prefix: string;
  readonly asn: number;
  readonly maxLength: number;
}

export interface HostName {
  readonly name: string;
  readonly node: string;
}

export interface AutonomousSystem {
  readonly name: string;
  readonly asn: number;
  readonly title: string;
  readonly routers: readonly string[];
  readonly ibgp: "none" | "full-mesh" | "route-reflectors";
  /** Route reflectors' names; empty unless `ibgp` is route-reflectors. */
  readonly reflectors: readonly string[];
  readonly igp: "none" | "ospf";
  readonly policy: Policy;
}

export interface Policy {
  readonly roles: boolean;
  readonly originValidation: boolean;
  /** Numbers of the ASes whose routes are checked. */
  readonly pathEnd: readonly number[];
  readonly customerPrefixes: boolean;
  /** Absent: no limit. */
  readonly maximumPrefixes?: number;
  readonly leaks: boolean;
  /** By the neighbour's AS number. */
  readonly localPreferences: Readonly<Record<number, number>>;
  readonly multipath: boolean;
}

export type Node = Router | Host | Machine;

interface NodeBase {
  readonly name: string;
  /** In the order links then segments are declared. */
  readonly interfaces: readonly Interface[];
  /** Further addresses on the loopback interface, with length, of families in use. */
  readonly addresses: readonly string[];
  /** By path relative to the node's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** By path, each below the node's directory; services know them by their paths. */
  readonly credentials: readonly Credential[];
  readonly services: readonly Service[];
  /** As declared, for families in use and not. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Text for `nft -f`; empty when there is none. */
  readonly ruleset: string;
  /** Texts for `iptables-restore` and `ip6tables-restore`; empty when there is none, or the family isn't in use. */
  readonly iptables: string;
  readonly ip6tables: string;
  /** Absent where it is a network namespace. */
  readonly container?: Container;
}

/** The container that a node runs in. */
export interface Container {
  readonly image: string;
  /** MiB; absent: no limit. */
  readonly memory?: number;
  /** Absent: no limit. */
  readonly cpus?: number;
}

/** A program on a node, with the name that it has there. */
export interface Service {
  readonly name: string;
  readonly spec: ServiceSpec;
}

export interface Router extends NodeBase {
  readonly kind: "router";
  /** Name of its AS, and that AS's number. */
  readonly as: string;
  readonly asn: number;
  readonly daemon: RouterDaemon;
  readonly routerId: string;
  /** Addresses with length (/32, /128), empty for a family not in use. */
  readonly loopbacks: readonly string[];
  readonly originates: readonly string[];
  readonly anycast: readonly string[];
  readonly hijacks: readonly Hijack[];
  readonly routeServer: boolean;
}

export interface Hijack {
  readonly prefix: string;
  /** Number of the AS that is put behind its own; absent where it claims to be the origin itself. */
  readonly behind?: number;
}

export interface Host extends NodeBase {
  readonly kind: "host";
  /** Default routes. */
  readonly routes: readonly Route[];
  /** Seconds by which its clock is ahead; negative: behind. Absent: it is right. */
  readonly clock?: number;
}

/** It configures itself: of what NodeBase has, its addresses and rules are none that are declared. */
export interface Machine extends NodeBase {
  readonly kind: "machine";
  /** Empty where none is named. */
  readonly image: string;
  /** By absolute path. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly setup: readonly string[];
  readonly forwarding: boolean;
  readonly after: readonly string[];
}

export interface Route {
  /** CIDR, 0.0.0.0/0 or ::/0 for a default route. */
  readonly destination: string;
  readonly via: string;
  /** The node's interface through which `via` is reached. */
  readonly interface: string;
}

export interface Interface {
  readonly name: string;
  /** Name of the link or segment. */
  readonly attachedTo: string;
  readonly attachment: "link" | "segment";
  /** With length; canonical text (RFC 5952 for IPv6). */
  readonly addresses: readonly string[];
  readonly mtu: number;
}

export interface End {
  readonly node: string;
  readonly interface: string;
  readonly addresses: readonly string[];
  /** Ethernet address in lower case; absent where the kernel makes one up. */
  readonly mac?: string;
}

export interface Link {
  readonly name: string;
  readonly ends: readonly [End, End];
  readonly prefixes: readonly string[];
  readonly mtu: number;
  readonly impairments: Impairments;
}

export interface Segment {
  readonly name: string;
  readonly members: readonly End[];
  readonly prefixes: readonly string[];
  readonly mtu: number;
  readonly impairments: Impairments;
  readonly multicastQuerier: boolean;
}

/** Absent: not impaired. Units as in ImpairmentsSpec. */
export interface Impairments {
  readonly rate?: number;
  readonly loss?: number;
  readonly delay?: number;
  readonly jitter?: number;
}

/** A relation between two ASes, seen from both sides. */
export interface Relation {
  /** transit: a is the provider, b the customer. route-server: a is the server's AS. */
  readonly kind: "transit" | "peer" | "sibling" | "route-server";
  readonly a: string;
  readonly b: string;
}

/** What the other side is to this one. RFC 9234 roles follow from it. */
export type Neighbour =
  "provider" | "customer" | "peer" | "sibling" | "route-server" | "route-server-client" | "internal";

/** One BGP session, with one channel for each family in use on it. */
export interface Session {
  readonly ends: readonly [SessionEnd, SessionEnd];
  readonly kind: "external" | "internal";
  /** Name of the link or segment it runs over; absent for iBGP between loopbacks. */
  readonly over?: string;
  /** The family of the addresses it runs on. */
  readonly transport: Family;
  /** The families whose routes it carries. */
  readonly families: readonly Family[];
}

export interface SessionEnd {
  readonly router: string;
  /** Name of the protocol in the router's configuration, e.g. `t1a_v4`; unique in the router. */
  readonly protocol: string;
  readonly address: string;
  readonly asn: number;
  /** What the far end is to this end. */
  readonly neighbour: Neighbour;
  /** True where this end is a route reflector and the far end its client. */
  readonly reflectorClient: boolean;
}

/** Seconds. */
export interface Timers {
  readonly hold: number;
  readonly keepalive: number;
  readonly connectDelay: number;
  readonly connectRetry: number;
  readonly ospfHello: number;
}
