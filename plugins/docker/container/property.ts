/** How a property of a container is declared, given to the Docker API, and read back from it. */
import type { ContainerCreateOptions, ContainerInspectInfo, HostConfig } from "dockerode";
import type { Property } from "../../stand-in.ts";

/** What the API is asked for; every part is there to be written to. */
export interface Wanted {
  readonly config: ContainerCreateOptions;
  readonly host: HostConfig;
}

export interface ContainerProperty extends Property {
  /** Undefined for those that the daemon isn't told. */
  readonly write?: (wanted: Wanted, value: never) => void;
  /**
   * What the container has; undefined where it is what a container has without it. `declared` is the value in the
   * program, undefined on import: where both mean the same, the declared one is given.
   */
  readonly read?: (seen: ContainerInspectInfo, declared?: never) => unknown;
}

/** Keeps the type of the property's value while it goes into a table. */
export function property<T>(
  rule: Omit<Property, "canonical"> & {
    readonly canonical?: (value: T) => unknown;
    readonly write?: (wanted: Wanted, value: T) => void;
    readonly read?: (seen: ContainerInspectInfo, declared?: T) => unknown;
  },
): ContainerProperty {
  return rule as unknown as ContainerProperty;
}

export function text(value: string | null | undefined): string | undefined {
  return value === null || value === "" ? undefined : value;
}

export function filled<T extends object>(value: T | null | undefined): T | undefined {
  return value === null || value === undefined || Object.keys(value).length === 0 ? undefined : value;
}

/** Undefined for zero, which is Docker's "not limited". */
export function positive(value: number | null | undefined): number | undefined {
  return value === null || value === undefined || value === 0 ? undefined : value;
}
