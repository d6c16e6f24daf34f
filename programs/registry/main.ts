/**
 * The registry of a lab: whois on port 43, the RIPEstat data API on 80 and 443. Its argument is the file with what it
 * knows, which it reads again on SIGHUP; key and certificate are made beside it.
 */
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Socket } from "node:net";
import { dirname, resolve } from "node:path";
import type { RegistryData } from "../../topology/registry/data.ts";
import { makeCertificate, trust } from "./certificate.ts";
import { answerStat } from "./ripestat.ts";
import { storeOf, type Store } from "./store.ts";
import { answerWhois } from "./whois.ts";

const file = resolve(process.argv[2] ?? "registry.json");
let store = read();
let since = new Date();

function read(): Store {
  return storeOf(JSON.parse(readFileSync(file, "utf8")) as RegistryData);
}

function certify(): ReturnType<typeof makeCertificate> {
  const made = makeCertificate(dirname(file), store.data.names);
  trust(file, made.cert);
  return made;
}

/** No query is longer. */
const longestQuery = 4096;

function serveWhois(socket: Socket): void {
  let [pending, keepOpen] = ["", false];
  socket.setEncoding("utf8").setTimeout(30_000, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    pending += text;
    for (let end = pending.indexOf("\n"); end >= 0 && !socket.writableEnded; end = pending.indexOf("\n")) {
      const query = pending.slice(0, end).trim();
      pending = pending.slice(end + 1);
      if (/^(!q|q|quit|exit)$/.test(query)) return void socket.end();
      const answer = answerWhois(store, query);
      if (answer.timeout !== undefined) socket.setTimeout(answer.timeout * 1000);
      keepOpen ||= answer.keepOpen === true;
      if (keepOpen) socket.write(answer.text);
      else socket.end(answer.text);
    }
    if (pending.length > longestQuery) socket.destroy();
  });
}

function serveHttp(request: IncomingMessage, response: ServerResponse): void {
  const url = URL.parse(request.url ?? "/", "http://stat.ripe.net");
  const parameters = url?.searchParams ?? new URLSearchParams();
  const { status, body } = answerStat(store.data, url?.pathname ?? "", parameters, { since, now: new Date() });
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}

const https = createHttpsServer(certify(), serveHttp);

process.on("SIGHUP", () => {
  const { names } = store.data;
  try {
    store = read();
    since = new Date();
    if (store.data.names.join() !== names.join()) https.setSecureContext(certify());
  } catch (error) {
    console.error(`${file} was not read again: ${(error as Error).message}`);
  }
});

createServer(serveWhois).listen(43);
createHttpServer(serveHttp).listen(80);
https.listen(443);
