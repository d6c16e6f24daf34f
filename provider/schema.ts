/**
 * The native provider's resources as plain data: what a program declares (inputs) and what the engine keeps
 * (inputs and a few outputs). Type tokens are `labwright:net:<Name>`.
 */
import type { RouterIdentity } from "../topology/daemons/render.ts";
import type { Impairments } from "../topology/topology.ts";

/** A lab's sandbox: one holder process that owns the lab's network, mount, pid, ipc and uts namespaces. */
export interface SandboxInputs {
  /** Identity of the sandbox on this machine (components/sandbox-key.ts): two copies of a lab have two keys. */
  readonly key: string;
  /** The lab's name, for people. */
  readonly lab: string;
  /** Lines of /etc/hosts inside the sandbox, after localhost. */
  readonly hosts: readonly string[];
  /** Addresses of name servers for /etc/resolv.conf; none: look-ups beyond /etc/hosts fail at once. */
  readonly resolvers: readonly string[];
  /** Nodes that run in containers. Where there are any, the nodes' files are on the host (container/directory.ts). */
  readonly containers?: readonly string[];
}

export interface SandboxOutputs extends SandboxInputs {
  /** Process id of the sandbox's init, as seen from the host. */
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, so that a recycled pid isn't taken for the sandbox. */
  readonly startTime: number;
}

/** A node: a network namespace in the sandbox, or that of a container plugged into it, with its loopback addresses, sysctls, files, rule set and daemons. */
export interface NodeInputs {
  readonly sandbox: string;
  readonly name: string;
  /** On `lo`, with length. */
  readonly loopbacks: readonly string[];
  /** Network sysctls, by dotted name, e.g. `net.ipv4.ip_forward`: `"1"`. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Path relative to the node's own directory (`/run/nodes/<name>` in the sandbox): content. Mode 0600. */
  readonly files: Readonly<Record<string, string>>;
  /** nftables text; empty for none. */
  readonly ruleset: string;
  /** Texts for `iptables-restore` and `ip6tables-restore`; empty for none. They go with the nftables rule set: each is part of it. */
  readonly iptables: string;
  readonly ip6tables: string;
  /** Its rules are those of a daemon of its, such as Docker's: none is declared, and they are let alone. */
  readonly ownRules?: true;
  readonly daemons: readonly DaemonInputs[];
  /**
   * Folders of the node's directory by the path (below /run, or one that the system has) at which its daemons, and
   * commands that are run on it, find them. The node's directory itself is always at /run/bird.
   */
  readonly mounts: Readonly<Record<string, string>>;
  /** Seconds by which its programs see a time that is ahead of the real one, or behind it. Default 0. */
  readonly clock?: number;
  /** Id of the container that it runs in; absent for a network namespace of the sandbox. */
  readonly container?: string;
}

/** By node: the id of the container that it runs in; nodes that are namespaces of the sandbox aren't in it. */
export type Containers = Readonly<Record<string, string>>;

export interface DaemonInputs {
  /** Unique in the node, e.g. `bird`. */
  readonly name: string;
  /**
   * Started in the node's network namespace with the node's directory as working directory; stays in the foreground. A
   * program of the project is named by its word (kernel/programs.ts).
   */
  readonly command: readonly string[];
  /** Program and arguments, run to its end before each start of the daemon, in the same place. */
  readonly prepare?: readonly string[];
  /** Files (keys of `files`) that it reads. A change of one makes it reload; without `reload` it restarts. */
  readonly reads: readonly string[];
  /** How it takes a new configuration while it runs. */
  readonly reload?:
    | { readonly kind: "bird" }
    | { readonly kind: "signal"; readonly signal: "HUP" | "USR1" | "USR2" }
    /** Run on the node. */
    | { readonly kind: "command"; readonly command: readonly string[] }
    /** It sees by itself that a file changed. */
    | { readonly kind: "itself" };
  /** Files among `reads` for which it restarts, whatever `reload` says. */
  readonly readOnce?: readonly string[];
  /** Unix socket, relative to the node's directory, that exists when the daemon takes orders. */
  readonly socket?: string;
  /** Unix socket of another daemon of the node, relative to its directory, that must be there when it starts. */
  readonly after?: string;
  /** It changes to a user of its own, and is let believe that it did where the sandbox knows a single user. */
  readonly changesUser?: true;
  /**
   * User of the system that it takes itself for, in a user namespace of its own: without any rights, but owner of what is
   * the sandbox's root's. So it is the same where the sandbox knows a single user.
   */
  readonly user?: string;
  /** Ports of the node that are open when the daemon is ready. */
  readonly listens?: readonly { readonly protocol: "tcp" | "udp"; readonly port: number }[];
  /** Interfaces of the node that it takes hold of at its start: it restarts when one is made anew. */
  readonly interfaces?: readonly string[];
  /** By a mistake in its files it ends at its start, on purpose: nobody waits for it to run, or misses it. */
  readonly endsAtStart?: true;
}

/**
 * A machine: a network namespace with a root file system of its own, set up by commands. It is made anew when anything of
 * it changes, as what commands did can't be taken back one by one.
 */
