import type Docker from "dockerode";
import { definitionHash } from "../../images/reference.ts";
import { ensureImage } from "../../images/ensure.ts";
import { loadImage } from "../../images/load.ts";
import { findImage, images } from "../../images/index.ts";
import { connectDocker, dockerClient, dockerMessage, isNotFound } from "../../toolchain/docker/client.ts";
import type { Resource } from "../resource.ts";
import type { ImageInputs, ImageOutputs } from "../schema.ts";

/** `labwright:docker:Image`; see ImageInputs. To delete it leaves the image in the engine, where other labs use it. */
export function imageResource(
  connect: (host?: string) => Promise<Docker> = engine,
): Resource<ImageInputs, ImageOutputs> {
  return {
    type: "labwright:docker:Image",
    changes: { name: "replace", definition: "live", host: "live" },
    check: ({ name }) =>
      name === undefined || findImage(name) !== undefined
        ? []
        : [
            {
              code: "unknown-image",
              path: "name",
              found: name,
              expected: `one of ${images.map((image) => image.name).join(", ")}`,
              hint: "They are declared in images/index.ts.",
            },
          ],
    id: ({ name }) => name,
    predict: () => ({}),
    async observe({ host }, state) {
      if (state === undefined) return undefined;
      try {
        await (await connect(host)).getImage(state.reference).inspect();
        return { drift: [] };
      } catch (error) {
        if (isNotFound(error)) return { drift: [`${state.reference} was removed`] };
        // A lab's own engine ends with its sandbox, and the next one begins without images.
        if (host !== undefined && hasEnded(error)) return { drift: ["its engine has ended"] };
        throw new Error(dockerMessage(error));
      }
    },
    async reconcile(inputs, _previous, progress) {
      const definition = findImage(inputs.name);
      if (definition === undefined || definitionHash(definition) !== inputs.definition)
        throw new Error(
          `The program and the provider don't agree on the image ${inputs.name}: they are of two clones.`,
        );
      const { host } = inputs;
      const ensure = host === undefined ? ensureImage : loadImage;
      const { reference } = await ensure(definition, { docker: await connect(host), say: progress });
      return { ...inputs, reference };
    },
    async remove() {},
  };
}

async function engine(host?: string): Promise<Docker> {
  return host === undefined ? connectDocker() : dockerClient(host);
}

/** Whether nothing listens at the socket, or there is none any more. */
function hasEnded(error: unknown): boolean {
  return ["ENOENT", "ECONNREFUSED"].includes((error as { code?: string } | undefined)?.code ?? "");
}
