/** Mermaid flowcharts, as GitHub and many wikis show them. */
import type { Topology } from "../topology.ts";
import { Identifiers, mermaidLabel } from "./escape.ts";
import { pictureOf, type Line, type LineKind, type Shape } from "./picture.ts";
import type { Condition, LiveState } from "./state.ts";

const arrows: Readonly<Record<LineKind, string>> = {
  transit: "-->",
  peer: "-.-",
  sibling: "===",
  "route-server": "-.-",
  internal: "---",
  attachment: "---",
};

const relations: Readonly<Record<LineKind, string>> = {
  transit: "transit",
  peer: "peer",
  sibling: "sibling",
  "route-server": "route server",
  internal: "",
  attachment: "",
};

const marks: Readonly<Record<Condition, string>> = { up: "✓", unknown: "?", starting: "…", down: "✗" };
// Read well on white and on GitHub's dark grey.
const colours: Readonly<Record<Condition, string>> = {
  up: "#2da44e",
  unknown: "#8c959f",
  starting: "#bf8700",
  down: "#e5534b",
};

/**
 * The topology as a Mermaid flowchart: a subgraph for each AS, arrows from providers to customers, the relation on each
 * line. With `state` also each session's, by a mark, a word and a colour. The same input gives the same text.
 */
export function drawMermaid(topology: Topology, state?: LiveState): string {
  const picture = pictureOf(topology, state);
  const identifiers = new Identifiers();
  const text = ["flowchart TB"];
  for (const group of picture.groups) {
    text.push(`  subgraph ${identifiers.of(`as ${group.key}`)}[${mermaidLabel(`${group.title}\n${group.number}`)}]`);
    for (const shape of picture.shapes)
      if (shape.group === group.key) text.push(`    ${shapeText(shape, identifiers)}`);
    text.push("  end");
  }
  for (const shape of picture.shapes) if (shape.group === undefined) text.push(`  ${shapeText(shape, identifiers)}`);
  const styles: string[] = [];
  for (const [index, line] of picture.lines.entries()) {
    const label = lineLabel(line);
    const arrow = `${arrows[line.kind]}${label === "" ? "" : `|${mermaidLabel(label)}|`}`;
    text.push(`  ${identifiers.of(line.from)} ${arrow} ${identifiers.of(line.to)}`);
    if (line.seen !== undefined) styles.push(`  linkStyle ${index} stroke:${colours[line.seen.condition]}`);
  }
  for (const { key, seen } of picture.shapes)
    if (seen !== undefined) styles.push(`  style ${identifiers.of(key)} stroke:${colours[seen.condition]}`);
  return `${[...text, ...styles].join("\n")}\n`;
}

function shapeText({ key, kind, name, notes }: Shape, identifiers: Identifiers): string {
  const label = mermaidLabel([name, ...notes].join("\n"));
  const identifier = identifiers.of(key);
  switch (kind) {
    case "router":
      return `${identifier}[${label}]`;
    case "host":
      return `${identifier}([${label}])`;
    case "segment":
      return `${identifier}{{${label}}}`;
  }
}

function lineLabel({ kind, seen }: Line): string {
  const relation = relations[kind];
  if (seen === undefined) return relation;
  const state = `${marks[seen.condition]} ${seen.said}`.trim();
  return relation === "" ? state : `${relation} ${state}`;
}
