/** `docker:index/remoteImage:RemoteImage`: an image that the daemon has or pulls. */
import type Docker from "dockerode";
import type { ImageInspectInfo } from "dockerode";
import type { Properties } from "../../provider/rpc/values.ts";
import { boolean, list, record, string } from "../../topology/validation/form.ts";
import { dockerMessage, isNotFound } from "../../toolchain/docker/client.ts";
import { unordered, type StandIn } from "../stand-in.ts";

export function remoteImageResource(docker: () => Docker): StandIn {
  const look = async (name: string): Promise<ImageInspectInfo | undefined> => {
    try {
      return await docker().getImage(name).inspect();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw new Error(`Docker can't look at the image ${name}: ${dockerMessage(error)}`);
    }
  };
  const ensure = async (inputs: Properties): Promise<{ id: string; outputs: Properties }> => {
    const name = inputs["name"] as string;
    const there = await look(name);
    if (there === undefined) await pullImage(docker(), name, inputs["platform"] as string | undefined);
    const seen = there ?? (await look(name));
    if (seen === undefined) throw new Error(`The image ${name} went away while it was being pulled.`);
    return { id: seen.Id + name, outputs: outputsOf(inputs, name, seen) };
  };
  return {
    type: "docker:index/remoteImage:RemoteImage",
    properties: {
      name: { form: string, change: "replace", required: true },
      platform: { form: string, change: "replace" },
      pullTriggers: { form: list(string), change: "replace", canonical: unordered },
      triggers: { form: record(string), change: "replace" },
      keepLocally: { form: boolean, change: "update" },
      forceRemove: { form: boolean, change: "update" },
    },
    computed: ["imageId", "repoDigest"],
    deleteFirst: false,
    create: ensure,
    async read(id, inputs, state) {
      // The id is that of the image and its name: `sha256:…` and 64 digits in front.
      const name = String(inputs?.["name"] ?? state?.["name"] ?? id.replace(/^sha256:[0-9a-f]{64}/, ""));
      const seen = await look(name);
      if (seen === undefined) return undefined;
      const declared = inputs ?? { name };
      return { id: seen.Id + name, inputs: declared, outputs: outputsOf(declared, name, seen) };
    },
    async update(_id, inputs) {
      return (await ensure(inputs)).outputs;
    },
    async remove(_id, state) {
      if (state["keepLocally"] === true) return;
      try {
        await docker()
          .getImage(state["name"] as string)
          .remove({ force: state["forceRemove"] === true });
      } catch (error) {
        if (!isNotFound(error))
          throw new Error(`Docker can't remove the image ${state["name"]}: ${dockerMessage(error)}`);
      }
    },
  };
}

/** Pulls an image, to its end. */
export async function pullImage(docker: Docker, name: string, platform?: string): Promise<void> {
  try {
    const stream = await docker.pull(name, platform === undefined ? {} : { platform });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error: Error | null) => (error === null ? resolve() : reject(error)));
    });
  } catch (error) {
    throw new Error(`the image ${name} is not here and can't be pulled: ${dockerMessage(error)}`);
  }
}

function outputsOf(inputs: Properties, name: string, seen: ImageInspectInfo): Properties {
  const repository = name.split("@")[0]?.replace(/:[^/:]+$/, "") ?? name;
  const digest = seen.RepoDigests?.find((each) => each.startsWith(`${repository}@`)) ?? seen.RepoDigests?.[0] ?? "";
  return { ...inputs, imageId: seen.Id, repoDigest: digest };
}
