import { exercise } from "../support/exercises.ts";

await exercise("mtls-database");
