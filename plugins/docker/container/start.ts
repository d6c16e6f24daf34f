/** Starting a container, and waiting for what was asked for. */
import type { Container } from "dockerode";
import type { Properties } from "../../../provider/rpc/values.ts";
import { isDuration } from "./duration.ts";

/** Gives its output where it was asked to wait for its end and keep it. */
export async function start(container: Container, inputs: Properties): Promise<string | undefined> {
  await container.start();
  if (inputs["wait"] === true) await healthy(container, Number(inputs["waitTimeout"] ?? 60));
  if (inputs["attach"] !== true) return undefined;
  await container.wait();
  if (inputs["logs"] !== true) return undefined;
  const logs = await container.logs({ stdout: true, stderr: true, follow: false });
  return inputs["tty"] === true ? logs.toString("utf8") : withoutHeaders(logs);
}

/** Without a terminal, each piece of output has eight bytes in front: its stream and length. */
function withoutHeaders(logs: Buffer): string {
  let text = "";
  for (let at = 0; at + 8 <= logs.length;) {
    const length = logs.readUInt32BE(at + 4);
    text += logs.toString("utf8", at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text;
}

async function healthy(container: Container, within: number): Promise<void> {
  const end = Date.now() + within * 1000;
  for (;;) {
    const { Health: health } = (await container.inspect()).State;
    if (health === undefined) throw new Error("`wait` needs a health check, and it has none");
    if (health.Status === "healthy") return;
    if (Date.now() > end) throw new Error(`it isn't healthy after ${within} s but ${health.Status}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export function* healthcheckProblems(inputs: Properties): Generator<{ property: string; reason: string }> {
  const check = (inputs["healthcheck"] ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of ["interval", "timeout", "startPeriod"])
    if (typeof check[name] === "string" && !isDuration(check[name]))
      yield { property: `healthcheck.${name}`, reason: "expected a duration, such as 1m30s" };
}
