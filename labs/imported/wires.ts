/** Links and segments as short as other labs write them. */
import type { EndSpec, LinkSpec, SegmentSpec } from "../../topology/spec.ts";

/** `NODE:INTERFACE`, and its addresses behind it: `"r1:eth1 192.0.2.1/24 2001:db8::1/64 02:00:00:00:00:01"`. */
export type End = string;

/** `link("r1:eth1", "r2:eth1")`. */
export function link(one: End, other: End, more: Omit<LinkSpec, "ends"> = {}): LinkSpec {
  return { ends: [endOf(one), endOf(other)], ...more };
}

/** A segment: `lan(["r1:eth0", "pc1:eth0"])`. */
export function lan(members: readonly End[], more: Omit<SegmentSpec, "members"> = {}): SegmentSpec {
  return { members: members.map(endOf), ...more };
}

function endOf(end: End): EndSpec {
  const [place = "", ...addresses] = end.split(" ");
  const [node = "", device] = place.split(":");
  const mac = addresses.find((each) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(each));
  const ipv4 = addresses.find((each) => each.includes("."));
  const ipv6 = addresses.find((each) => each.includes("/") && each.includes(":"));
  if (addresses.length !== [mac, ipv4, ipv6].filter((each) => each !== undefined).length)
    throw new Error(`${JSON.stringify(end)}: expected NODE:INTERFACE and at most one address of a kind`);
  return {
    node,
    ...(device === undefined ? {} : { interface: device }),
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6 === undefined ? {} : { ipv6 }),
    ...(mac === undefined ? {} : { mac }),
  };
}
