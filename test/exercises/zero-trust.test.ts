import { exercise } from "../support/exercises.ts";

await exercise("zero-trust");
