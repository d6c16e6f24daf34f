/** Labwright itself with every router in a Docker container, for the comparison with those that can't do without. */
import { spawn } from "node:child_process";
import { findDocker } from "../../toolchain/docker/host.ts";
import { sandboxKey } from "../../components/sandbox-key.ts";
import { collect } from "../../provider/sandbox/run.ts";
import type { Leftovers } from "../leftovers.ts";
import type { BenchProject } from "../project.ts";
import type { Found } from "./peer.ts";

const stack = "scale";

/** Also the image of its routers, for the others: all run the same. */
export async function findLabwrightInContainers(
  project: BenchProject,
  leftovers: Leftovers,
): Promise<{ readonly found: Found; readonly image?: string }> {
  const docker = await findDocker();
  if ("reason" in docker) return { found: docker.reason };
  const lab = async (...args: readonly string[]): Promise<string> => {
    const [program = "", ...words] = [project.lab, "--directory", project.directory, ...args];
    const child = spawn(program, words, {
      cwd: project.directory,
      env: project.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    leftovers.child(child);
    const { exitCode, stdout, stderr } = await collect(child, { timeout: 900_000 });
    if (exitCode !== 0) throw new Error(`\`lab ${args.join(" ")}\`: ${stderr.trim() || stdout.trim()}`);
    return stdout;
  };
  const [made] = JSON.parse(await lab("images", "build", "router", "--json")) as readonly {
    readonly reference: string;
  }[];
  const found: Found = {
    name: "Labwright, containers",
    async measure(_, own, { shape, routers }) {
      own.sandbox(sandboxKey(project.directory, stack));
      const forget = own.undo(async () => void (await lab("clean")));
      const started = performance.now();
      await lab("up", stack, "--set", `shape=${shape}`, "--set", `routers=${routers}`, "--set", "runtime=container");
      const converged = performance.now();
      await lab("down", stack);
      forget();
      return { up: (converged - started) / 1000, down: (performance.now() - converged) / 1000 };
    },
  };
  return { found, ...(made === undefined ? {} : { image: made.reference }) };
}
