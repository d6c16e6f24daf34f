/** What an `up` would change, resource by resource: from the engine's preview, or from two declarations. */
import type { Declarations } from "../../components/declarations.ts";
import { changedProperties } from "../../provider/resource.ts";
import { resourceText } from "../engine/failures.ts";
import type { EngineEvent } from "../engine/run.ts";

export interface ResourceChange {
  /** `node r1`. */
  readonly resource: string;
  readonly operation: "create" | "update" | "replace" | "delete";
  readonly properties: readonly PropertyChange[];
  /** True where nothing is declared anew, but somebody changed it by hand, and the `up` would put it back. */
  readonly drifted: boolean;
}

export interface PropertyChange {
  /** In Pulumi's notation, such as `links["r1--r2"].mtu`. */
  readonly path: string;
  /** Undefined where there is none. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Gathers the changes as the engine tells them in a preview. */
export class PlannedChanges {
  readonly #lab: string;
  readonly #changes = new Map<string, ResourceChange>();

  constructor(lab: string) {
    this.#lab = lab;
  }

  take(event: EngineEvent): void {
    const metadata = event.resourcePreEvent?.metadata;
    if (metadata === undefined || !/^labwright:(net|pki):/.test(metadata.type)) return;
    const operation = operationOf(metadata.op);
    if (operation === undefined || this.#changes.has(metadata.urn)) return;
    const properties = propertyChanges(metadata.old?.inputs ?? {}, metadata.new?.inputs ?? {});
    this.#changes.set(metadata.urn, {
      resource: resourceText(metadata.urn, this.#lab),
      operation,
      properties,
      // What is declared anew differs from the world too.
      drifted: operation === "update" && properties.length === 0,
    });
  }

  all(): readonly ResourceChange[] {
    return [...this.#changes.values()];
  }
}

/** A replacement is told in three events; the one that takes the old away doesn't know the new. */
function operationOf(operation: string): ResourceChange["operation"] | undefined {
  switch (operation) {
    case "create":
    case "update":
    case "delete":
      return operation;
    case "replace":
    case "create-replacement":
      return "replace";
    default:
      return undefined;
  }
}

/** How one declaration of a lab differs from another. */
export function declarationChanges(before: Declarations, after: Declarations): readonly ResourceChange[] {
  const [old, next] = [resourcesOf(before), resourcesOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((resource): ResourceChange[] => {
    const [was, becomes] = [old.get(resource), next.get(resource)];
    const properties = propertyChanges(was ?? {}, becomes ?? {});
    const operation = was === undefined ? "create" : becomes === undefined ? "delete" : "update";
    return operation === "update" && properties.length === 0
      ? []
      : [{ resource, operation, properties, drifted: false }];
  });
}

function resourcesOf({ hosts, nodes, links, segments, readiness }: Declarations): Map<string, object> {
  return new Map<string, object>([
    ["sandbox", { hosts }],
    ...nodes.map((node) => [`node ${node.name}`, node] as const),
    ["links", { links }],
    ...segments.map((segment) => [`segment ${segment.name}`, segment] as const),
    ["readiness", readiness],
  ]);
}

/** What differs, down to the first list or text. Names that the program doesn't choose are left out. */
function propertyChanges(before: object, after: object): PropertyChange[] {
  const own = ({ sandbox: _, name: __, ...rest }: Record<string, unknown>): object => rest;
  return below("", own(before as Record<string, unknown>), own(after as Record<string, unknown>));
}

function below(path: string, before: unknown, after: unknown): PropertyChange[] {
  if (!isMapping(before) || !isMapping(after)) return [{ path, before, after }];
  return changedProperties(before, after).flatMap((name) => {
    const step = /^[A-Za-z_]\w*$/.test(name) ? `${path === "" ? "" : "."}${name}` : `["${name}"]`;
    return below(`${path}${step}`, before[name], after[name]);
  });
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
