/** A lab's namespaces and links a second time, in a sandbox of their own, for something to be tried in. */
import { linksResource } from "./links/resource.ts";
import { nodeResource } from "./node/resource.ts";
import { findHolder, endHolder } from "./sandbox/holder.ts";
import type { SandboxHandle } from "./sandbox/handle.ts";
import { findSandbox } from "./sandbox/sandbox.ts";
import type { LinksInputs, NodeInputs, SegmentInputs } from "./schema.ts";
import { segmentResource } from "./segment/resource.ts";
import { World } from "./world.ts";

export interface CopyParts {
  readonly nodes: readonly Omit<NodeInputs, "sandbox">[];
  readonly links: LinksInputs["links"];
  readonly segments: readonly Omit<SegmentInputs, "sandbox">[];
}

/** Makes the copy, hands it to `work`, and ends it whatever comes of that. `key` is that of its sandbox. */
export async function withCopy<T>(
  key: string,
  lab: string,
  parts: CopyParts,
  work: (sandbox: SandboxHandle) => Promise<T>,
): Promise<T> {
  const world = new World();
  try {
    await world.ensure(key, lab);
    const nothing = (): void => {};
    await Promise.all([
      ...parts.nodes.map((node) => nodeResource(world).reconcile({ ...node, sandbox: key }, undefined, nothing)),
      linksResource(world).reconcile({ links: parts.links, sandbox: key }, undefined, nothing),
      ...parts.segments.map((segment) =>
        segmentResource(world).reconcile({ ...segment, sandbox: key }, undefined, nothing),
      ),
    ]);
    const sandbox = await findSandbox(key);
    if (sandbox === undefined) throw new Error("The sandbox of the copy ended.");
    return await work(sandbox);
  } finally {
    await endCopy(key);
  }
}

/** No error when there is none. */
export async function endCopy(key: string): Promise<void> {
  const holder = await findHolder(key);
  if (holder !== undefined) await endHolder(holder);
}
