/** Measures many pairs at once, on threads that share the internet's graph. */
import { Worker } from "node:worker_threads";
import { figuresOf, type Experiment, type Internet, type Pair } from "../../topology/internet/index.ts";

/** What a thread gets. Everything large in it is shared memory. */
export interface Work {
  readonly internet: Internet;
  readonly experiment: Experiment;
  readonly pairs: readonly Pair[];
  /** The next pair that nobody has taken yet. */
  readonly next: Int32Array;
  /** Figures of the first pair, then of the second, and so on. */
  readonly figures: Uint32Array;
}

/** By pair, the figures of `measurePair`. @param threads at least 1. */
export async function measurePairs(
  internet: Internet,
  experiment: Experiment,
  pairs: readonly Pair[],
  threads: number,
): Promise<number[][]> {
  const width = figuresOf(experiment);
  const work: Work = {
    internet,
    experiment,
    pairs,
    next: new Int32Array(new SharedArrayBuffer(4)),
    figures: new Uint32Array(new SharedArrayBuffer(4 * width * pairs.length)),
  };
  const workers = Array.from(
    { length: Math.min(threads, pairs.length) },
    () => new Worker(new URL("worker.ts", import.meta.url), { workerData: work }),
  );
  try {
    await Promise.all(workers.map(ended));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return pairs.map((_, index) => [...work.figures.subarray(width * index, width * (index + 1))]);
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a thread of the measurement ended with exit code ${code}`));
    });
  });
}
