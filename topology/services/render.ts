/** From a service to its files and its daemon. Pure. */
import type { Service, Topology } from "../topology.ts";
import { portsOf } from "./check.ts";
import { renderDns } from "./dns.ts";
import { renderHttp } from "./http.ts";
import { renderRtrServer } from "./rtr.ts";
import type { PortSpec } from "./spec.ts";

/** A daemon that runs in the foreground with its node's directory as working directory. */
export interface Daemon {
  readonly command: readonly string[];
  /** By path relative to the node's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Signal on which it reads its files anew; absent where it must restart. */
  readonly reload?: "HUP" | "USR1" | "USR2";
}

export interface RenderedService extends Daemon {
  readonly name: string;
  /** Open once it is ready. */
  readonly listens: readonly PortSpec[];
}

export function renderService(topology: Topology, { name, spec }: Service): RenderedService {
  const daemon = ((): Daemon => {
    switch (spec.kind) {
      case "daemon":
        return {
          command: spec.command,
          files: spec.files ?? {},
          ...(spec.reload === undefined ? {} : { reload: spec.reload }),
        };
      case "rtr":
        return renderRtrServer(topology, name, spec);
      case "dns":
        return renderDns(topology, name, spec);
      case "http":
        return renderHttp(topology, name, spec);
    }
  })();
  return { name, ...daemon, listens: portsOf(spec) };
}
