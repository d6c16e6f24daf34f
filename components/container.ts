import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { runDirectory } from "../provider/container/directory.ts";
import { nodeLabel, projectLabel, sandboxLabel } from "../provider/container/labels.ts";
import { inContainer } from "../provider/kernel/programs.ts";
import { findOnPath, projectDirectory, projectNode } from "../toolchain/paths.mjs";
import { pathWithTools } from "../toolchain/plan.mjs";
import type { RouterDaemon } from "../topology/spec.ts";
import type { ContainerDeclaration } from "./declarations.ts";

/**
 * What daemons of a network need; `privileged` is never among it. With `CAP_`, as Docker's own client writes them:
 * the official plugin compares what it reads as text, and replaces the container where it differs.
 */
const capabilities = ["CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID"];

/** What a routing daemon doesn't start without: FRR's could have VRFs, OpenBGPD's have an empty root. */
const furtherCapabilities: Readonly<Record<RouterDaemon, readonly string[]>> = {
  bird: [],
  frr: ["CAP_SYS_ADMIN"],
  gobgp: [],
  openbgpd: ["CAP_SYS_CHROOT"],
};

/** Loaded by labs that have containers only. */
const sdk = (): typeof docker => createRequire(import.meta.url)("@pulumi/docker") as typeof docker;

/** The container that a node runs in. Its image is the one that `reference` names. */
export function nodeContainer(
  name: string,
  args: ContainerDeclaration & ContainerPlace & { readonly reference: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  return new (sdk().Container)(name, { ...containerSettings(args, args), image: args.reference }, opts);
}

export interface ContainerPlace {
  /** Key of the sandbox. */
  readonly sandbox: string;
  /** Folder of the project. */
  readonly project: string;
}

/** All but the image. Docker gives it no network: its links are the lab's. Pure. */
export function containerSettings(
  { node, memory, cpus, programs, tools, daemon }: ContainerDeclaration,
  { sandbox, project }: ContainerPlace,
) {
  const directory = runDirectory(sandbox);
  const mount = (source: string, target: string, readOnly = false) => ({ type: "bind", source, target, readOnly });
  const shared = (source: string, target: string) => mount(`${directory}/${source}`, target);
  return {
    // Whatever the image runs by itself.
    entrypoints: ["sh", "/run/labwright/supervisor"],
    user: "0",
    hostname: node,
    workingDir: `/run/nodes/${node}`,
    init: true,
    networkMode: "none",
    capabilities: {
      drops: ["ALL"],
      adds: [...capabilities, ...(daemon === undefined ? [] : furtherCapabilities[daemon])],
    },
    // The swap that Docker gives anyway. Undeclared it would be a difference to the official plugin, and one that
    // refuses a memory of more than twice as much.
    ...(memory === undefined ? {} : { memory, memorySwap: 2 * memory }),
    ...(cpus === undefined ? {} : { cpus: processors(cpus) }),
    labels: [
      { label: sandboxLabel, value: sandbox },
      { label: nodeLabel, value: node },
      { label: projectLabel, value: project },
    ],
    mounts: [
      mount(`${directory}/supervisor`, "/run/labwright/supervisor", true),
      shared(`nodes/${node}`, `/run/nodes/${node}`),
      // Where birdc looks for BIRD.
      shared(`nodes/${node}`, "/run/bird"),
      shared("hosts", "/etc/hosts"),
      shared("resolv.conf", "/etc/resolv.conf"),
      shared("ca-certificates.crt", "/etc/ssl/certs/ca-certificates.crt"),
      ...(programs
        ? [
            shared("ca-certificates.crt", "/run/labwright/ca-certificates.crt"),
            mount(projectNode(projectDirectory) ?? process.execPath, inContainer.node, true),
            ...["package.json", "programs", "topology"].map((each) =>
              mount(`${projectDirectory}/${each}`, `${inContainer.project}/${each}`, true),
            ),
          ]
        : []),
      ...tools.map((tool) => mount(toolPath(tool), `/usr/local/bin/${tool}`, true)),
    ],
  };
}

/**
 * As the official plugin spells what it reads, which it compares as text. Where its spelling is rounded, as of 0.05 to
 * `0.1`, a billionth more isn't, and is nothing to Docker, which counts in hundred-thousandths.
 */
export function processors(cpus: number): string {
  const text = spelled(cpus);
  return Number(text) === Number(cpus.toFixed(9)) ? text : spelled(cpus + 1e-9);
}

/** `nanoInt64ToDecimalString` in helpers.go of kreuzwerker/terraform-provider-docker: 1 is `1.0`, 10 is `10.`. */
function spelled(cpus: number): string {
  const digits = cpus.toFixed(9);
  return digits.replaceAll(/[^0]/g, "").length === 9 ? cpus.toFixed(1) : digits.replace(/0+$/, "");
}

function toolPath(tool: ContainerDeclaration["tools"][number]): string {
  const path = findOnPath(tool, pathWithTools(projectDirectory));
  if (path === undefined) throw new Error(`${tool} isn't installed here; \`npm run setup -- --${tool}\` gets it.`);
  return realpathSync(path);
}
