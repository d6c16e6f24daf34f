/**
 * Requests with a client certificate, one after another and side by side, until a file appears: over new connections, and
 * over some that stay. Run on a node in the directory of its credentials: `node tls-load.ts URL FILE`. It writes
 * FILE.begun when the first ones are answered, and prints a LoadReport as JSON.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect, constants, type ClientHttp2Session } from "node:http2";
import { request } from "node:https";

export interface LoadReport {
  /** Answered as they should be. */
  readonly requests: number;
  readonly newConnections: number;
  /** HTTP/2 connections that were opened to stay; those that the server ends in good order are opened again. */
  readonly longLived: number;
  /** Sent again, as the server said that it hadn't begun with them (RFC 9113, 8.7). */
  readonly sentAgain: number;
  readonly failures: readonly string[];
  /** Milliseconds: the longest time between two answers, and for one answer. */
  readonly longestPause: number;
  readonly slowest: number;
}

/** So many answers, from whichever connections. */
export const untilBegun = 20;

const [url = "", end = ""] = process.argv.slice(2);

if (import.meta.main) {
  const failures: string[] = [];
  let [requests, newConnections, longLived, sentAgain, longestPause, slowest] = [0, 0, 0, 0, 0, 0];
  let last = performance.now();

  /** Read anew for each connection, as both change while this runs. */
  const credentials = (): { ca: Buffer; cert: Buffer; key: Buffer } => {
    const both = readFileSync("both.pem");
    return { ca: readFileSync("ca.pem"), cert: both, key: both };
  };
  const timed = async (ask: () => Promise<string>): Promise<void> => {
    const began = performance.now();
    const answer = await ask().catch((error: unknown) => `${String(error)}`);
    const now = performance.now();
    if (answer !== "200") failures.push(answer);
    else requests++;
    if (requests === untilBegun) writeFileSync(`${end}.begun`, "");
    longestPause = Math.max(longestPause, now - last);
    slowest = Math.max(slowest, now - began);
    last = now;
  };
  const onNewConnection = (): Promise<string> =>
    new Promise((resolve, reject) => {
      newConnections++;
      const sent = request(url, { ...credentials(), agent: false, timeout: 30_000 }, (response) => {
        response.resume().on("end", () => resolve(String(response.statusCode)));
      });
      sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer within 30 s")));
      sent.end();
    });
  const open = (): ClientHttp2Session => {
    longLived++;
    // What goes wrong with it goes wrong with its requests, which tell.
    return connect(url, credentials()).on("error", () => undefined);
  };
  const onStream = (session: ClientHttp2Session): Promise<string> =>
    new Promise((resolve, reject) => {
      let status = "no status";
      const stream = session.request({ ":path": "/" });
      stream.on("response", (headers) => (status = String(headers[":status"])));
      stream.on("error", (error) => reject(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? refused : error));
      stream.on("close", () => resolve(status)).resume();
      stream.setTimeout(30_000, () => stream.destroy(new Error("no answer within 30 s")));
    });
  const refused = new Error("refused before it was begun");
  const ended = (): boolean => existsSync(end);

  const many = async (): Promise<void> => {
    while (!ended()) await timed(onNewConnection);
  };
  const lasting = async (): Promise<void> => {
    let session = open();
    while (!ended()) {
      await timed(async () => {
        if (session.closed || session.destroyed) session = open();
        try {
          return await onStream(session);
        } catch (error) {
          if (error !== refused) throw error;
          sentAgain++;
          session = open();
          return onStream(session);
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    session.close();
  };
  await Promise.all([many(), many(), many(), many(), lasting(), lasting()]);
  const rounded = { longestPause: Math.round(longestPause), slowest: Math.round(slowest) };
  console.log(
    JSON.stringify({ requests, newConnections, longLived, sentAgain, failures, ...rounded } satisfies LoadReport),
  );
}
