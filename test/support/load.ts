/** What the clients of lab mtls get for an answer while something else goes on. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitFor } from "../../provider/wait.ts";
import type { TestProject } from "./project.ts";
import { untilBegun, type LoadReport } from "./tls-load.ts";

const program = fileURLToPath(new URL("tls-load.ts", import.meta.url));

/** Requests of the client to the server from before `act` until after it, those before left out of the count. */
export async function underLoad(project: TestProject, act: () => Promise<unknown>): Promise<LoadReport> {
  const end = join(project.directory, `end-of-load-${Date.now()}`);
  const command = `cd /run/nodes/client && exec '${process.execPath}' '${program}' https://server.local:8443/ '${end}'`;
  const running = project.good(["exec", "mtls", "client", "--", "sh", "-c", command]);
  let hasEnded = false;
  void running.finally(() => (hasEnded = true)).catch(() => {});
  try {
    await waitFor("the first requests to be answered", 30_000, async () =>
      existsSync(`${end}.begun`) || hasEnded ? undefined : "none",
    );
    await act();
  } finally {
    // An error of `act` ends them too.
    writeFileSync(end, "");
  }
  const report = JSON.parse(await running) as LoadReport;
  return { ...report, requests: report.requests - untilBegun };
}
