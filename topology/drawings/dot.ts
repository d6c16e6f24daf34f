/** Graphviz DOT. */
import type { Topology } from "../topology.ts";
import { dotId, dotLabel } from "./escape.ts";
import { pictureOf, type Line, type LineKind, type Shape } from "./picture.ts";
import type { Condition, LiveState } from "./state.ts";

const lineAttributes: Readonly<Record<LineKind, string>> = {
  transit: "arrowhead=normal",
  peer: "style=dashed, arrowhead=none",
  sibling: 'color="{}:{}", arrowhead=none',
  "route-server": "style=dotted, arrowhead=none",
  internal: "arrowhead=none, penwidth=1",
  attachment: "arrowhead=none, penwidth=1",
};

const shapeAttributes: Readonly<Record<Shape["kind"], string>> = {
  router: 'shape=box, style="rounded,filled", fillcolor="#ffffff"',
  host: 'shape=box, style="rounded,filled", fillcolor="#eaeef2", fontsize=10, height=0.25, margin="0.08,0.03"',
  segment: 'shape=hexagon, style=filled, fillcolor="#efe7fd"',
};

const colours: Readonly<Record<Condition, string>> = {
  up: "#1a7f37",
  unknown: "#6e7781",
  starting: "#9a6700",
  down: "#cf222e",
};
const plainColour = "#24292f";

/**
 * The topology in the DOT language, for `dot -Tsvg`: a cluster for each AS, providers above their customers, peerings
 * dashed, siblings double, route servers' clients dotted. With `state` also each session's, by a colour, and by a word
 * where it isn't up. The same input gives the same text.
 */
export function drawDot(topology: Topology, state?: LiveState): string {
  const picture = pictureOf(topology, state);
  const text = [
    "digraph topology {",
    "  graph [rankdir=TB, newrank=true, nodesep=0.35, ranksep=0.6, fontname=Helvetica];",
    `  node [fontname=Helvetica, fontsize=12, color="${plainColour}"];`,
    `  edge [fontname=Helvetica, fontsize=10, penwidth=1.5, color="${plainColour}"];`,
  ];
  for (const group of picture.groups) {
    text.push(
      `  subgraph ${dotId(`cluster ${group.key}`).replace("cluster%20", "cluster_")} {`,
      `    graph [label=${dotLabel(`${group.title}\n${group.number}`)}, style="rounded,filled", color="#8c959f", fillcolor="#f6f8fa"];`,
      ...picture.shapes.filter((shape) => shape.group === group.key).map((shape) => `    ${shapeText(shape)}`),
      "  }",
    );
  }
  for (const shape of picture.shapes) if (shape.group === undefined) text.push(`  ${shapeText(shape)}`);
  if (picture.top.length > 1) text.push(`  { rank=same; ${picture.top.map(dotId).join("; ")} }`);
  // Without anything above anything, ranks would be one long row.
  const ranked = picture.lines.some(({ ranks }) => ranks);
  for (const line of picture.lines) text.push(`  ${lineText(line, ranked)}`);
  return `${text.join("\n")}\n}\n`;
}

function shapeText({ key, kind, name, notes, seen }: Shape): string {
  const colour = seen === undefined ? "" : `, color="${colours[seen.condition]}"`;
  return `${dotId(key)} [label=${dotLabel([name, ...notes].join("\n"))}, ${shapeAttributes[kind]}${colour}];`;
}

function lineText({ from, to, kind, seen, ranks }: Line, ranked: boolean): string {
  const colour = seen === undefined ? plainColour : colours[seen.condition];
  const attributes = [lineAttributes[kind].replaceAll("{}", colour)];
  if (kind !== "sibling" && seen !== undefined) attributes.push(`color="${colour}"`);
  if (seen !== undefined && seen.said !== "") attributes.push(`label=${dotLabel(seen.said)}`);
  if (ranked && !ranks) attributes.push("constraint=false");
  return `${dotId(from)} -> ${dotId(to)} [${attributes.join(", ")}];`;
}
