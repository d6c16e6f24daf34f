/** What came of it, in Markdown. */
import type { Read, Tool } from "./read.ts";

export interface Row {
  readonly tool: Tool;
  readonly file: string;
  readonly nodes: number;
  readonly imported: Read["imported"];
  /** `yes`, `no`, or empty where it wasn't tried. */
  readonly up: string;
  /** Such as `4 of 4`. */
  readonly checked: string;
  readonly remark: string;
}

/** One line for each tool: of labs imported whole, and of those imported in part, how many came up and passed their checks. */
export function scoreOf(rows: readonly Row[]): string {
  const lines = (["containerlab", "kathara"] as const).flatMap((tool) => {
    const own = rows.filter((row) => row.tool === tool);
    if (own.length === 0) return [];
    const counts = (["whole", "in part"] as const).flatMap((imported) => {
      const these = own.filter((row) => row.imported === imported);
      const up = these.filter((row) => row.up === "yes");
      return [these.length, up.length, up.filter(({ checked }) => /^(\d+) of \1$/.test(checked)).length];
    });
    return [`| ${[tool, own.length, ...counts].join(" | ")} |`];
  });
  return [
    "| | labs | imported whole | up | own checks passed | imported in part | up | own checks passed |",
    "|---|---|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

export function tableOf(rows: readonly Row[]): string {
  return [
    "| lab | nodes | imported | up | own checks | remarks |",
    "|---|---|---|---|---|---|",
    ...rows.map(
      ({ file, nodes, imported, up, checked, remark }) =>
        `| ${[file, nodes === 0 ? "" : nodes, imported, up, checked, cell(remark)].join(" | ")} |`,
    ),
  ].join("\n");
}

function cell(text: string): string {
  const cleaned = text.replaceAll("|", "\\|").replace(/\s+/g, " ").trim();
  return cleaned.length > 160 ? `${cleaned.slice(0, 160)}…` : cleaned;
}
