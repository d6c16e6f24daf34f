/**
 * What a lab's author writes: plain data, no behaviour. `resolve` (resolve.ts) validates it, fills in every
 * default and gives out every address.
 */

import type { CredentialSpec, PkiSpec } from "./pki/spec.ts";
import type { ServiceSpec } from "./services/spec.ts";

export type Family = "ipv4" | "ipv6";

/** Where a node runs: as a network namespace of the lab's sandbox, or as a Docker container. */
export type Runtime = "namespace" | "container";

export interface TopologySpec {
  /** Address families in use. Default: both. What is declared of one not in use is checked, then left out. */
  readonly families?: readonly Family[];
  /** Of nodes that don't say it themselves. Default namespace; a stack's setting `runtime` goes before it. */
  readonly runtime?: Runtime;
  readonly addressing?: AddressingSpec;
  /** By name (1 to 63 lower-case letters, digits, hyphens, a letter first), as are nodes and segments. */
  readonly autonomousSystems?: Readonly<Record<string, AutonomousSystemSpec>>;
  /** By name; it becomes host name and network namespace name. */
  readonly nodes: Readonly<Record<string, NodeSpec>>;
  readonly links?: readonly LinkSpec[];
  /** LANs with any number of members, by name. */
  readonly segments?: Readonly<Record<string, SegmentSpec>>;
  readonly relations?: readonly RelationSpec[];
  /** What the lab's RPKI says; served to routers by nodes with a service of kind `rtr`. */
  readonly roas?: readonly RoaSpec[];
  /** Certification authorities and certificates; `credentials` of nodes are made of them. */
  readonly pki?: PkiSpec;
  /** Host names besides the nodes' own, each with the node that goes by it, such as `whois.radb.net`: `registry`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Node whose name server /etc/resolv.conf names. Default: none, and only names of the lab resolve. */
  readonly resolver?: string;
  readonly timers?: TimersSpec;
}

/** A route origin authorization (RFC 9582): the AS may originate the prefix, and more specific ones up to `maxLength`. */
export interface RoaSpec {
  /** CIDR. */
  readonly prefix: string;
  /** Name of the AS. */
  readonly as: string;
  /** Default: the prefix's own length. */
  readonly maxLength?: number;
}

/**
 * Pools (CIDR) from which addresses are given out where none is declared. They must not overlap each other. The IPv6
 * defaults are unique local (RFC 4193) without a random part: they are short to type and never leave the lab.
 */
export interface AddressingSpec {
  /** Links; a /31 each (RFC 3021). Default 10.0.0.0/9. */
  readonly links4?: string;
  /** Links; a /127 each (RFC 6164). Default fd00:1::/105. */
  readonly links6?: string;
  /** Segments; a /24 each. Default 10.128.0.0/10. */
  readonly segments4?: string;
  /** Segments; a /64 each. Default fd00:2::/50. */
  readonly segments6?: string;
  /** Router loopbacks; a /32 each. Default 10.255.0.0/16. */
  readonly loopbacks4?: string;
  /** Router loopbacks; a /128 each. Default fd00::/112. */
  readonly loopbacks6?: string;
}

export interface AutonomousSystemSpec {
  /** 1 to 4294967294 (RFC 7607), not 23456 (RFC 6793) nor 65535 (RFC 7300). */
  readonly asn: number;
  /** Text for drawings and status. */
  readonly title?: string;
  /** How the AS's routers share routes. Default full-mesh where there are two routers or more. */
  readonly ibgp?:
    { readonly kind: "full-mesh" } | { readonly kind: "route-reflectors"; readonly reflectors: readonly string[] };
  /** Interior gateway protocol on the links inside the AS. Default ospf where there are two routers or more. */
  readonly igp?: "ospf" | "none";
  readonly policy?: PolicySpec;
}

