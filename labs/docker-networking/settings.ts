import type { Settings } from "../lab.ts";

export const settings = {
  port: {
    type: "integer",
    default: 8080,
    minimum: 1,
    maximum: 65535,
    description: "TCP port of the server at which the container web is published",
  },
} as const;

export type DockerNetworkingSettings = Settings<typeof settings>;
