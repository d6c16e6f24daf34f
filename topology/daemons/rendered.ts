/** What a router's daemon is on a node: files and processes. */

export interface RenderedRouter {
  /** By path relative to the node's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** In the order of their start. */
  readonly processes: readonly RouterProcess[];
  /** Folders of the node's directory by the path at which the node's processes, and commands on it, see them. */
  readonly mounts: Readonly<Record<string, string>>;
}

/** A program in the foreground, with the node's directory as working directory. */
export interface RouterProcess {
  readonly name: string;
  readonly command: readonly string[];
  /** Keys of `files` that it reads. */
  readonly reads: readonly string[];
  /** How it takes new files while it runs; absent where it must restart. `command`: one that tells it, run on the node. */
  readonly reload?:
    | { readonly kind: "bird" }
    | { readonly kind: "signal"; readonly signal: "HUP" }
    | { readonly kind: "command"; readonly command: readonly string[] };
  /** Unix socket, relative to the node's directory, that is there once it takes orders. */
  readonly socket?: string;
  /** Unix socket of a process before it that must be there when it starts. */
  readonly after?: string;
  /** It changes to a user of its own, which a sandbox of an ordinary user doesn't know. */
  readonly changesUser?: true;
}
