/** What the command and the checks may do with a running sandbox. Implemented in sandbox.ts. */
import type { ChildProcess, StdioOptions } from "node:child_process";
import type { CommandResult } from "../../labs/lab.ts";
import type { RouterIdentity } from "../../topology/daemons/render.ts";

export interface ExecOptions {
  /** Milliseconds; then the command is killed and exitCode is 124. Default 60,000. */
  readonly timeout?: number;
  readonly stdin?: string;
}

export interface SandboxHandle {
  readonly key: string;
  /** Process id of its init on the host. */
  readonly pid: number;
  /** Names of the nodes that exist now. */
  nodes(): Promise<readonly string[]>;
  /**
   * Runs `argv` on a node (`undefined`: in the sandbox itself) with the node's network namespace, host name, its
   * daemons' sockets (so that plain `birdc` or `vtysh` talks to that node's daemon) and /etc/hosts of the lab.
   */
  exec(node: string | undefined, argv: readonly string[], options?: ExecOptions): Promise<CommandResult>;
  /** The same on the caller's own terminal, for `lab exec` and `lab shell`. `stdio`: default `inherit`. */
  attach(node: string | undefined, argv: readonly string[], stdio?: StdioOptions): ChildProcess;
  /** The BGP sessions of a router, by name, each with its state as its daemon says it. Throws where none answers. */
  sessions(router: RouterIdentity): Promise<ReadonlyMap<string, string>>;
  /** The log of a node's daemon. */
  log(node: string, daemon: string): Promise<string>;
  /** Names of daemons whose logs exist. */
  logs(node: string): Promise<readonly string[]>;
}
