/** What is measured of the computation of the internet's routes. Pure. */
import type { Machine } from "../figures.ts";

/** By prefix: how many ASes the attacker captures, and the lengths of all ASes' paths together, with it and without. */
export type Answer = readonly [captured: number, lengths: number, lengthsBefore: number];

/** Bytes and seconds, of one process: those of its CPU time but for `load` and `all`, so that a busy machine counts less. */
export interface OwnRun {
  /** Reading the file, and making the graph. */
  readonly load: number;
  /** Each prefix by itself. */
  readonly seconds: readonly number[];
  /** For each prefix, where all are computed on so many threads as were asked for, starting them included. */
  readonly together: number;
  /** For all of these, as the clock goes. */
  readonly all: number;
  /** Largest resident set. */
  readonly memory: number;
  readonly answers: readonly Answer[];
}

/** The same of a peer. */
export interface PeerRun {
  readonly load: number;
  /** Each prefix by itself; none where the peer can't do that. */
  readonly seconds: readonly number[];
  /** For each prefix, where many are computed at once. */
  readonly together: number;
  readonly memory: number;
  /** By prefix, whether what it found is what Labwright found. */
  readonly agrees: readonly boolean[];
}

export interface PeerFigures {
  readonly name: string;
  /** Runs, or why one failed. */
  readonly runs: readonly PeerRun[] | string;
}

/** Everything about one graph. */
export interface GraphFigures {
  readonly ases: number;
  readonly relations: number;
  readonly prefixes: number;
  /** On one thread, and on two. */
  readonly own: readonly (readonly [one: OwnRun, two: OwnRun])[];
  readonly peers: readonly PeerFigures[];
}

export interface OracleReport {
  readonly command: string;
  readonly runs: number;
  readonly machine: Machine;
  readonly graphs: readonly GraphFigures[];
  /** By name: why a peer wasn't measured. */
  readonly absent: Readonly<Record<string, string>>;
}
