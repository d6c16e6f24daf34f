/** Commands that a lab needs and this machine may lack. */
import { findOnPath } from "../../toolchain/paths.mjs";
import { systemPackages } from "../../toolchain/plan.mjs";
import type { Lab } from "../../labs/lab.ts";
import { CommandError, exitCodes } from "../errors.ts";

type Needy = Pick<Lab, "name" | "requires">;
type Find = (command: string) => string | undefined;

export function missingCommands({ requires = [] }: Needy, find: Find = findOnPath): readonly string[] {
  return requires.filter((command) => find(command) === undefined);
}

/** Refuses a lab whose commands are missing, all of them at once, with what brings them. */
export function requireCommands(lab: Needy, find: Find = findOnPath): void {
  const missing = missingCommands(lab, find);
  if (missing.length === 0) return;
  const packages = systemPackages.filter(({ commands }) => commands.some((command) => missing.includes(command)));
  throw new CommandError(
    `The lab ${lab.name} needs what isn't installed here: ${missing.join(", ")}.`,
    packages.length === 0
      ? "Install it in your system's way, then try again."
      : `On Debian and its kin: sudo apt-get install ${packages.map((each) => each.package).join(" ")}`,
    exitCodes.failed,
  );
}
