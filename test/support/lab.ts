/** A lab brought up by the provider's resources alone, without the engine. */
import { randomBytes } from "node:crypto";
import { containerSettings } from "../../components/container.ts";
import { declare, type ContainerDeclaration, type Declarations } from "../../components/declarations.ts";
import type { CommandResult } from "../../labs/lab.ts";
import { containerResource } from "../../plugins/docker/container/container.ts";
import { linksResource } from "../../provider/links/resource.ts";
import { machineResource } from "../../provider/machine/resource.ts";
import { nodeResource } from "../../provider/node/resource.ts";
import { readinessResource } from "../../provider/readiness/resource.ts";
import type { Resource } from "../../provider/resource.ts";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { removeSandbox } from "../../provider/sandbox/remove.ts";
import { sandboxResource } from "../../provider/sandbox/resource.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";
import { findSandbox } from "../../provider/sandbox/sandbox.ts";
import { segmentResource } from "../../provider/segment/resource.ts";
import { World } from "../../provider/world.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import { resolve } from "../../topology/resolve.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";
import { testImage } from "./image.ts";
import type { ImageName } from "../../images/index.ts";

export interface TestLab {
  readonly key: string;
  readonly holder: Holder;
  readonly declarations: Declarations;
  /** Ids of the nodes' containers. */
  readonly containers: Readonly<Record<string, string>>;
  /** Runs a shell script in the sandbox, or with the network of the node that is named; throws when it fails. */
  run(script: string, node?: string): Promise<string>;
  /** Runs a shell script on a node as `lab exec` does; throws when it fails. */
  exec(node: string, script: string): Promise<string>;
  /** What a new provider process would report as drift, each with its resource's name in front. */
  drift(): Promise<string[]>;
  /** What a new provider process would do on `up` with these declarations (default: the same again). */
  up(declarations?: Declarations): Promise<void>;
  down(): Promise<void>;
}

type Part = { readonly name: string; readonly resource: Resource; readonly inputs: object };

/** `key` names the sandbox; default a random one. */
export async function bringUp(spec: TopologySpec, key = `test-${randomBytes(4).toString("hex")}`): Promise<TestLab> {
  let current = declare(resolve(spec), 30);
  const ids: Record<string, string> = {};
  const up = async (declarations: Declarations): Promise<void> => {
    const world = new World();
    const { hosts, resolvers, containers } = declarations;
    const names = containers.map(({ node }) => node);
    const sandbox = { key, lab: "test", hosts, resolvers, ...(names.length === 0 ? {} : { containers: names }) };
    await sandboxResource(world).reconcile(sandbox, undefined, () => {});
    for (const container of containers) ids[container.node] ??= await makeContainer(key, container);
    const previous = new Map(parts(world, key, current, ids).map((part) => [part.name, part.inputs]));
    const all = parts(world, key, declarations, ids);
    // Machines are set up once their interfaces are there, as the component has it.
    const stages = [/^(node|links|segment)\b/, /^machine /].map((pattern) =>
      all.filter(({ name }) => pattern.test(name)),
    );
    for (const stage of stages)
      await Promise.all(stage.map((part) => part.resource.reconcile(part.inputs, previous.get(part.name), () => {})));
    for (const part of all)
      if (part.name === "readiness") await part.resource.reconcile(part.inputs, part.inputs, () => {});
    current = declarations;
  };
  const down = async (): Promise<void> => void (await removeSandbox(key, current.containers.length > 0));
  try {
    await up(current);
  } catch (error) {
    await down();
    throw error;
  }
  const { holder } = await new World().get(key);
  return {
    key,
    holder,
    get declarations() {
      return current;
    },
    containers: ids,
    async run(script, node) {
      return outputOf(
        script,
        await scriptInside(
          holder,
          node === undefined ? script : `/run/labwright/enter ${node} sh -e <<'ON_NODE'\n${script}\nON_NODE`,
        ),
      );
    },
    async exec(node, script) {
      const sandbox = await findSandbox(key);
      if (sandbox === undefined) throw new Error(`The sandbox ${key} has ended.`);
      return outputOf(script, await sandbox.exec(node, ["sh", "-ec", script]));
    },
    async drift() {
      const world = new World();
      const texts: string[] = [];
      for (const part of parts(world, key, current, ids)) {
        const seen = await part.resource.observe(part.inputs, undefined, "full");
        texts.push(...(seen?.drift ?? ["missing"]).map((text) => `${part.name}: ${text}`));
      }
      return texts;
    },
    up: (declarations = current) => up(declarations),
    down,
  };
}

function outputOf(script: string, { exitCode, stdout, stderr }: CommandResult): string {
  if (exitCode !== 0) throw new Error(`\`${script}\` failed: ${stderr || stdout}`);
  return stdout;
}

/** As the docker plugin makes it for a lab. Gives its id. */
async function makeContainer(sandbox: string, container: ContainerDeclaration): Promise<string> {
  const docker = await connectDocker();
  const image = await testImage(container.image as ImageName);
  const settings = containerSettings(container, { sandbox, project: "test" });
  const name = `${sandbox}-${container.node}`;
  return (await containerResource(() => docker).create({ ...settings, name, image }, undefined as never)).id;
}

function parts(
  world: World,
  sandbox: string,
  { nodes, machines, links, segments, readiness }: Declarations,
  ids: Readonly<Record<string, string>>,
): Part[] {
  const part = (name: string, resource: object, inputs: object): Part => ({
    name,
    resource: resource as Resource,
    inputs: { ...inputs, sandbox },
  });
  const containers = Object.keys(ids).length === 0 ? {} : { containers: ids };
  const ofNode = (node: string): object => (ids[node] === undefined ? {} : { container: ids[node] });
  return [
    ...nodes.map((node) => part(`node ${node.name}`, nodeResource(world), { ...node, ...ofNode(node.name) })),
    ...(Object.keys(links).length === 0 ? [] : [part("links", linksResource(world), { links, ...containers })]),
    ...segments.map((segment) =>
      part(`segment ${segment.name}`, segmentResource(world), { ...segment, ...containers }),
    ),
    ...machines.map(({ inputs }) => part(`machine ${inputs.name}`, machineResource(world), inputs)),
    part("readiness", readinessResource(world), readiness),
  ];
}
