import type { Plugin } from "../stand-in.ts";
import { localCommand } from "./local.ts";

/** Stand-in for @pulumi/command's plugin. */
export function commandPlugin(): Plugin {
  return { name: "command", resources: [localCommand], settings: {}, configure: () => {} };
}
