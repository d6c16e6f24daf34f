export { readAsRelationships } from "./bytes.ts";
export { AsGraph } from "./graph.ts";
export { RelationshipReader } from "./reader.ts";
export { mostAses, select, selectAround, selectLargest } from "./select.ts";
export type { AsSelection, SelectionOptions } from "./select.ts";
export { toTopologySpec } from "./spec.ts";
export { renderImportedLab } from "./render.ts";
