/** Reads docs/coverage.md, where the ids are declared. Pure. */
export interface CoverageRow {
  readonly id: string;
  readonly section: string;
  readonly run: string;
  readonly shows: string;
  /** File of the project's tests that proves it, where no check of a lab can. */
  readonly test?: string;
}

/** Rows of the page's tables, by section. */
export function parseCoverage(text: string): CoverageRow[] {
  const rows: CoverageRow[] = [];
  let section = "";
  for (const line of text.split("\n")) {
    const heading = /^## (.*)$/.exec(line);
    if (heading !== null) section = heading[1] ?? "";
    const cells = line.startsWith("|") ? cellsOf(line) : [];
    const [id = "", run = "", shows = ""] = cells;
    const test = /\]\(\.\.\/(test\/[^)]+)\)/.exec(shows)?.[1];
    if (cells.length === 3 && /^[a-z][a-z0-9]*-\d+$/.test(id))
      rows.push({ id, section, run, shows, ...(test === undefined ? {} : { test }) });
  }
  return rows;
}

/** A `|` inside a cell is written `\|`. */
function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}
