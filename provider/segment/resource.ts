import { requireMtu, requireText } from "../checks.ts";
import { segmentWiring } from "../kernel/wire.ts";
import { segmentTargets } from "../shaping.ts";
import { checkEnds } from "../link/resource.ts";
import type { Resource } from "../resource.ts";
import type { SegmentInputs } from "../schema.ts";
import type { World } from "../world.ts";
import { wiringResource } from "../wiring.ts";

/** `labwright:net:Segment`; see SegmentInputs. */
export function segmentResource(world: World): Resource<SegmentInputs> {
  return wiringResource(world, {
    type: "labwright:net:Segment",
    changes: {
      sandbox: "replace",
      name: "replace",
      members: "live",
      mtu: "live",
      impairments: "live",
      multicastQuerier: "live",
      containers: "live",
    },
    check: (inputs) => [
      ...requireText(inputs, "sandbox"),
      ...requireText(inputs, "name"),
      ...requireMtu(inputs),
      ...checkEnds(inputs.members, "members"),
    ],
    wiring: segmentWiring,
    targets: segmentTargets,
  });
}
