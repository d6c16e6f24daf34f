/** What the clients of lab mtls get for an answer while something else goes on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "./project.ts";
import type { LoadReport } from "./tls-load.ts";

const program = fileURLToPath(new URL("tls-load.ts", import.meta.url));

/** Requests of the client to the server from before `act` until after it; an error of `act` ends them too. */
export async function underLoad(project: TestProject, act: () => Promise<unknown>): Promise<LoadReport> {
  const end = join(project.directory, `end-of-load-${Date.now()}`);
  const command = `cd /run/nodes/client && exec '${process.execPath}' '${program}' https://server.local:8443/ '${end}'`;
  const running = project.good(["exec", "mtls", "client", "--", "sh", "-c", command]);
  try {
    await act();
  } finally {
    writeFileSync(end, "");
  }
  return JSON.parse(await running) as LoadReport;
}
