export { readKathara } from "./read.ts";
