/** A topology's PKI as an `up` makes it, without the engine: the component's resources, by the provider's own code. */
import * as pulumi from "@pulumi/pulumi";
import type { NodeFile } from "../../cli/pki/judge-file.ts";
import { inventoryOf, type Inventory } from "../../cli/pki/inventory.ts";
import { declarePki } from "../../components/pki/declarations.ts";
import { authorityResource } from "../../provider/pki/authority.ts";
import { certificatesResource } from "../../provider/pki/certificates.ts";
import { revocationListResource } from "../../provider/pki/revocation-list.ts";
import type { Resource } from "../../provider/resource.ts";
import type { Topology } from "../../topology/topology.ts";

export interface MadePki {
  readonly inventory: Inventory;
  /** By `node:path`. */
  readonly files: ReadonlyMap<string, NodeFile>;
  /** What the state has, by the resource's name. */
  readonly outputs: ReadonlyMap<string, Record<string, unknown>>;
}

/** `before`: what an earlier `up` has made. */
export async function madePki(topology: Topology, clock: () => Date, before?: MadePki): Promise<MadePki> {
  const kinds = [authorityResource(clock), certificatesResource(clock), revocationListResource(clock)] as Resource[];
  const made: { urn: string; type: string; id: string; outputs: Record<string, unknown> }[] = [];
  await pulumi.runtime.setMocks({
    async newResource({ type, name, inputs }) {
      const outputs = await kinds
        .find((kind) => kind.type === type)
        ?.reconcile(inputs as Record<string, unknown>, before?.outputs.get(name), () => {});
      made.push({ urn: name, type, id: name, outputs: (outputs ?? {}) as Record<string, unknown> });
      return { id: name, state: outputs ?? {} };
    },
    call: () => ({}),
  });
  const { PublicKeyInfrastructure } = await import("../../components/pki/pki.ts");
  const pki = new PublicKeyInfrastructure(declarePki(topology.pki, topology.nodes), {});
  const files = new Map<string, NodeFile>();
  for (const { name } of topology.nodes)
    for (const [path, content] of Object.entries(pki.filesOf(name) ?? {}))
      files.set(`${name}:${path}`, { mode: "600", text: await new Promise((done) => content.apply(done)) });
  const outputs = new Map(made.map((each) => [each.urn, each.outputs]));
  return { inventory: inventoryOf(topology, made), files, outputs };
}