/** What an AS does besides, or instead of, ordinary policy (customers before peers before providers). */
export interface PolicySpec {
  /** BGP roles (RFC 9234) on its external sessions: routes that may only go down are marked, leaked ones refused. Default true where the daemons of its routers have roles. */
  readonly roles?: boolean;
  /** Drops routes that the RPKI makes invalid (RFC 6811), as its routers learn it by RTR (RFC 8210). Default false. */
  readonly originValidation?: boolean;
  /**
   * Names of ASes. A route that one of them originates is refused unless the AS before it on the path is one of its
   * neighbours (path-end validation; ASPA does the same and more).
   */
  readonly pathEnd?: readonly string[];
  /** Takes from a customer only what the customer, or a customer of its own, originates. Default false. */
  readonly customerPrefixes?: boolean;
  /** Most prefixes of a family that a customer may send; with one more the session is shut. Default: no limit. */
  readonly maximumPrefixes?: number;
  /** A mistake: gives every route to every neighbour. Default false. */
  readonly leaks?: boolean;
  /** Local preference by name of the neighbouring AS, 1 to 4294967295, instead of that of its relation. */
  readonly localPreferences?: Readonly<Record<string, number>>;
  /** Uses all routes that are equally good but for the last tie-breaks (equal-cost multipath). Default false. */
  readonly multipath?: boolean;
}

/** What every kind of node may have. */
interface NodeSpecBase {
  /** Further addresses (CIDR) on its loopback interface, such as an anycast service's; other nodes may have them too. */
  readonly addresses?: readonly string[];
  /** Text files, such as tools for its checks, by path relative to the node's directory (/run/bird on the node). */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Files with certificates, keys and revocation lists of `pki`, by path relative to the node's directory. A service reads
   * those in the folder of its name, and takes them as it takes its own files when they change.
   */
  readonly credentials?: Readonly<Record<string, CredentialSpec>>;
  /** By name (as for nodes, at most 32 characters): programs that run on it. */
  readonly services?: Readonly<Record<string, ServiceSpec>>;
  /** Network sysctls by dotted name, such as `net.ipv4.icmp_echo_ignore_broadcasts`: `"0"`, besides those that its kind has. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** nftables rule set (text as `nft -f` takes it) loaded in the node. Default none. */
  readonly ruleset?: string;
  /** Rules of iptables (text as `iptables-save` writes it), beside those of `ruleset`. Default none. */
  readonly iptables?: string;
  /** The same for IPv6, as `ip6tables-save` writes it. */
  readonly ip6tables?: string;
  /** Default: the topology's. Nodes of both runtimes may be linked. */
  readonly runtime?: Runtime;
  /** What its container is like, where it runs in one. */
  readonly container?: ContainerSpec;
}

export interface ContainerSpec {
  /** An image of ours by its name, or any other by its reference. Default: `daemons` for a router whose daemon isn't BIRD, `services` where any node has services, else `router`. */
  readonly image?: string;
  /** MiB that its processes may use together, 6 or more. Default: no limit. */
  readonly memory?: number;
  /** Processors' worth of time, such as 0.5. Default: no limit. */
  readonly cpus?: number;
}

export type NodeSpec = RouterSpec | HostSpec | MachineSpec;

/** Programs that a router may run: BIRD, FRR, GoBGP, OpenBGPD. What each can do: docs/daemons.md. */
export type RouterDaemon = "bird" | "frr" | "gobgp" | "openbgpd";

export interface RouterSpec extends NodeSpecBase {
  readonly kind: "router";
  /** Name of its autonomous system. */
  readonly as: string;
  /** Its routing daemon. Default bird. */
  readonly daemon?: RouterDaemon;
  /** Prefixes (CIDR, both families) that this router originates by BGP. */
  readonly originates?: readonly string[];
  /** Prefixes among `originates` that other routers originate too, on purpose. */
  readonly anycast?: readonly string[];
  /** Prefixes of others that it announces as its own. */
  readonly hijacks?: readonly HijackSpec[];
  /** Loopback addresses without length; given out of the pools by default. */
  readonly loopback?: { readonly ipv4?: string; readonly ipv6?: string };
  /** RFC 7947: passes routes between its clients without putting itself into the path. Default false. */
  readonly routeServer?: boolean;
}

export interface HijackSpec {
  /** CIDR. */
  readonly prefix: string;
  /** Name of an AS put at the end of the path as if it had originated the route (a forged origin). */
  readonly behind?: string;
}

export interface HostSpec extends NodeSpecBase {
  readonly kind: "host";
  /** Router that is the default gateway. Default: the only router on its links and segments; without one, no default route. */
  readonly gateway?: string;
  /** A wrong clock: seconds by which its programs see it ahead, or behind where negative (by libfaketime). Default 0. */
  readonly clock?: number;
}

/**
 * A Linux machine that its author configures: its own files, as its file system shows them, and the commands that set it
 * up. Where nothing else is said it looks like the system that the lab runs on, and what it changes there is its own.
 */
