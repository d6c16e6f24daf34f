export { internetOf, indexOf, nearestAsns, degree } from "./graph.ts";
export type { Internet } from "./graph.ts";
export { propagate } from "./propagate.ts";
export type { Announcement, Deployment, Outcome } from "./propagate.ts";
export { learned, pathOf } from "./spread.ts";
export { generateRelationships } from "./generate.ts";
