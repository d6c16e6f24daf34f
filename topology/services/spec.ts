/** Programs on nodes: what an author writes. Plain data. */
import type { PostgresqlSpec } from "./postgresql/spec.ts";
import type { ProxySpec } from "./proxy/spec.ts";

export type ServiceSpec =
  | DaemonSpec
  | RtrSpec
  | KrillSpec
  | RelyingPartySpec
  | DnsSpec
  | HttpSpec
  | RegistrySpec
  | MulticastSpec
  | HealthCheckSpec
  | DockerSpec
  | PostgresqlSpec
  | ProxySpec;

/** Any program that stays in the foreground. */
export interface DaemonSpec {
  readonly kind: "daemon";
  /** Program and arguments; started in the node's own directory (`/run/nodes/NODE`), in its network namespace. */
  readonly command: readonly string[];
  /** Files by path relative to the node's directory. It restarts when one changes, or takes the signal `reload`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Signal on which it reads its files anew, such as `HUP`. Default: it is restarted. */
  readonly reload?: "HUP" | "USR1" | "USR2";
  /** Ports that it has opened once it is ready. */
  readonly listens?: readonly PortSpec[];
  /** Interfaces of the node, by name, that must be there when it starts; it restarts when one is made anew. */
  readonly interfaces?: readonly string[];
}

export interface PortSpec {
  readonly protocol: "tcp" | "udp";
  /** 1 to 65535. */
  readonly port: number;
}

/** An RTR server (RFC 8210) that gives the topology's ROAs to routers: StayRTR. */
export interface RtrSpec {
  readonly kind: "rtr";
  /** TCP port. Default 3323. */
  readonly port?: number;
}

/**
 * A certification authority of the RPKI that signs the topology's ROAs, its trust anchor, and the server that publishes
 * them by RRDP (RFC 8182, HTTPS on port 3000): Krill. One a node. Its CA is called `lab` and holds every resource.
 */
export interface KrillSpec {
  readonly kind: "krill";
}

/** Fetches and validates what an authority publishes, and gives the result to routers by RTR (RFC 8210): Routinator. */
export interface RelyingPartySpec {
  readonly kind: "relying-party";
  /** Node with a service of kind `krill`. */
  readonly authority: string;
  /** TCP port of RTR. Default 3323. Its own status page is on port 8323 of the node's loopback interface. */
  readonly port?: number;
}

/**
 * An authoritative name server: Knot DNS. It listens on every address of the node, port 53, and tells the node's name
 * to who asks for its identity (`id.server CH TXT`, RFC 4892; NSID, RFC 5001).
 */
export interface DnsSpec {
  readonly kind: "dns";
  /** Zones by name without the last dot, such as `example.com`. */
  readonly zones: Readonly<Record<string, readonly RecordSpec[]>>;
  /**
   * Adds what the topology says, besides `zones` (which come first where both have a name): the root zone with the
   * addresses of all host names and the names of all addresses, and the zone asn.cymru.com, which tells who announces
   * an address. Default false.
   */
  readonly lookups?: boolean;
}

export interface RecordSpec {
  /** Relative to the zone; `@` for the zone itself. */
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "NS" | "PTR" | "TXT" | "MX" | "SRV";
  /** As in a zone file (RFC 1035), but TXT: its text, without quotation marks. */
  readonly value: string;
}

/** A web server that answers every request with the same text: nginx. */
export interface HttpSpec {
  readonly kind: "http";
  /** TCP port. Default 80, or 443 with `tls`. */
  readonly port?: number;
  readonly answer: string;
  /** Listens on the node's loopback interface only, as what is behind a proxy does. Default false. */
  readonly loopback?: boolean;
  /** Default: plain HTTP. */
  readonly tls?: TlsSpec;
  /** A mistake on purpose, for exercises: its credentials are such that it ends at its start. */
  readonly mistakes?: { readonly endsAtStart?: boolean };
}

/** TLS of a server. Paths are those of the node's `credentials`, below the folder of the service's name. */
export interface TlsSpec {
  /** Of the server: a `chain`. */
  readonly certificate: string;
  readonly key: string;
  /** Asks clients for a certificate, and takes those only that have a good one. Default: it asks for none. */
  readonly clients?: {
    /** Who signs them: a `bundle`. */
    readonly authorities: string;
    /** A `crl`. Default: none, revocations don't count. */
    readonly revocations?: string;
  };
  /** Default: both. */
  readonly versions?: readonly ("1.2" | "1.3")[];
}

