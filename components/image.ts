import * as pulumi from "@pulumi/pulumi";
import { definitionHash } from "../images/reference.ts";
import { images, type ImageName } from "../images/index.ts";

/**
 * An image of ours in the Docker engine. The first lab that needs it makes it, which takes a minute or so; it stays for
 * the others.
 */
export class Image extends pulumi.CustomResource {
  /** What a container names it by. */
  declare readonly reference: pulumi.Output<string>;

  /** `host`: the engine, where it is one of a lab's own; default: the machine's. */
  constructor(
    name: string,
    args: { readonly image: ImageName; readonly host?: pulumi.Input<string> },
    opts?: pulumi.CustomResourceOptions,
  ) {
    const definition = images.find((image) => image.name === args.image);
    const hash = definition === undefined ? "" : definitionHash(definition);
    super(
      "labwright:docker:Image",
      name,
      {
        ...{ name: args.image, definition: hash, reference: undefined, drift: undefined },
        ...(args.host === undefined ? {} : { host: args.host }),
      },
      opts,
    );
  }
}
