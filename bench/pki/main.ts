/** `npm run bench -- pki`: how fast a PKI is issued, beside other programs called in a loop. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { KeyKind } from "../../topology/pki/spec.ts";
import { putIntoDocument } from "../document.ts";
import { median, ratio } from "../figures.ts";
import { Leftovers } from "../leftovers.ts";
import { describeMachine } from "../machine.ts";
import { machineLine, table } from "../table.ts";
import { issueAll, type PkiRun } from "./own.ts";
import { findPkiPeers, measurePkiPeer } from "./peers.ts";

const usage = `Usage: npm run bench -- pki [OPTIONS]

Issues a root, three authorities and certificates of ECDSA P-256 and RSA-2048, by Labwright, and certificates by
openssl, cfssl and step, called in a loop, those that are on PATH; of openssl also keys alone. In turn; the table has
medians, for one certificate.

  --leaves 1000        certificates of P-256; a tenth of them of RSA
  --peer-leaves 50     so many of them the others issue
  --runs 3
  --document FILE      put the table into FILE, between its marks
  --help`;

/** @param words after `pki`. */
export async function benchPki(words: readonly string[]): Promise<void> {
  const options = parse(words);
  if (options === undefined) return console.log(usage);
  const { leaves, peerLeaves, runs, document } = options;
  if (document !== undefined) await putIntoDocument(document, "pki figures", undefined);
  const machine = describeMachine();
  const leftovers = new Leftovers();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => void leftovers.end().then(() => process.exit(130)));
  try {
    const { found, absent } = await findPkiPeers();
    const rows: string[][] = [];
    for (const [kind, count] of [
      ["ecdsa-p256", leaves],
      ["rsa-2048", Math.ceil(leaves / 10)],
    ] as const) {
      const own: PkiRun[] = [];
      const others = found.map((peer) => ({ peer, all: [] as number[], keys: [] as number[] }));
      for (let run = 1; run <= runs; run++) {
        own.push(await issueAll(kind, count));
        for (const { peer, all, keys } of others) {
          const directory = leftovers.directory(await mkdtemp(join(tmpdir(), "labwright-pki-")));
          const measured = await measurePkiPeer(peer, kind, peerLeaves, directory, leftovers);
          all.push(measured.all);
          if (measured.keys !== undefined) keys.push(measured.keys);
        }
        console.error(`${kind}, run ${run} of ${runs}`);
      }
      rows.push(row(kind, count, own, others, peerLeaves));
    }
    const header = ["kind", "certificates", "keys, s", "signing, s", "each, ms"];
    const text = [
      machineLine(machine),
      "",
      `\`${["npm run bench -- pki", ...words].join(" ")}\`; medians of ${runs}. For one certificate, in milliseconds, and how many times as long as Labwright:`,
      "",
      ...table(
        [
          ...header,
          ...found.flatMap(({ name, key }) => [
            `${name}, ms`,
            "times",
            ...(key === undefined ? [] : ["its key alone, ms", "times our key"]),
          ]),
        ],
        rows,
      ),
      "",
      ...(absent.length === 0 ? [] : [`Not on PATH: ${absent.join(", ")}.`]),
    ].join("\n");
    console.log(text);
    if (document !== undefined) await putIntoDocument(document, "pki figures", text);
  } finally {
    await leftovers.end();
  }
}

function row(
  kind: KeyKind,
  count: number,
  own: readonly PkiRun[],
  others: readonly { readonly all: readonly number[]; readonly keys: readonly number[] }[],
  leaves: number,
): string[] {
  const keys = median(own.map((run) => run.keys)) ?? 0;
  const signing = median(own.map((run) => run.certificates)) ?? 0;
  const each = ((keys + signing) / (count + 4)) * 1000;
  const compared = (runs: readonly number[], ours: number): string[] => {
    const other = ((median(runs) ?? 0) / leaves) * 1000;
    return [other.toFixed(1), (ratio(other, ours) ?? 0).toFixed(1)];
  };
  return [
    kind,
    String(count),
    keys.toFixed(2),
    signing.toFixed(2),
    each.toFixed(1),
    ...others.flatMap((other) => [
      ...compared(other.all, each),
      ...(other.keys.length === 0 ? [] : compared(other.keys, (keys / (count + 4)) * 1000)),
    ]),
  ];
}

/** Undefined where help is asked for. @throws with everything that is wrong. */
function parse(
  words: readonly string[],
): { leaves: number; peerLeaves: number; runs: number; document: string | undefined } | undefined {
  const number = (text: string | undefined, otherwise: number): number | undefined =>
    text === undefined ? otherwise : /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
  const string = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...words],
    options: { leaves: string, "peer-leaves": string, runs: string, document: string, help: { type: "boolean" } },
  });
  if (values.help === true) return undefined;
  const leaves = number(values.leaves, 1000);
  const peerLeaves = number(values["peer-leaves"], 50);
  const runs = number(values.runs, 3);
  if (leaves === undefined || peerLeaves === undefined || runs === undefined)
    throw new Error("--leaves, --peer-leaves and --runs take whole numbers from 1 to 99999.");
  return { leaves, peerLeaves, runs, document: values.document };
}