export interface MachineInputs {
  readonly sandbox: string;
  readonly name: string;
  /** Its interfaces, which links and segments make; what else its set-up made goes when it is made anew. */
  readonly interfaces: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** By absolute path. Mode 0755 for what begins with `#!`, otherwise 0644. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Commands or scripts for bash. */
  readonly setup: readonly string[];
  /** By path relative to the node's directory, for its daemons. */
  readonly serviceFiles: Readonly<Record<string, string>>;
  readonly daemons: readonly DaemonInputs[];
}

/** Where a link or segment meets a node. */
export interface EndInputs {
  readonly node: string;
  readonly interface: string;
  readonly addresses: readonly string[];
  /** Static routes through this interface. */
  readonly routes: readonly RouteInputs[];
  /** Ethernet address; absent where the kernel makes one up. */
  readonly mac?: string;
  /** Of a machine, which sets it up itself: only that it is there, and its declared addresses, are looked at. */
  readonly own?: boolean;
}

export interface RouteInputs {
  readonly destination: string;
  readonly via: string;
}

/** A veth pair between two nodes. */
export interface LinkInputs {
  readonly sandbox: string;
  readonly name: string;
  readonly ends: readonly [EndInputs, EndInputs];
  readonly mtu: number;
  readonly impairments: Impairments;
  /** Of its ends. */
  readonly containers?: Containers;
}

/** All point-to-point links of a lab, by name. */
export interface LinksInputs {
  readonly sandbox: string;
  readonly links: Readonly<Record<string, Omit<LinkInputs, "sandbox" | "name" | "containers">>>;
  /** Of all their ends. */
  readonly containers?: Containers;
}

/** A bridge in the sandbox's own network namespace, and a veth pair from it to each member. */
export interface SegmentInputs {
  readonly sandbox: string;
  readonly name: string;
  readonly members: readonly EndInputs[];
  readonly mtu: number;
  readonly impairments: Impairments;
  /** The bridge sends IGMP and MLD queries; its snooping is of use only then. */
  readonly multicastQuerier: boolean;
  /** Of its members. */
  readonly containers?: Containers;
}

/** The ROAs of one certification authority: all that it has. The authority is made where there is none. */
export interface RouteOriginAuthorizationsInputs {
  readonly sandbox: string;
  /** Where Krill runs. */
  readonly node: string;
  /** Krill's name among the node's daemons. */
  readonly daemon: string;
  /** Krill's Unix socket, relative to the node's directory. */
  readonly socket: string;
  /** File with the root of its HTTPS certificate, relative to the node's directory. */
  readonly root: string;
  /** Handle of the authority. */
  readonly authority: string;
  /** By what Krill calls them, such as `10.0.0.0/16-24 => 65001`. */
  readonly roas: Readonly<Record<string, RoaInputs>>;
}

export interface RoaInputs {
  readonly prefix: string;
  readonly maxLength: number;
  readonly asn: number;
}

/** What relying parties must know. */
export interface RouteOriginAuthorizationsOutputs extends RouteOriginAuthorizationsInputs {
  /** Trust anchor locator (RFC 8630). */
  readonly locator: string;
  /** Root of the publication server's HTTPS certificate, PEM. */
  readonly certificate: string;
}

/** Holds up `pulumi up` until the lab has converged. */
export interface ReadinessInputs {
  readonly sandbox: string;
  /** What every routing daemon must hold. */
  readonly routers: readonly RouterReadiness[];
  /** Nodes without a daemon: all that is to be awaited of them is that their links carry. */
  readonly hosts: readonly string[];
  /** Sets of prefixes by name: many routers wait for the same ones. */
  readonly prefixSets: Readonly<Record<string, readonly string[]>>;
  /** Seconds. */
  readonly within: number;
}

export interface RouterReadiness extends RouterIdentity {
  /** BGP protocols that must be Established, each with its far end as `node/protocol`. */
  readonly sessions: Readonly<Record<string, string>>;
  /** Name in `prefixSets` of the prefixes to which it must have a route. */
  readonly prefixes: string;
  /** BGP protocols that must be shut, as more prefixes come over them than they take; absent where there is none. */
  readonly shut?: readonly string[];
  /** Of all routes that it has by BGP (topology/routes/digest.ts); absent where they may come to rest in several ways. */
  readonly routes?: string;
  /** BIRD protocols that must be up, as its health check enables them; absent where it has none. */
  readonly announces?: readonly string[];
  /** What it must have learned of the RPKI; absent where it doesn't validate. */
  readonly rpki?: RpkiReadiness;
}

export interface RpkiReadiness {
  /** RTR protocols that must be Established. */
  readonly protocols: readonly string[];
  /** Digest (topology/rpki/digest.ts) of the ROAs that each of its ROA tables must hold, by table. */
  readonly roas: Readonly<Record<string, string>>;
}

/** An image in the Docker engine, found there or made once for all labs (images/). */
export interface ImageInputs {
  /** Its name in images/index.ts. */
  readonly name: string;
  /** Hash of its definition: a change of it makes the image anew. */
  readonly definition: string;
  /** The engine, as in DOCKER_HOST, where it is one of a lab's own. */
  readonly host?: string;
}

export interface ImageOutputs extends ImageInputs {
  /** What a container names it by; it stands for the image's content. */
  readonly reference: string;
}
