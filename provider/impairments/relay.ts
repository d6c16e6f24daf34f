/** The relay's start, and talking with it. */
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { relayDirectory, relayNamespace } from "./plan.ts";

/** Socket of the relay, in the sandbox; from the host it is reached under /proc/PID/root. */
export const relaySocket = `${relayDirectory}/socket`;

/**
 * Shell script, for the sandbox's own namespaces, that makes the relay's network namespace and starts the relay in it.
 * It ends with code 0 once the relay runs; nothing happens when it runs already. Not to be run twice at once.
 */
export function relayStart(): string {
  const program = fileURLToPath(new URL("./relay", import.meta.url)).replaceAll("'", `'\\''`);
  return `[ -e /run/netns/${relayNamespace} ] || ip netns add ${relayNamespace} || exit 1
exec nsenter --net=/run/netns/${relayNamespace} python3 -B '${program}' ${relayDirectory}
`;
}

/**
 * Asks the relay for its state, as JSON text, after it has read its pairs again when told to. `socket` is the path of
 * `relaySocket` as the caller sees it. Undefined when no relay runs there; fails after `timeout` milliseconds.
 */
export async function askRelay(
  socket: string,
  request: "state" | "reload",
  timeout = 10_000,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const connection = connect({ path: socket });
    let text = "";
    const timer = setTimeout(() => {
      connection.destroy();
      reject(new Error(`The delay relay did not answer within ${timeout / 1000} s.`));
    }, timeout);
    connection.setEncoding("utf8").on("data", (data: string) => (text += data));
    connection.on("connect", () => connection.write(`${request}\n`));
    connection.on("error", () => {});
    connection.on("close", () => {
      clearTimeout(timer);
      resolve(text === "" ? undefined : text);
    });
  });
}
