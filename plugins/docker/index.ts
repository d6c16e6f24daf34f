import type Docker from "dockerode";
import { string } from "../../topology/validation/form.ts";
import { dockerClient } from "../../toolchain/docker/client.ts";
import { findDocker } from "../../toolchain/docker/host.ts";
import type { Plugin } from "../stand-in.ts";
import { containerResource } from "./container/container.ts";
import { networkResource } from "./network.ts";
import { remoteImageResource } from "./remote-image.ts";

/** Stand-in for @pulumi/docker's plugin. Its one setting is `host`; default: the daemon that answers. */
export function dockerPlugin(): Plugin {
  let client: Docker | undefined;
  const docker = (): Docker => (client ??= dockerClient());
  return {
    name: "docker",
    resources: [containerResource(docker), networkResource(docker), remoteImageResource(docker)],
    settings: { host: string },
    async configure({ host }) {
      if (typeof host === "string") client = dockerClient(host);
      else {
        const found = await findDocker();
        if ("version" in found) client = dockerClient(found.host);
      }
    },
  };
}
