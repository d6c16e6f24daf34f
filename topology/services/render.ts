/** From a service to its files and its daemon. Pure. */
import type { Service, Topology } from "../topology.ts";
import { portsOf } from "./check.ts";
import { renderDocker } from "./docker.ts";
import { renderDns } from "./dns.ts";
import { renderHealthCheck } from "./health-check.ts";
import { renderHttp } from "./http.ts";
import { renderKrill } from "./krill.ts";
import { renderPostgresql } from "./postgresql/render.ts";
import { renderProxy } from "./proxy/render.ts";
import { renderRegistry } from "./registry.ts";
import { renderMulticast } from "./multicast.ts";
import { renderRelyingParty } from "./relying-party.ts";
import { renderRtrServer } from "./rtr.ts";
import type { PortSpec } from "./spec.ts";

/** A daemon that runs in the foreground with its node's directory as working directory. */
export interface Daemon {
  readonly command: readonly string[];
  /** By path relative to the node's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Signal on which it reads its files anew, or that it sees by itself when they change; absent where it must restart. */
  readonly reload?: "HUP" | "USR1" | "USR2" | "itself";
  /** Of `files` those for which it restarts all the same. */
  readonly readOnce?: readonly string[];
  /** Files that it reads and that others put there: the node's own, or its credentials. */
  readonly watches?: readonly string[];
  /** User of the system that it is to be, without any rights; default: root of the sandbox. */
  readonly user?: string;
  /** Interfaces that it takes hold of at its start. */
  readonly interfaces?: readonly string[];
  /** Program and arguments, run to its end before each start of the daemon. */
  readonly prepare?: readonly string[];
  /** What it must know of an authority before it starts. */
  readonly trusts?: TrustAnchor;
  /** Unix socket, relative to the node's directory, that is there when it takes orders. */
  readonly socket?: string;
  /** It changes to a user of its own, and is let believe that it did where the sandbox knows a single user. */
  readonly changesUser?: true;
  /** A mistake in its files, on purpose, makes it end at its start. */
  readonly endsAtStart?: true;
  /** Whether its ports open long after its start, and others wait for them where they need them. Default false. */
  readonly slow?: boolean;
}

/** Where a relying party wants what it trusts, by paths relative to the node's directory. */
export interface TrustAnchor {
  /** Node of the authority. */
  readonly authority: string;
  /** Trust anchor locator (RFC 8630). */
  readonly locator: string;
  /** Root of the authority's HTTPS certificate, PEM. */
  readonly root: string;
}

/** Where a service is. */
export interface Place {
  readonly node: string;
  /** Its name, also that of its folder in the node's directory. */
  readonly name: string;
  /** Path of that folder in the sandbox. */
  readonly directory: string;
}

export interface RenderedService extends Daemon {
  readonly name: string;
  /** Open once it is ready. */
  readonly listens: readonly PortSpec[];
}

export function renderService(topology: Topology, node: string, { name, spec }: Service): RenderedService {
  const place = { node, name, directory: `/run/nodes/${node}/${name}` };
  const daemon = ((): Daemon => {
    switch (spec.kind) {
      case "daemon":
        return {
          command: spec.command,
          files: spec.files ?? {},
          ...(spec.reload === undefined ? {} : { reload: spec.reload }),
          ...(spec.interfaces === undefined ? {} : { interfaces: spec.interfaces }),
        };
      case "rtr":
        return renderRtrServer(topology, place, spec);
      case "krill":
        return renderKrill(topology, place);
      case "relying-party":
        return renderRelyingParty(topology, place, spec);
      case "dns":
        return renderDns(topology, place, spec);
      case "http":
        return renderHttp(topology, place, spec);
      case "registry":
        return renderRegistry(topology, place);
      case "multicast":
        return renderMulticast(topology, place, spec);
      case "health-check":
        return renderHealthCheck(topology, place, spec);
      case "docker":
        return renderDocker(topology, place, spec);
      case "postgresql":
        return renderPostgresql(topology, place, spec);
      case "proxy":
        return renderProxy(topology, place, spec);
    }
  })();
  return { name, ...daemon, listens: daemon.slow === true ? [] : portsOf(spec) };
}