export interface MachineSpec {
  readonly kind: "machine";
  /** Container image. In the runtime `namespace`, which has no images, the system's own programs stand in for its. */
  readonly image?: string;
  /** Text files by absolute path. Those that begin with `#!` can be executed. */
  readonly files?: Readonly<Record<string, string>>;
  /** Environment variables of all that runs on it. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Commands or whole scripts for bash, run one after the other when its interfaces are there. What fails is noted
   * (`setup.failed` in the node's directory) and the next is run. They run again, on a machine made anew, when anything
   * of it changes or what they set up is no longer there.
   */
  readonly setup?: readonly string[];
  /** Programs in the foreground, started once it is set up; of kind `daemon`. */
  readonly services?: Readonly<Record<string, ServiceSpec>>;
  /** Network sysctls by dotted name. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Whether it forwards packets. Default false. */
  readonly forwarding?: boolean;
  /** Names of machines that are set up before it. */
  readonly after?: readonly string[];
  /** Default: the topology's. Machines can't run in containers, so it is `namespace` where the topology's is not. */
  readonly runtime?: Runtime;
}

/** A node name, or an end with settings of its own. */
export type EndSpec =
  | string
  | {
      readonly node: string;
      /** 1 to 15 characters (IFNAMSIZ). Default: the name of the peer or segment, shortened when needed. */
      readonly interface?: string;
      /** Address with prefix length. Default: given out; a machine's end has none, its setup gives it what it needs. */
      readonly ipv4?: string;
      readonly ipv6?: string;
      /** Ethernet address, such as `02:00:00:00:00:01`. Default: one that the kernel makes up. */
      readonly mac?: string;
    };

export interface LinkSpec {
  /** Default `<node>--<node>`, with `#2` and so on for parallel links. */
  readonly name?: string;
  readonly ends: readonly [EndSpec, EndSpec];
  /** Prefix of the link. Default: the one around an end's declared address, else from the pool. `false`: none of that family. */
  readonly ipv4?: string | false;
  readonly ipv6?: string | false;
  /** Bytes, 1280 to 65535. Default 1500. */
  readonly mtu?: number;
  readonly impairments?: ImpairmentsSpec;
}

export interface SegmentSpec {
  /** They get the prefix's addresses in this order, the first .1, where they declare none. */
  readonly members: readonly EndSpec[];
  /** As for a link. */
  readonly ipv4?: string | false;
  readonly ipv6?: string | false;
  readonly mtu?: number;
  readonly impairments?: ImpairmentsSpec;
  /**
   * The segment's switch asks who is in which multicast group (IGMP, MLD), so that it knows: a group's packets go to its
   * members only (RFC 4541). Default false: nobody asks, and they go to every port.
   */
  readonly multicastQuerier?: boolean;
}

/** Each holds in both directions of a link, and for what each member of a segment sends. */
export interface ImpairmentsSpec {
  /** Bits a second, a whole number, 8 or more. */
  readonly rate?: number;
  /** Probability that a packet is lost, 0 to 1. */
  readonly loss?: number;
  /** One way, milliseconds, at most 60000. */
  readonly delay?: number;
  /** Milliseconds, at most `delay`; each packet's delay is uniform in delay ± jitter. */
  readonly jitter?: number;
}

/** A business relation between ASes. Every link or shared segment between their routers carries a BGP session for each family. */
export type RelationSpec =
  | { readonly kind: "transit"; readonly provider: string; readonly customer: string }
  | { readonly kind: "peer"; readonly between: readonly [string, string] }
  /** Two ASes under one administration: everything is exchanged. */
  | { readonly kind: "sibling"; readonly between: readonly [string, string] }
  /** Multilateral peering at an exchange: `server` is a router with `routeServer`, members peer with it on shared segments. */
  | { readonly kind: "route-server"; readonly server: string; readonly members: readonly string[] };

/** Seconds. */
export interface TimersSpec {
  /** BGP hold time, 0 or at least 3 (RFC 4271). Default 90. */
  readonly hold?: number;
  /** BGP keepalive; default a third of `hold`. */
  readonly keepalive?: number;
  /** Before the first attempt to connect. Default 1. */
  readonly connectDelay?: number;
  /** Between attempts to connect. Default 1. */
  readonly connectRetry?: number;
  /** OSPF hello. Default 1; the dead interval is four times that. */
  readonly ospfHello?: number;
}
