export { readContainerlab } from "./read.ts";
export type { ContainerlabOptions, ReadContainerlab } from "./read.ts";
