import type { Problem } from "../../topology/problem.ts";
import { requireAddress, requireInterfaceName, requireMtu, requireNodeName, requireText } from "../checks.ts";
import { linkWiring } from "../kernel/wire.ts";
import { linkTargets } from "../shaping.ts";
import type { Resource } from "../resource.ts";
import type { EndInputs, LinkInputs } from "../schema.ts";
import type { World } from "../world.ts";
import { wiringResource } from "../wiring.ts";

/** `labwright:net:Link`; see LinkInputs. */
export function linkResource(world: World): Resource<LinkInputs> {
  return wiringResource(world, {
    type: "labwright:net:Link",
    changes: {
      sandbox: "replace",
      name: "replace",
      ends: "live",
      mtu: "live",
      impairments: "live",
      containers: "live",
    },
    check: (inputs) => [
      ...requireText(inputs, "sandbox"),
      ...requireText(inputs, "name"),
      ...requireMtu(inputs),
      ...checkEnds(inputs.ends, "ends"),
    ],
    wiring: linkWiring,
    targets: linkTargets,
  });
}

export function checkEnds(ends: readonly EndInputs[] | undefined, path: string): Problem[] {
  return (ends ?? []).flatMap((end, index) => [
    ...requireNodeName(end, "node"),
    ...requireInterfaceName(end.interface, `${path}[${index}].interface`),
    ...end.addresses.flatMap((address, at) => requireAddress(address, `${path}[${index}].addresses[${at}]`)),
  ]);
}
