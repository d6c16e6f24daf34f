/** Links and segments as short as other labs write them. */
import type { EndSpec, LinkSpec, SegmentSpec } from "../../topology/spec.ts";

/** `NODE:INTERFACE`, or an end with more to it. */
export type End = string | Exclude<EndSpec, string>;

/** `link("r1:eth1", "r2:eth1")`. */
export function link(one: End, other: End, more: Omit<LinkSpec, "ends"> = {}): LinkSpec {
  return { ends: [endOf(one), endOf(other)], ...more };
}

/** A segment: `lan(["r1:eth0", "pc1:eth0"])`. */
export function lan(members: readonly End[], more: Omit<SegmentSpec, "members"> = {}): SegmentSpec {
  return { members: members.map(endOf), ...more };
}

function endOf(end: End): EndSpec {
  if (typeof end !== "string") return end;
  const colon = end.indexOf(":");
  return colon === -1 ? end : { node: end.slice(0, colon), interface: end.slice(colon + 1) };
}
