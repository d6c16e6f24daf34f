/** Probes as people write them: `tcp outside->web:80 allowed`. */
import type { Problem } from "../../topology/problem.ts";
import type { Family } from "../../topology/spec.ts";
import type { Topology } from "../../topology/topology.ts";
import { nearest } from "../../labs/nearest.ts";

export type ProbeKind = "ping" | "tcp" | "udp" | "ack" | "icmp-error";
export type Expected = "allowed" | "refused" | "dropped" | "rejected";

export interface Probe {
  /** Without its expectation and its family. */
  readonly text: string;
  readonly kind: ProbeKind;
  readonly families: readonly Family[];
  readonly from: string;
  readonly to: string;
  /** 0 for a ping. */
  readonly port: number;
  /** Absent where nothing is expected of it: it is only told what became of it. */
  readonly expected?: Expected;
}

const expectations: readonly Expected[] = ["allowed", "refused", "dropped", "rejected"];
const kinds: readonly ProbeKind[] = ["ping", "tcp", "udp", "ack", "icmp-error"];

export const probeForm =
  "KIND FROM->TO[:PORT] [EXPECTED], with KIND one of ping, tcp, udp, ack (a TCP segment of no connection), icmp-error " +
  "(does the error about a datagram to a closed port come back), a 4 or 6 after it for one family; EXPECTED one of " +
  "allowed, refused, dropped, rejected";

/** A text with the place that it is from, such as `probes.txt:3`. */
export interface PlacedText {
  readonly place: string;
  readonly text: string;
}

/** Lines of a file of probes; what follows a # is a comment. */
export function probeLines(name: string, text: string): PlacedText[] {
  return text.split("\n").flatMap((line, index) => {
    const content = line.replace(/#.*/, "").trim();
    return content === "" ? [] : [{ place: `${name}:${index + 1}`, text: content }];
  });
}

/** Reads probes, and notes what is wrong with each. */
export function readProbes(
  texts: readonly PlacedText[],
  topology: Pick<Topology, "families" | "nodes">,
  problems: Problem[],
): Probe[] {
  return texts.flatMap((text) => readProbe(text, topology, problems) ?? []);
}

function readProbe(
  { place, text }: PlacedText,
  { families, nodes }: Pick<Topology, "families" | "nodes">,
  problems: Problem[],
): Probe | undefined {
  const refuse = (found: string, expected: string, hint: string): undefined => {
    problems.push({ code: "bad-probe", path: place, found, expected, hint });
    return undefined;
  };
  const match = /^(\S+)\s+(\S+?)\s*->\s*([^\s:]+)(?::(\S+))?(?:\s+(\S+))?$/.exec(text.trim());
  if (match === null) return refuse(text, probeForm, "For example `tcp outside->web:80 allowed`.");
  const [, word = "", from = "", to = "", portText, expectedText] = match;
  const [, kindText = "", digit] = /^(.*?)([46]?)$/.exec(word) ?? [];
  const kind = kinds.find((each) => each === kindText);
  if (kind === undefined) {
    const close = nearest(kindText, kinds);
    return refuse(kindText, `one of ${kinds.join(", ")}`, close === undefined ? probeForm : `Did you mean ${close}?`);
  }
  const names = nodes.map(({ name }) => name);
  for (const name of [from, to])
    if (!names.includes(name)) {
      const close = nearest(name, names);
      refuse(name, `one of ${names.join(", ")}`, close === undefined ? "Name a node." : `Did you mean ${close}?`);
    }
  if (!names.includes(from) || !names.includes(to)) return undefined;
  if (from === to) return refuse(text, "two nodes", "A node's packets to itself don't leave it.");
  const port = Number(portText ?? (kind === "icmp-error" ? 33434 : 0));
  if (kind === "ping" ? portText !== undefined : !Number.isInteger(port) || port < 1 || port > 65535)
    return refuse(portText ?? text, kind === "ping" ? "no port" : "a port from 1 to 65535", `It is ${kind}.`);
  const expected = expectations.find((each) => each === expectedText);
  if (expectedText !== undefined && expected === undefined) {
    const close = nearest(expectedText, expectations);
    const hint = close === undefined ? "refused is dropped or rejected." : `Did you mean ${close}?`;
    return refuse(expectedText, `one of ${expectations.join(", ")}`, hint);
  }
  const wanted = families.filter((family) => digit === "" || family === `ipv${digit}`);
  if (wanted.length === 0) return refuse(word, `a family that the lab has`, "Leave the digit out.");
  return {
    text: `${kind} ${from}->${to}${kind === "ping" || portText === undefined ? "" : `:${port}`}`,
    kind,
    families: wanted,
    from,
    to,
    port,
    ...(expected === undefined ? {} : { expected }),
  };
}
