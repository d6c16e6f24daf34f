/** What is typed in this lab, in the directory of the node on which it is. */
import { expectation, seen } from "../expect.ts";
import type { CheckStep, CommandResult, Expectation } from "../lab.ts";
import { port } from "./topology.ts";

export const server = `server.local:${port}`;

/** A step whose command says all it has to say on standard output. */
export function step(on: string, command: string, expect: Expectation, show?: CheckStep["show"]): CheckStep {
  return { on, command: `cd /run/nodes/${on} && ${command}`, expect, ...(show === undefined ? {} : { show }) };
}

/** `pair`: name of a certificate and key; none where it is undefined. */
export function curl(pair: string | undefined, path = "", options = ""): string {
  const own = pair === undefined ? "" : ` --cert ${pair}.pem --key ${pair}.key`;
  return `curl -sS --max-time 5 --cacert ca.pem${own}${options === "" ? "" : ` ${options}`} https://${server}/${path} 2>&1`;
}

/** What openssl says of the server, and how the handshake ends. */
export function sClient(pair = "client"): string {
  return (
    `openssl s_client -connect ${server} -verify_hostname server.local -CAfile ca.pem -cert ${pair}.pem ` +
    `-key ${pair}.key -verify_return_error -brief </dev/null 2>&1`
  );
}

/** What openssl says of a file with a chain, before anybody connects. */
export function verify(file: string, purpose: "sslserver" | "sslclient", authorities = "ca.pem", options = ""): string {
  return `openssl verify -CAfile ${authorities} -untrusted ${file} -purpose ${purpose} ${options}${options === "" ? "" : " "}${file} 2>&1`;
}

/** What the server has logged in the last seconds: earlier lines tell nothing of now. */
export const recentLog =
  "awk -v since=\"$(date -d '-20 seconds' '+%Y/%m/%d %H:%M:%S')\" '$1 \" \" $2 >= since' web.log";

/** What `date +%s` prints where the clock is this many seconds behind. */
export function behind(seconds: number): Expectation {
  return expectation(`a time ${seconds} seconds ago, or within a minute of it`, (result) => {
    const difference = Date.now() / 1000 - Number(result.stdout);
    return Math.abs(difference - seconds) < 60 ? undefined : seen(result);
  });
}

/** What the server says of its own configuration, without starting. */
export const nginxTest = "nginx -t -e stderr -p web -c /run/nodes/server/web/nginx.conf 2>&1";

/** All of them, each on a line of its own. */
export function says(...patterns: readonly (RegExp | string)[]): Expectation {
  return expectation(patterns.map(String).join(", and "), (result: CommandResult) => {
    const holds = (pattern: RegExp | string): boolean =>
      typeof pattern === "string" ? result.stdout.includes(pattern) : pattern.test(result.stdout);
    return patterns.every(holds) ? undefined : seen(result);
  });
}

/** The last line of the log about something, such as `/path `, has these words. */
export function logged(words: string | RegExp, about: string): Expectation {
  return expectation(`the last line about ${about} with ${String(words)}`, (result) => {
    const last = result.stdout.split("\n").findLast((line) => line.includes(about)) ?? "";
    return (typeof words === "string" ? last.includes(words) : words.test(last))
      ? undefined
      : seen({ ...result, stdout: last });
  });
}
