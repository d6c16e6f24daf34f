import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { findLab } from "../labs/index.ts";
import { situationOf } from "../labs/situation.ts";
import { Lab } from "./lab.ts";
import { sandboxKey } from "./sandbox-key.ts";

export interface Deployed {
  /** Name of the lab. */
  readonly lab: string;
  readonly nodes: readonly string[];
  /** Process id of the sandbox's first process. */
  readonly sandbox: pulumi.Output<number>;
}

/**
 * Declares the lab that the stack's configuration names (`labwright:lab`; default: the stack's name) with its settings
 * (`fault`, `solution`, and every other key). Throws a ProblemsError with all the mistakes of a stage.
 */
export async function deploy(stack: string, projectDirectory: string): Promise<Deployed> {
  const config = configuration(pulumi.getProject());
  const name = config["lab"] ?? stack;
  const lab = await findLab(name, join(projectDirectory, "labs"));
  const { lab: _, ...raw } = config;
  const { topology } = situationOf(lab, raw);
  const deployed = new Lab(lab.name, {
    lab: lab.name,
    key: sandboxKey(projectDirectory, stack),
    project: projectDirectory,
    topology,
    ...(lab.convergesWithin === undefined ? {} : { convergesWithin: lab.convergesWithin }),
  });
  return { lab: lab.name, nodes: topology.nodes.map((node) => node.name), sandbox: deployed.sandbox.pid };
}

/** The stack's configuration of this project, without the project's name before each key. */
export function configuration(project: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (key.startsWith(`${project}:`)) values[key.slice(project.length + 1)] = value;
  }
  return values;
}
