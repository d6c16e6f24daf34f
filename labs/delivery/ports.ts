/**
 * Counts packets at the ports of the lab's switches: bridges of the sandbox, where an nftables table of family `bridge`
 * sees each packet once for every port that it goes out of. One set for each kind of packet holds those ports.
 */
import type { Family } from "../../topology/spec.ts";
import { exits, expectation, seen } from "../expect.ts";
import type { CheckStep, CommandResult, Expectation } from "../lab.ts";

/** A kind of packet, and who is to get it. */
export interface Flow {
  /** Name of its set. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly family: Family;
  /** What nftables matches it by. */
  readonly match: string;
  /** Ports that it is to go out of, as `segment.node`; with `from`, those that it is to come in at. */
  readonly expected: readonly string[];
  readonly from?: true;
}

const table = "bridge who";

/** A check's steps with the flows counted around them. `columns`: ports of a table to show beneath the result. */
export function countedSteps(
  flows: readonly Flow[],
  steps: readonly CheckStep[],
  columns?: readonly string[],
): CheckStep[] {
  return [
    {
      on: "sandbox",
      command: `nft delete table ${table} 2>/dev/null; nft -f - <<'END'\n${counters(flows)}END`,
      expect: exits(0),
    },
    ...steps,
    {
      on: "sandbox",
      command: `nft -j list table ${table}`,
      expect: reaches(flows),
      ...(columns === undefined
        ? {}
        : { show: ({ stdout }: CommandResult) => deliveryTable(flows, columns, readCounters(stdout)) }),
    },
    { on: "sandbox", command: `nft delete table ${table}`, expect: exits(0), always: true },
  ];
}

/** The table, in nftables' words. */
export function counters(flows: readonly Flow[]): string {
  return [
    `table ${table} {`,
    ...flows.map(({ name }) => `  set ${name} { type ifname; flags dynamic; counter; }`),
    "  chain forward {",
    "    type filter hook forward priority filter",
    ...flows.map(({ name, match, from }) => `    ${match} add @${name} { ${from === true ? "iifname" : "oifname"} }`),
    "  }",
    "}",
    "",
  ].join("\n");
}

export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Of `nft -j list table`: by set, by port, how many packets. */
export function readCounters(text: string): Counts {
  const { nftables } = JSON.parse(text) as { nftables: readonly { set?: SetObject }[] };
  return new Map(
    nftables.flatMap(({ set }) =>
      set === undefined
        ? []
        : [[set.name, new Map((set.elem ?? []).map(({ elem }) => [elem.val, elem.counter.packets]))] as const],
    ),
  );
}

interface SetObject {
  readonly name: string;
  readonly elem?: readonly {
    readonly elem: { readonly val: string; readonly counter: { readonly packets: number } };
  }[];
}

/** Every flow was seen at the ports expected and at no other. */
function reaches(flows: readonly Flow[]): Expectation {
  const description = flows.map(({ title, expected }) => `${title} at ${listed(expected)} only`).join("; ");
  return expectation(description, (result) => {
    if (result.exitCode !== 0) return seen(result);
    const counts = readCounters(result.stdout);
    const failures = flows.flatMap(({ name, title, expected }) => {
      const ports = [...(counts.get(name)?.keys() ?? [])].sort();
      return ports.join() === [...expected].sort().join() ? [] : [`${title} at ${listed(ports)}`];
    });
    return failures.length === 0 ? undefined : failures.join("; ");
  });
}

function listed(ports: readonly string[]): string {
  return ports.length === 0 ? "no port" : ports.join(", ");
}

/** Rows are flows, columns ports by their nodes; a dot: nothing came. */
export function deliveryTable(flows: readonly Flow[], ports: readonly string[], counts: Counts): string {
  const rows = [
    ["", ...ports.map((port) => port.replace(/^[^.]*\./, ""))],
    ...flows.map(({ name, title }) => [title, ...ports.map((port) => String(counts.get(name)?.get(port) ?? "·"))]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
