/** How verbs are added to the command. */
import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Adds a verb with the global options, its description and examples. */
export type Verb = (name: string, description: string, examples: readonly string[], parent?: Command) => Command;
/** Says what a verb does. */
export type Does = (command: Command, action: (context: Context, ...args: never[]) => Promise<number>) => void;
