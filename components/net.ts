/** The native provider's resources as a program declares them. Properties are documented in provider/schema.ts. */
import * as pulumi from "@pulumi/pulumi";
import type {
  LinkInputs,
  LinksInputs,
  MachineInputs,
  NodeInputs,
  ReadinessInputs,
  RouteOriginAuthorizationsInputs,
  SandboxInputs,
  SegmentInputs,
} from "../provider/schema.ts";

/** Every property may be an output of another resource. */
export type Args<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

export class Sandbox extends pulumi.CustomResource {
  declare readonly key: pulumi.Output<string>;
  /** Process id of the sandbox's first process, on the host. */
  declare readonly pid: pulumi.Output<number>;
  /** When that process was started (provider/schema.ts). */
  declare readonly startTime: pulumi.Output<number>;

  constructor(name: string, args: Args<SandboxInputs>, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Sandbox", name, { ...args, pid: undefined, startTime: undefined, drift: undefined }, opts);
  }
}

/** Each file may be an output of its own, so that one which is secret, or isn't known yet, leaves the others alone. */
export type NodeArgs = Args<Omit<NodeInputs, "files">> & {
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
};

export class Node extends pulumi.CustomResource {
  /** How the node differed from its declaration when it was last looked at; empty when it didn't. */
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: NodeArgs, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Node", name, { ...args, drift: undefined }, opts);
  }
}

/** A machine that is set up by commands. */
export class Machine extends pulumi.CustomResource {
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: Args<MachineInputs>, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Machine", name, { ...args, drift: undefined }, opts);
  }
}

export class Link extends pulumi.CustomResource {
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: Args<LinkInputs>, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Link", name, { ...args, drift: undefined }, opts);
  }
}

/** All links of a lab in one resource, which costs the engine less than one for each; `links` is by name. */
export class Links extends pulumi.CustomResource {
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: Args<LinksInputs>, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Links", name, { ...args, drift: undefined }, opts);
  }
}

export class Segment extends pulumi.CustomResource {
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: Args<SegmentInputs>, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Segment", name, { ...args, drift: undefined }, opts);
  }
}

export class RouteOriginAuthorizations extends pulumi.CustomResource {
  /** Trust anchor locator (RFC 8630) for relying parties. */
  declare readonly locator: pulumi.Output<string>;
  /** Root of the publication server's HTTPS certificate, PEM. */
  declare readonly certificate: pulumi.Output<string>;
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: Args<RouteOriginAuthorizationsInputs>, opts?: pulumi.CustomResourceOptions) {
    const outputs = { locator: undefined, certificate: undefined, drift: undefined };
    super("labwright:net:RouteOriginAuthorizations", name, { ...args, ...outputs }, opts);
  }
}

export class Readiness extends pulumi.CustomResource {
  declare readonly drift: pulumi.Output<string[]>;

  constructor(name: string, args: Args<ReadinessInputs>, opts?: pulumi.CustomResourceOptions) {
    super("labwright:net:Readiness", name, { ...args, drift: undefined }, opts);
  }
}
