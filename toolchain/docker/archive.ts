/** Files as tar archives, in which the Docker API takes and gives them. */
import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";

export interface ArchivedFile {
  /** Without a slash in front. */
  readonly path: string;
  readonly content: Buffer;
  /** Permissions, e.g. 0o644. */
  readonly mode: number;
}

export async function packFiles(files: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content, mode } of files) archive.entry({ name: path, mode }, content);
  archive.finalize();
  return buffer(archive);
}

/** The regular files of an archive. */
export async function unpackFiles(archive: NodeJS.ReadableStream): Promise<ArchivedFile[]> {
  const files: ArchivedFile[] = [];
  const reader = extract();
  archive.on("error", (error) => reader.destroy(error)).pipe(reader);
  for await (const entry of reader) {
    if (entry.header.type === "file")
      files.push({ path: entry.header.name, content: await buffer(entry), mode: entry.header.mode ?? 0 });
    else entry.resume();
  }
  return files;
}
