/** What a registry's server knows: one JSON file. */
import { namesOf } from "../names/hosts.ts";
import type { Roa, Topology } from "../topology.ts";
import { announcements, type Announcement } from "./announcements.ts";
import { irrObjects, type RpslObject } from "./objects.ts";

export interface RegistryData {
  /** Host names of its node, for its certificate. */
  readonly names: readonly string[];
  /** As registered. */
  readonly objects: readonly RpslObject[];
  /** As seen in BGP. */
  readonly announcements: readonly Announcement[];
  readonly holders: readonly Holder[];
  readonly roas: readonly Roa[];
}

export interface Holder {
  readonly asn: number;
  readonly name: string;
}

/** For the server on that node. */
export function registryData(topology: Topology, node: string): RegistryData {
  return {
    names: namesOf(topology, node),
    objects: irrObjects(topology),
    announcements: announcements(topology),
    holders: topology.autonomousSystems.map(({ name, asn, title }) => ({
      asn,
      name: `${name.toUpperCase()} - ${title}`,
    })),
    roas: topology.roas,
  };
}