/**
 * Look-ups as the Internet's registries answer them, out of the topology: an Internet Routing Registry by whois (port
 * 43), as IRRd, with what is registered; and the RIPEstat data API by HTTP and HTTPS (ports 80 and 443), with what is
 * announced and what the RPKI says of it. Give the node the names whois.radb.net and stat.ripe.net.
 */
export interface RegistrySpec {
  readonly kind: "registry";
}

/** Multicast, by smcroute: what the node receives, and what it passes on. One such service a node. */
export interface MulticastSpec {
  readonly kind: "multicast";
  /** Groups that it is in, as a receiver's programs would be: it tells the segment by IGMP or MLD. */
  readonly joins?: readonly MulticastJoinSpec[];
  /** Static multicast routes: what comes in for a group, and where it goes on to. */
  readonly routes?: readonly MulticastRouteSpec[];
}

export interface MulticastJoinSpec {
  /** Address in 224.0.0.0/4 or ff00::/8. */
  readonly group: string;
  /** Name of the node's interface. */
  readonly interface: string;
}

export interface MulticastRouteSpec {
  /** As for a join, but not one that never leaves its link (224.0.0.0/24, scopes 1 and 2 of ff00::/8). */
  readonly group: string;
  /** Interfaces of the node by name. A packet needs a TTL, or hop limit, greater than 1 to go on. */
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * Announces the router's anycast prefixes while a service answers, and withdraws them when it doesn't. The router
 * begins without them. One that is exactly a LAN of the router is left alone: it goes with its interface.
 */
export interface HealthCheckSpec {
  readonly kind: "health-check";
  /** A shell's, run on the node in its own directory: exit code 0 says that the service answers. */
  readonly command: string;
  /** Seconds between the end of a run and the next, 0.1 to 3600. Default 1. */
  readonly interval?: number;
  /** Seconds that a run may take, 0.1 to 3600; one that takes longer has failed. Default 1. */
  readonly timeout?: number;
  /** Good runs in a row before the prefixes are announced, 1 to 100. Default 2. */
  readonly rise?: number;
  /** Failed runs in a row before they are withdrawn, 1 to 100. Default 3. */
  readonly fall?: number;
}

/**
 * A Docker daemon of the node's own, with its networks and containers: what they are on a machine with Docker, in the
 * node's network namespace instead. Its rules of iptables are the node's; no others may be declared. As root only.
 */
export interface DockerSpec {
  readonly kind: "docker";
  /** The default bridge, docker0. */
  readonly bridge?: {
    /** Its address with length. Default 172.17.0.1/16, Docker's own. */
    readonly address?: string;
    /** Bytes, 68 to 65535. Default 1500. */
    readonly mtu?: number;
  };
  /** User-defined bridge networks by name (1 to 12 lower-case letters, digits, hyphens, a letter first); `br-NAME` is the bridge's. */
  readonly networks?: Readonly<Record<string, DockerNetworkSpec>>;
  /** By name, which is a host name on a user-defined network. */
  readonly containers?: Readonly<Record<string, DockerContainerSpec>>;
}

export interface DockerNetworkSpec {
  /** IPv4, CIDR. Its first address is the bridge's. */
  readonly subnet: string;
  /** Where its containers send what is for others. Default: the bridge's address. */
  readonly gateway?: string;
  /** Bytes, 68 to 65535. Default 1500. */
  readonly mtu?: number;
}

export interface DockerContainerSpec {
  /** Program and arguments; the container ends with it. */
  readonly command: readonly string[];
  /** Image of ours by its name, or any other that the daemon can get by its reference. Default `tools`. */
  readonly image?: string;
  /** Network of the daemon. Default: the default bridge, where containers don't know each other's names. */
  readonly network?: string;
  /** Published ports: TCP port of the node, each with the container's. A port goes from one container to another only where the one that loses it is declared first, or loses every port. */
  readonly ports?: Readonly<Record<number, number>>;
  /** Addresses of the name servers that it asks for names that aren't containers'. Default: those of the node. */
  readonly dns?: readonly string[];
}
