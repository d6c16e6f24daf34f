/** The router image for tests: made where the engine doesn't have it yet. */
import { ensureImage } from "../../images/ensure.ts";
import { findImage, type ImageName } from "../../images/index.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";

export async function testImage(name: ImageName = "router"): Promise<string> {
  const definition = findImage(name);
  if (definition === undefined) throw new Error(`There is no image ${name}.`);
  return (await ensureImage(definition, { docker: await connectDocker(), say: (line) => console.error(line) }))
    .reference;
}
