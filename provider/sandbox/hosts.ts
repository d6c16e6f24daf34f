import { readFile, writeFile } from "node:fs/promises";
import type { SandboxInputs } from "../schema.ts";
import { insidePath, type Holder } from "./holder.ts";

type NamesInputs = Pick<SandboxInputs, "hosts" | "resolvers">;

/** The lab's /etc/hosts and /etc/resolv.conf, by name: what they should hold. */
export function nameTexts({ hosts, resolvers }: NamesInputs): ReadonlyMap<string, string> {
  return new Map([
    ["hosts", ["127.0.0.1 localhost", "::1 localhost", ...hosts, ""].join("\n")],
    // A server that a broken lab doesn't reach must not hold up whoever asks for a name.
    [
      "resolv.conf",
      resolvers.length === 0
        ? ""
        : [...resolvers.map((address) => `nameserver ${address}`), "options timeout:1 attempts:1", ""].join("\n"),
    ],
  ]);
}

/** Writes them in place: they are bind-mounted, so they can't be renamed over. */
export async function writeNames(holder: Holder, inputs: NamesInputs): Promise<void> {
  for (const name of await differingNames(holder, inputs))
    await writeFile(pathOf(holder, name), nameTexts(inputs).get(name) ?? "");
}

/** Which of the two, `hosts` and `resolv.conf`, differ from their declaration. */
export async function differingNames(holder: Holder, inputs: NamesInputs): Promise<string[]> {
  const found: string[] = [];
  for (const [name, text] of nameTexts(inputs))
    if ((await readFile(pathOf(holder, name), "utf8").catch(() => undefined)) !== text) found.push(name);
  return found;
}

function pathOf(holder: Holder, name: string): string {
  return insidePath(holder, `/run/labwright/${name}`);
}
