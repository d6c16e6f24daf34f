/** One thread of `measurePairs`: takes pairs until there are none left. */
import { workerData } from "node:worker_threads";
import { figuresOf, measurePair } from "../../topology/internet/index.ts";
import type { Work } from "./workers.ts";

const { internet, experiment, pairs, next, figures } = workerData as Work;
const width = figuresOf(experiment);
for (;;) {
  const index = Atomics.add(next, 0, 1);
  const pair = pairs[index];
  if (pair === undefined) break;
  figures.set(measurePair(internet, experiment, pair), width * index);
}
