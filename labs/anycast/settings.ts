import type { Settings, SettingsSpec } from "../lab.ts";

export const settings = {
  sites: { type: "integer", default: 3, minimum: 3, maximum: 6, description: "Number of regions, each with a site" },
  servers: { type: "integer", default: 2, minimum: 1, maximum: 4, description: "Servers at each site" },
  shape: {
    type: "choice",
    default: "path",
    choices: ["path", "delay"],
    description: "Distances by the length of paths only, or links with delays as well",
  },
} as const satisfies SettingsSpec;

export type AnycastSettings = Settings<typeof settings>;
