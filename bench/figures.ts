/** What is measured, and what is made of it. Pure. */
import type { Shape } from "../labs/scale/topology.ts";

/** Bytes. */
export interface Memory {
  /** The lab's own processes at the end of `up`: the sum of their proportional set sizes. */
  readonly lab: number;
  /** Largest resident set of each process of Labwright during `up`; shared pages count in each. */
  readonly engine: number;
  readonly provider: number;
  readonly command: number;
}

/** Seconds. */
export interface RawRun {
  readonly up: number;
  /** Parts of `up`, in order. */
  readonly sandbox: number;
  readonly links: number;
  readonly nodes: number;
  readonly convergence: number;
  readonly down: number;
}

/** Seconds. */
export interface LabwrightRun {
  readonly up: number;
  readonly noChange: number;
  /** After the daemon of one router was killed and one of its addresses removed. */
  readonly reset: number;
  readonly down: number;
  readonly memory: Memory;
}

/** Seconds. */
export interface PeerRun {
  readonly up: number;
  readonly down: number;
}

/** Seconds that the engine takes for one resource: at first, and when nothing is to be done. */
export interface EngineRun {
  readonly up: number;
  readonly noChange: number;
}

/** All runs of one shape and size. */
export interface Measurement {
  readonly shape: Shape;
  readonly routers: number;
  readonly links: number;
  readonly resources: number;
  readonly raw: readonly RawRun[];
  readonly labwright: readonly LabwrightRun[];
  readonly engine: readonly EngineRun[];
  /** Why it was given up, where it was; then there are fewer runs than asked for. */
  readonly failure?: string;
  /** By name; runs, or why one failed. */
  readonly peers: Readonly<Record<string, readonly PeerRun[] | string>>;
}

export interface Machine {
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly node: string;
  /** Load average of the last minute, before anything was measured. */
  readonly load: number;
}

export interface Report {
  readonly command: string;
  readonly runs: number;
  readonly machine: Machine;
  readonly measurements: readonly Measurement[];
  /** By name: why a peer wasn't measured. */
  readonly absent: Readonly<Record<string, string>>;
}

/** Undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
}

export function medianOf<T>(runs: readonly T[], pick: (run: T) => number): number | undefined {
  return median(runs.map(pick));
}

/** Undefined where either isn't there, or the denominator is nothing. */
export function ratio(numerator: number | undefined, denominator: number | undefined): number | undefined {
  return numerator === undefined || denominator === undefined || denominator <= 0 ? undefined : numerator / denominator;
}

/** How much longer; 0 where it is shorter. */
export function above(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined ? undefined : Math.max(0, value - base);
}
