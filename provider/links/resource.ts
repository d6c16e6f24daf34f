import { requireText } from "../checks.ts";
import { linkResource } from "../link/resource.ts";
import { sameValue, type Resource } from "../resource.ts";
import { PartialFailure } from "../rpc/service.ts";
import type { LinkInputs, LinksInputs } from "../schema.ts";
import type { World } from "../world.ts";

/**
 * `labwright:net:Links`; see LinksInputs. One resource for all of a lab's links: the engine's cost is by the resource,
 * and a large lab has more links than nodes. Each link is looked at, changed and told of by itself.
 */
export function linksResource(world: World): Resource<LinksInputs> {
  const one = linkResource(world);
  return {
    type: "labwright:net:Links",
    changes: { sandbox: "replace", links: "live", containers: "live" },
    check: (inputs) => [
      ...requireText(inputs, "sandbox"),
      ...Object.entries(inputs.links ?? {}).flatMap(([name, link]) =>
        one.check({ name, ...link }).map((problem) => ({ ...problem, path: `links["${name}"].${problem.path}` })),
      ),
    ],
    id: (inputs) => `${inputs.sandbox}/links`,
    predict: () => ({}),
    async observe(inputs, _state, depth) {
      if ((await world.find(inputs.sandbox)) === undefined) return undefined;
      const drift = await Promise.all(
        linksOf(inputs).map(async (link) =>
          named(link, (await one.observe(link, undefined, depth))?.drift ?? ["missing"]),
        ),
      );
      return { drift: drift.flat() };
    },
    async reconcile(inputs, previous, progress) {
      const before = new Map(previous === undefined ? [] : linksOf(previous).map((link) => [link.name, link]));
      const wanted = linksOf(inputs);
      const kept = new Set(wanted.map((link) => link.name));
      for (const link of before.values()) if (!kept.has(link.name)) await one.remove(link);
      const results = await Promise.allSettled(
        wanted.map(async (link) => {
          const known = before.get(link.name);
          if (
            known !== undefined &&
            sameValue(known, link) &&
            (await one.observe(link, undefined, "full"))?.drift.length === 0
          )
            return;
          await one.reconcile(link, known, progress);
        }),
      );
      const failures = results.flatMap((result, index) =>
        result.status === "rejected" ? named(wanted[index], [(result.reason as Error).message]) : [],
      );
      if (failures.length > 0) throw new PartialFailure(failures.join("\n"));
      return inputs;
    },
    async remove(state) {
      for (const link of linksOf(state)) await one.remove(link);
    },
  };
}

function linksOf({ sandbox, links, containers = {} }: LinksInputs): LinkInputs[] {
  return Object.entries(links).map(([name, link]) => {
    const own = link.ends.flatMap(({ node }) => (containers[node] === undefined ? [] : [[node, containers[node]]]));
    return { sandbox, name, ...link, ...(own.length === 0 ? {} : { containers: Object.fromEntries(own) }) };
  });
}

function named(link: LinkInputs | undefined, texts: readonly string[]): string[] {
  return texts.map((text) => `${link?.name ?? ""}: ${text}`);
}
