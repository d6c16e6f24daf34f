import { readFile, writeFile } from "node:fs/promises";
import { insidePath, type Holder } from "./holder.ts";

const path = "/run/labwright/hosts";

/** Writes the lab's /etc/hosts in place: it is bind-mounted, so it can't be renamed over. */
export async function writeHosts(holder: Holder, hosts: readonly string[]): Promise<void> {
  if (await writeHosts.differs(holder, hosts)) await writeFile(insidePath(holder, path), textOf(hosts));
}

writeHosts.differs = async (holder: Holder, hosts: readonly string[]): Promise<boolean> =>
  (await readFile(insidePath(holder, path), "utf8").catch(() => undefined)) !== textOf(hosts);

function textOf(hosts: readonly string[]): string {
  return ["127.0.0.1 localhost", "::1 localhost", ...hosts, ""].join("\n");
}
