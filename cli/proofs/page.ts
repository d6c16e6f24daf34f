/** Reads docs/coverage.md, where the ids are declared. Pure. */
export interface CoverageRow {
  readonly id: string;
  readonly section: string;
  readonly run: string;
  readonly shows: string;
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
    if (cells.length === 3 && /^[a-z][a-z0-9]*-\d+$/.test(id)) rows.push({ id, section, run, shows });
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
