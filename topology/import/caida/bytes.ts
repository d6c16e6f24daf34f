/** AS relationships as they come from a file: plain, bz2 or gzip. */
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { ProblemsError } from "../../problem.ts";
import type { AsGraph } from "./graph.ts";
import { RelationshipReader } from "./reader.ts";

/** What is used of seek-bzip, which brings no types. It verifies the checksums. */
interface Bunzip {
  /** One stream, of which a file has one or more. */
  decode(
    input: { readByte(): number; read(into: Uint8Array, offset: number, length: number): number },
    output: { writeByte(byte: number): void },
  ): void;
}

const bunzip = createRequire(import.meta.url)("seek-bzip") as Bunzip;

/**
 * Reads a whole file of AS relationships, serial-1 or serial-2, as CAIDA publishes it (.txt.bz2), unpacked, or in gzip;
 * its first bytes tell which.
 *
 * @param name of the file, for messages.
 * @throws ProblemsError where it can't be unpacked, or by line where lines are wrong.
 */
export function readAsRelationships(bytes: Uint8Array, name = "the AS relationships"): AsGraph {
  const reader = new RelationshipReader(name);
  if (startsWith(bytes, [0x42, 0x5a, 0x68])) unpack(name, "bzip2", () => decodeBzip2(bytes, reader));
  else if (startsWith(bytes, [0x1f, 0x8b])) reader.push(unpack(name, "gzip", () => gunzipSync(bytes)));
  else reader.push(bytes);
  return reader.end();
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** Hands over what it unpacks in pieces, so that the unpacked file is never whole in memory. */
function decodeBzip2(bytes: Uint8Array, reader: RelationshipReader): void {
  const piece = new Uint8Array(1 << 16);
  let filled = 0;
  let position = 0;
  const readByte = (): number => {
    const byte = bytes[position++];
    if (byte === undefined) throw new Error("it ends in the middle");
    return byte;
  };
  const input = {
    readByte,
    read: (into: Uint8Array, offset: number, length: number): number => {
      for (let index = 0; index < length; index++) into[offset + index] = readByte();
      return length;
    },
  };
  const output = {
    writeByte: (byte: number): void => {
      piece[filled++] = byte;
      if (filled < piece.length) return;
      reader.push(piece);
      filled = 0;
    },
  };
  while (position < bytes.length) bunzip.decode(input, output);
  reader.push(piece.subarray(0, filled));
}

function unpack<T>(name: string, format: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProblemsError(name, [
      {
        code: "damaged-file",
        path: `the ${format} data`,
        expected: `a whole ${format} file`,
        hint: `It can't be unpacked (${reason}). Get the file again.`,
      },
    ]);
  }
}
