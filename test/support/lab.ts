/** A lab brought up by the provider's resources alone, without the engine. */
import { randomBytes } from "node:crypto";
import { declare, type Declarations } from "../../components/declarations.ts";
import { linksResource } from "../../provider/links/resource.ts";
import { machineResource } from "../../provider/machine/resource.ts";
import { nodeResource } from "../../provider/node/resource.ts";
import { readinessResource } from "../../provider/readiness/resource.ts";
import type { Resource } from "../../provider/resource.ts";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { sandboxResource } from "../../provider/sandbox/resource.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";
import { segmentResource } from "../../provider/segment/resource.ts";
import { World } from "../../provider/world.ts";
import type { TopologySpec } from "../../topology/spec.ts";
import { resolve } from "../../topology/resolve.ts";

export interface TestLab {
  readonly key: string;
  readonly holder: Holder;
  readonly declarations: Declarations;
  /** Runs a shell script in the sandbox, on a node if one is named; throws when it fails. */
  run(script: string, node?: string): Promise<string>;
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
  const up = async (declarations: Declarations): Promise<void> => {
    const world = new World();
    const { hosts, resolvers } = declarations;
    await sandboxResource(world).reconcile({ key, lab: "test", hosts, resolvers }, undefined, () => {});
    const previous = new Map(parts(world, key, current).map((part) => [part.name, part.inputs]));
    const all = parts(world, key, declarations);
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
  try {
    await up(current);
  } catch (error) {
    await sandboxResource(new World()).remove({ key } as never);
    throw error;
  }
  const { holder } = await new World().get(key);
  return {
    key,
    holder,
    get declarations() {
      return current;
    },
    async run(script, node) {
      const result = await scriptInside(
        holder,
        node === undefined ? script : `/run/labwright/enter ${node} sh -e <<'ON_NODE'\n${script}\nON_NODE`,
      );
      if (result.exitCode !== 0) throw new Error(`\`${script}\` failed: ${result.stderr || result.stdout}`);
      return result.stdout;
    },
    async drift() {
      const world = new World();
      const texts: string[] = [];
      for (const part of parts(world, key, current)) {
        const seen = await part.resource.observe(part.inputs, undefined, "full");
        texts.push(...(seen?.drift ?? ["missing"]).map((text) => `${part.name}: ${text}`));
      }
      return texts;
    },
    up: (declarations = current) => up(declarations),
    down: () => sandboxResource(new World()).remove({ key } as never),
  };
}

function parts(world: World, sandbox: string, { nodes, machines, links, segments, readiness }: Declarations): Part[] {
  const part = (name: string, resource: object, inputs: object): Part => ({
    name,
    resource: resource as Resource,
    inputs: { ...inputs, sandbox },
  });
  return [
    ...nodes.map((node) => part(`node ${node.name}`, nodeResource(world), node)),
    ...(Object.keys(links).length === 0 ? [] : [part("links", linksResource(world), { links })]),
    ...segments.map((segment) => part(`segment ${segment.name}`, segmentResource(world), segment)),
    ...machines.map(({ inputs }) => part(`machine ${inputs.name}`, machineResource(world), inputs)),
    part("readiness", readinessResource(world), readiness),
  ];
}
