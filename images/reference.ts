/** Images are named by their content. */
import { createHash } from "node:crypto";
import { release, type ImageDefinition } from "./definition.ts";
import { renderDockerfile } from "./dockerfile.ts";
import { mmdebstrapArguments } from "./packages.ts";

/** Label that an image carries: the hash of what it was made from. */
export const definitionLabel = "labwright.definition";

/** The same for the same definition made in the same way, in sixteen digits. */
export function definitionHash(definition: ImageDefinition): string {
  return digest(JSON.stringify([definition.name, renderDockerfile(definition), mmdebstrapArguments(definition)]), 16);
}

/**
 * The image's full name. Its tag stands for its content: the definition, and the version of every package in it.
 *
 * @param versions a line `PACKAGE=VERSION` for each package in the image.
 */
export function imageReference(definition: ImageDefinition, versions: readonly string[]): string {
  const content = [definitionHash(definition), ...[...versions].sort()].join("\n");
  return `${repository(definition.name)}:${release}-${digest(content, 12)}`;
}

export function repository(name: string): string {
  return `labwright/${name}`;
}

function digest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
