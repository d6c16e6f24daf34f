/**
 * What a resource of a stand-in is: the properties that it covers, with the official schema's names, defaults and
 * rules of replacement, and what is done with them. Everything else is refused by name.
 */
import type { EngineLog } from "../provider/rpc/log.ts";
import type { Properties } from "../provider/rpc/values.ts";
import type { Form } from "../topology/validation/form.ts";

export interface Property {
  /** Its type. */
  readonly form: Form;
  /** What a change of it does; a function where that depends on the values. */
  readonly change: Change | ((before: unknown, after: unknown) => Change);
  readonly required?: boolean;
  /** Its value where nothing is declared. */
  readonly default?: unknown;
  /** Declared values that mean the same become the same. */
  readonly canonical?: (value: never) => unknown;
}

export type Change = "update" | "replace";

/** One resource in one operation of the engine. */
export interface Call {
  readonly urn: string;
  readonly log: EngineLog;
}

export interface Seen {
  readonly id: string;
  /** Declared properties as they are now. */
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface StandIn {
  /** As in the official schema, e.g. `docker:index/container:Container`. */
  readonly type: string;
  readonly properties: Readonly<Record<string, Property>>;
  /** Outputs that aren't known before it is made. */
  readonly computed: readonly string[];
  /** Gets a name of its own where none is declared: that of the resource and seven random digits. */
  readonly named?: boolean;
  /** On a replacement the old one goes first. `named`: where its name was declared, which only one can have. */
  readonly deleteFirst: boolean | "named";
  /** Problems beyond each property's type, a sentence each. */
  problems?(inputs: Properties): readonly { readonly property: string; readonly reason: string }[];
  create(inputs: Properties, call: Call): Promise<{ readonly id: string; readonly outputs: Properties }>;
  /** `inputs` and `state` are undefined on import. Without it, what is in the state counts as what there is. */
  read?(id: string, inputs?: Properties, state?: Properties): Promise<Seen | undefined>;
  update(id: string, inputs: Properties, state: Properties, call: Call): Promise<Properties>;
  /** No error where it is gone already. */
  remove(id: string, state: Properties, call: Call): Promise<void>;
}

export interface Plugin {
  /** Of the Pulumi package: `docker`. */
  readonly name: string;
  readonly resources: readonly StandIn[];
  /** Problems of the provider's own settings (`docker:host`, or `new docker.Provider`). */
  readonly settings: Readonly<Record<string, Form>>;
  configure(settings: Properties): Promise<void> | void;
}

/** A list in which the order doesn't count. */
export function unordered(value: readonly unknown[]): unknown {
  return value.map((each) => JSON.stringify(each)).sort();
}
