/** Markdown of a report. Pure. */
import { above, medianOf, ratio, type Machine, type Measurement, type Report } from "./figures.ts";

/** The whole report: machine, command, tables. */
export function renderReport(report: Report): string {
  const { measurements } = report;
  const peers = renderPeers(report);
  return [
    machineLine(report.machine),
    "",
    `\`${report.command}\`; medians of ${report.runs === 1 ? "1 run" : `${report.runs} runs`}.`,
    "",
    "Seconds, from nothing to every session Established and every router holding every route:",
    "",
    ...table(
      ["topology", "raw up", "up", "up / raw", "up again", "again / up", "reset", "above engine", "raw down", "down"],
      measurements.map(times),
    ),
    "",
    ...failures(measurements),
    "`up again`: nothing had changed. `reset`: one router's daemon was killed and an address of it removed. `above engine`: reset less what the engine takes, with nothing to do, for a stack of one resource.",
    "",
    "Where the time of raw goes, and the engine's fixed cost, in seconds:",
    "",
    ...table(
      [
        "topology",
        "sandbox",
        "namespaces, links",
        "addresses, daemons",
        "convergence",
        "engine, first",
        "engine, again",
      ],
      measurements.map(parts),
    ),
    "",
    "Resources, and largest memory in MiB:",
    "",
    ...table(
      ["topology", "links", "resources", "lab (PSS)", "engine (RSS)", "provider (RSS)", "command (RSS)"],
      measurements.map(sizes),
    ),
    "",
    ...(peers.length === 0 ? [] : [...peers, ""]),
  ].join("\n");
}

/** The text with the report between its marks, in place of what was there. Undefined where it hasn't both marks. */
export function withFigures(text: string, report: string, name = "figures"): string | undefined {
  const mark = `<!-- ${name} -->\n`;
  const start = text.indexOf(mark);
  const end = text.indexOf(`<!-- end of ${name} -->`, start);
  if (start === -1 || end === -1) return undefined;
  return `${text.slice(0, start)}${mark}\n${report.trimEnd()}\n\n${text.slice(end)}`;
}

function failures(measurements: readonly Measurement[]): string[] {
  const lines = measurements.flatMap((measurement) =>
    measurement.failure === undefined ? [] : [`- ${nameOf(measurement)}: given up: ${measurement.failure}`],
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

export function machineLine(machine: Machine): string {
  const cores = machine.cores === 1 ? "1 core" : `${machine.cores} cores`;
  return `${cores}, ${(machine.memory / 2 ** 30).toFixed(0)} GiB of memory, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load.toFixed(2)} before.`;
}

function times(measurement: Measurement): string[] {
  const { raw, labwright, engine } = measurement;
  const up = medianOf(labwright, (run) => run.up);
  const rawUp = medianOf(raw, (run) => run.up);
  const noChange = medianOf(labwright, (run) => run.noChange);
  const reset = medianOf(labwright, (run) => run.reset);
  return [
    nameOf(measurement),
    seconds(rawUp),
    seconds(up),
    number(ratio(up, rawUp)),
    seconds(noChange),
    number(ratio(noChange, up)),
    seconds(reset),
    seconds(
      above(
        reset,
        medianOf(engine, (run) => run.noChange),
      ),
    ),
    seconds(medianOf(raw, (run) => run.down)),
    seconds(medianOf(labwright, (run) => run.down)),
  ];
}

function parts(measurement: Measurement): string[] {
  const { raw, engine } = measurement;
  return [
    nameOf(measurement),
    seconds(medianOf(raw, (run) => run.sandbox)),
    seconds(medianOf(raw, (run) => run.links)),
    seconds(medianOf(raw, (run) => run.nodes)),
    seconds(medianOf(raw, (run) => run.convergence)),
    seconds(medianOf(engine, (run) => run.up)),
    seconds(medianOf(engine, (run) => run.noChange)),
  ];
}

function sizes(measurement: Measurement): string[] {
  const { labwright, links, resources } = measurement;
  return [
    nameOf(measurement),
    String(links),
    String(resources),
    mebibytes(medianOf(labwright, ({ memory }) => memory.lab)),
    mebibytes(medianOf(labwright, ({ memory }) => memory.engine)),
    mebibytes(medianOf(labwright, ({ memory }) => memory.provider)),
    mebibytes(medianOf(labwright, ({ memory }) => memory.command)),
  ];
}

function renderPeers({ measurements, absent }: Report): string[] {
  const names = [...new Set(measurements.flatMap(({ peers }) => Object.keys(peers)))];
  const failures: string[] = [];
  const rows = measurements.map((measurement) => [
    nameOf(measurement),
    seconds(medianOf(measurement.labwright, (run) => run.up)),
    seconds(medianOf(measurement.labwright, (run) => run.down)),
    ...names.flatMap((name) => {
      const runs = measurement.peers[name] ?? [];
      if (typeof runs === "string") {
        failures.push(`- ${name}, ${nameOf(measurement)}: failed: ${runs}`);
        return ["failed", "failed"];
      }
      return [seconds(medianOf(runs, (run) => run.up)), seconds(medianOf(runs, (run) => run.down))];
    }),
  ]);
  const header = ["topology", "Labwright up", "down", ...names.flatMap((name) => [`${name} up`, "down"])];
  return [
    ...(names.length === 0
      ? []
      : ["Other emulators, same topology and configurations, in seconds:", "", ...table(header, rows), ""]),
    ...failures,
    ...Object.entries(absent).map(([name, reason]) => `- ${name}: not measured: ${reason}`),
  ];
}

function nameOf({ shape, routers }: Measurement): string {
  return `${shape} of ${routers}`;
}

/** Columns as wide as their widest cell; figures to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? "", width, column > 0)).join(" | ")} |`;
  const rule = widths.map((width, column) => (column > 0 ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(header), line(rule), ...rows.map(line)];
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function seconds(value: number | undefined): string {
  if (value === undefined) return "–";
  return value < 0.995 ? value.toFixed(2) : value.toFixed(1);
}

function number(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2);
}

function mebibytes(value: number | undefined): string {
  return value === undefined ? "–" : (value / 2 ** 20).toFixed(0);
}
