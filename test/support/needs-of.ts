/** What tests of a lab need: of the machine, and what the lab itself does. */
import { missingCommands, missingTools } from "../../cli/stacks/requirements.ts";
import type { AnyLab } from "../../labs/index.ts";
import { situationOf } from "../../labs/situation.ts";
import { projectDirectory } from "../../toolchain/paths.mjs";
import type { needs } from "../requirements.ts";

type Needs = ReturnType<typeof needs>;

/** `needed`: of the machine, where all that the lab needs is there. */
export function needsOf(lab: AnyLab, needed: Needs, inContainers = false): Needs {
  const missing = [
    ...missingCommands(lab, inContainers),
    ...missingTools(situationOf(lab, {}).topology, projectDirectory).map(({ title }) => title),
  ];
  return missing.length === 0 ? needed : { skip: true, meta: { missing: `not installed: ${missing.join(", ")}` } };
}
