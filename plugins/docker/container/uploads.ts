/** Files that are written into the container before it starts. */
import { readFile } from "node:fs/promises";
import type { Container } from "dockerode";
import type { Properties } from "../../../provider/rpc/values.ts";
import { packFiles, unpackFiles } from "../../../toolchain/docker/archive.ts";
import { isNotFound } from "../../../toolchain/docker/client.ts";
import type { Upload } from "./storage.ts";

async function contentOf({ content, contentBase64, source }: Upload): Promise<Buffer> {
  if (content !== undefined) return Buffer.from(content);
  return contentBase64 !== undefined ? Buffer.from(contentBase64, "base64") : readFile(source ?? "");
}

export async function upload(container: Container, inputs: Properties): Promise<void> {
  const uploads = inputs["uploads"] as readonly Upload[] | undefined;
  if (uploads === undefined || uploads.length === 0) return;
  const files = await Promise.all(
    uploads.map(async (each) => ({
      path: each.file.replace(/^\/+/, ""),
      content: await contentOf(each),
      mode:
        each.permissions === undefined
          ? each.executable === true
            ? 0o744
            : 0o644
          : Number.parseInt(each.permissions, 8),
    })),
  );
  await container.putArchive(await packFiles(files), { path: "/" });
}

/** Uploads whose file still has its content. */
export async function uploadsNow(container: Container, inputs: Properties): Promise<Properties> {
  const uploads = inputs["uploads"] as readonly Upload[] | undefined;
  if (uploads === undefined) return {};
  const kept = await Promise.all(
    uploads.map(async (each) => {
      try {
        const [file] = await unpackFiles(await container.getArchive({ path: each.file }));
        return file?.content.equals(await contentOf(each)) === true ? [each] : [];
      } catch (error) {
        if (isNotFound(error)) return [];
        throw error;
      }
    }),
  );
  return { uploads: kept.flat() };
}

export function* uploadProblems(inputs: Properties): Generator<{ property: string; reason: string }> {
  for (const [index, each] of ((inputs["uploads"] ?? []) as readonly Upload[]).entries()) {
    const given = [each.content, each.contentBase64, each.source].filter((value) => value !== undefined);
    if (given.length !== 1)
      yield { property: `uploads[${index}]`, reason: "expected one of content, contentBase64 and source" };
    if (each.permissions !== undefined && !/^0[0-7]{3}$/.test(each.permissions))
      yield { property: `uploads[${index}].permissions`, reason: "expected four octal digits, such as 0644" };
  }
}
