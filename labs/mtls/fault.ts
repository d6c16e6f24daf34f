/** How a fault of this lab is declared, and how it shows: who refuses whom, and in which words. */
import type { CheckStep, Fault } from "../lab.ts";
import type { Change } from "./changes.ts";
import { curl, logged, nginxTest, recentLog, says, sClient, step } from "./commands.ts";
import type { settings as settingsSpec } from "./topology.ts";

export type MtlsFault = Fault<typeof settingsSpec>;

/** Checks with a request that somebody makes of the server. */
export const requests = [
  "with-certificate",
  "version-1.2",
  "version-1.3",
  "by-address",
  "without-certificate",
  "certificate-other",
  "certificate-expired",
  "certificate-revoked",
  "another-name",
  "handshake-1.2",
  "handshake-1.3",
];
/** Those of the client that are answered. */
export const answers = ["with-certificate", "version-1.2", "version-1.3", "by-address"];

interface Symptom {
  readonly title: string;
  readonly steps: readonly CheckStep[];
}

export const fault = (
  name: string,
  title: string,
  hints: readonly string[],
  change: Change,
  symptom: Symptom,
  fails: readonly string[],
  solution: readonly [name: string, title: string],
  solved: Change = (spec) => spec,
): MtlsFault => ({
  name,
  title,
  hints,
  breaks: change,
  symptoms: () => [{ ...symptom, name: `${name}-shows`, proves: ["tls-3"], within: 5 }],
  fails,
  solutions: [{ name: solution[0], title: solution[1], solves: (_, __, healthy) => solved(healthy) }],
});

/** The client doesn't take the server's certificate: words of curl, of openssl, and the alert that the server logs. */
export const refusesServer = (words: string, alert: number): readonly CheckStep[] => [
  step("client", curl("client"), says("curl: (60)", words)),
  step("client", sClient(), says(words)),
  step("server", recentLog, logged(`SSL alert number ${alert})`, "SSL alert")),
];

/** The server doesn't take the client's certificate. */
export const refusesClient = (path: string, words: string): readonly CheckStep[] => [
  step("client", curl("client", path), says("400 Bad Request", "The SSL certificate error")),
  step("server", recentLog, logged(words, `/${path} `)),
];

/** The server isn't there, as it ends at its start. */
export const serverIsDown = (words: string): readonly CheckStep[] => [
  step("client", curl("client"), says("curl: (7)", "Failed to connect")),
  step("server", nginxTest, says("[emerg]", words)),
];
