import { readFile, writeFile } from "node:fs/promises";
import { withFigures } from "./table.ts";

/**
 * Puts the text between the document's marks of that name; undefined only looks whether it has them.
 *
 * @throws where the document isn't there or lacks them.
 */
export async function putIntoDocument(document: string, name: string, text: string | undefined): Promise<void> {
  const written = withFigures(await readFile(document, "utf8"), text ?? "", name);
  if (written === undefined) throw new Error(`${document} has no marks <!-- ${name} --> and <!-- end of ${name} -->`);
  if (text !== undefined) await writeFile(document, written);
}
