/** Specs with mistakes, one topic each. Their golden files hold what the author is told. */
import type { TopologySpec } from "../../../topology/spec.ts";
import { topologyMistakes } from "./mistakes/links-and-addresses.ts";
import { pkiMistakes } from "./mistakes/pki.ts";
import { routingMistakes } from "./mistakes/routing.ts";
import { serviceMistakes } from "./mistakes/services.ts";

const cases = { ...topologyMistakes, ...routingMistakes, ...serviceMistakes, ...pkiMistakes };

/** By the name of its golden file. The casts stand for authors whose compiler didn't look. */
export const errorCases: readonly (readonly [string, TopologySpec])[] = Object.entries(cases).map(
  ([name, spec]) => [name, spec as TopologySpec] as const,
);
