import type Docker from "dockerode";
import { definitionHash } from "../../images/reference.ts";
import { ensureImage } from "../../images/ensure.ts";
import { findImage, images } from "../../images/index.ts";
import { connectDocker, dockerMessage, isNotFound } from "../../toolchain/docker/client.ts";
import type { Resource } from "../resource.ts";
import type { ImageInputs, ImageOutputs } from "../schema.ts";

/** `labwright:docker:Image`; see ImageInputs. To delete it leaves the image in the engine, where other labs use it. */
export function imageResource(connect: () => Promise<Docker> = connectDocker): Resource<ImageInputs, ImageOutputs> {
  return {
    type: "labwright:docker:Image",
    changes: { name: "replace", definition: "live" },
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
    async observe(_inputs, state) {
      if (state === undefined) return undefined;
      try {
        await (await connect()).getImage(state.reference).inspect();
        return { drift: [] };
      } catch (error) {
        if (isNotFound(error)) return { drift: [`${state.reference} was removed`] };
        throw new Error(dockerMessage(error));
      }
    },
    async reconcile(inputs, _previous, progress) {
      const definition = findImage(inputs.name);
      if (definition === undefined || definitionHash(definition) !== inputs.definition)
        throw new Error(
          `The program and the provider don't agree on the image ${inputs.name}: they are of two clones.`,
        );
      const { reference } = await ensureImage(definition, { docker: await connect(), say: progress });
      return { ...inputs, reference };
    },
    async remove() {},
  };
}
