/** Where everything goes: Graphviz, compiled to WebAssembly, on boxes whose sizes are known. */
import { Graphviz } from "@hpcc-js/wasm-graphviz";
import { dotId } from "../escape.ts";
import type { Line, Picture, Shape } from "../picture.ts";
import { headingOf, membersOf, type Heading } from "./heading.ts";
import { widthOf } from "./text.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  /** Top left. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** By shape's key. */
  readonly shapes: ReadonlyMap<string, Box>;
  /** By group's key; those without a heading aren't there. */
  readonly groups: ReadonlyMap<string, Box>;
  /** In the order of the picture's lines. */
  readonly lines: readonly Route[];
}

/** A chain of cubic Bézier curves: the first point, then three for each. */
export interface Route {
  readonly points: readonly Point[];
  /** Where the arrow's point is, for lines that have an arrow. */
  readonly tip?: Point;
  /** The middle of the room kept for the label. */
  readonly label?: Point;
}

export const sizes = {
  name: 13,
  note: 10,
  host: 10,
  heading: 12,
  label: 10,
  lineHeight: 1.35,
  /** Of the first line, and of each. */
  headingLine: 13,
  /** Between a line and its label. */
  labelGap: 12,
  /** Around a group's members. */
  groupPadding: 10,
} as const;

/** Above this many lines they are straight: three thousand curves take twenty seconds. */
const mostCurves = 800;

export function shapeSize({ kind, name, notes }: Shape): { readonly width: number; readonly height: number } {
  const nameSize = kind === "host" ? sizes.host : sizes.name;
  const text = Math.max(widthOf(name, nameSize), ...notes.map((note) => widthOf(note, sizes.note)));
  const lines = nameSize * sizes.lineHeight + notes.length * sizes.note * sizes.lineHeight;
  switch (kind) {
    case "router":
      return { width: Math.max(52, text + 20), height: lines + 12 };
    case "host":
      return { width: Math.max(30, text + 14), height: lines + 5 };
    case "segment":
      return { width: Math.max(90, text + 28), height: lines + 10 };
  }
}

export function labelSize(text: string): { readonly width: number; readonly height: number } {
  const lines = text.split("\n");
  const width = Math.max(...lines.map((line) => widthOf(line, sizes.label)));
  return { width: width + sizes.labelGap + 4, height: lines.length * sizes.label * sizes.lineHeight + 4 };
}

/** @param labels of the lines, in their order; empty for none. */
export async function layOut(picture: Picture, labels: readonly string[]): Promise<Layout> {
  // An instance that has laid out several drawings ends, now and then, with "table index is out of bounds".
  Graphviz.unload();
  const graphviz = await Graphviz.load();
  // Without anything above anything, ranks would be one long row.
  const ranked = picture.lines.some(({ ranks }) => ranks) || picture.lines.length === 0;
  const single = picture.groups.every(({ key }) => membersOf(key, picture).length <= 1);
  const engine = ranked || !single || picture.shapes.length <= 4 ? "dot" : "neato";
  const text = graphText(picture, labels, engine, ranked);
  return read(JSON.parse(graphviz.layout(text, "json", engine)) as Output, picture, engine);
}

function graphText(picture: Picture, labels: readonly string[], engine: "dot" | "neato", ranked: boolean): string {
  const curves = engine === "dot" && picture.lines.length <= mostCurves;
  const text = [
    "digraph {",
    engine === "dot"
      ? `graph [rankdir=${ranked ? "TB" : "LR"}, newrank=true, nodesep=0.3, ranksep=0.62, splines=${curves ? "true" : "line"}, nslimit=4, mclimit=0.5];`
      : 'graph [overlap=scalexy, splines=line, sep="+12"];',
    'node [shape=box, fixedsize=true, label=""];',
    "edge [arrowsize=0.7];",
  ];
  for (const group of picture.groups) {
    const members = membersOf(group.key, picture);
    const heading = headingOf(group, picture);
    const boxes = members.map((shape) => shapeText(shape, engine === "neato" ? heading : undefined));
    if (engine === "neato" || heading === undefined) text.push(...boxes);
    else if (members.length > 0)
      text.push(
        `subgraph ${dotId(`cluster_${group.key}`)} {`,
        `graph [margin=${sizes.groupPadding}, labeljust=l, labelloc=${heading.at === "top" ? "t" : "b"}, label=${room(heading)}];`,
        ...boxes,
        "}",
      );
  }
  for (const shape of picture.shapes) if (shape.group === undefined) text.push(shapeText(shape, undefined));
  if (engine === "dot" && picture.top.length > 1) text.push(`{ rank=same; ${picture.top.map(dotId).join("; ")} }`);
  for (const [index, line] of picture.lines.entries()) text.push(lineText(line, index, labels[index] ?? "", ranked));
  return `${text.join("\n")}\n}`;
}

/** With neato a group is its only member's box with a heading. */
function shapeText(shape: Shape, heading: Heading | undefined): string {
  const { width, height } = heading === undefined ? shapeSize(shape) : groupSize(shape, heading);
  return `${dotId(shape.key)} [width=${inches(width)}, height=${inches(height)}];`;
}

function groupSize(shape: Shape, heading: Heading): { readonly width: number; readonly height: number } {
  const { width, height } = shapeSize(shape);
  return {
    width: Math.max(width, heading.width) + 2 * sizes.groupPadding,
    height: height + heading.height + 3 * sizes.groupPadding,
  };
}

function lineText({ from, to, kind, ranks }: Line, index: number, label: string, ranked: boolean): string {
  const attributes = [`comment="${index}"`, `dir=${kind === "transit" ? "forward" : "none"}`];
  if (label !== "") attributes.push(`label=${room(labelSize(label))}`);
  if (ranked && !ranks) attributes.push("constraint=false");
  // Straight lines from providers down are worth more than short ones to an exchange.
  attributes.push(`weight=${kind === "transit" ? 3 : kind === "attachment" ? 4 : 1}`);
  return `${dotId(from)} -> ${dotId(to)} [${attributes.join(", ")}];`;
}

function room({ width, height }: { readonly width: number; readonly height: number }): string {
  return `<<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="${Math.ceil(width)}" HEIGHT="${Math.ceil(height)}"><TR><TD></TD></TR></TABLE>>`;
}

function inches(pixels: number): string {
  return (pixels / 72).toFixed(4);
}

/** What is used of Graphviz's JSON; numbers are points, y upwards. */
interface Output {
  readonly bb: string;
  readonly objects?: readonly {
    readonly name: string;
    readonly bb?: string;
    readonly pos?: string;
    readonly width?: string;
    readonly height?: string;
  }[];
  readonly edges?: readonly { readonly comment: string; readonly pos?: string; readonly lp?: string }[];
}

function read(output: Output, picture: Picture, engine: "dot" | "neato"): Layout {
  const [left = 0, bottom = 0, right = 0, top = 0] = output.bb.split(",").map(Number);
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(",").map(Number);
    return { x: x - left, y: top - y };
  };
  const objects = new Map((output.objects ?? []).map((object) => [object.name, object]));
  const nameOf = (key: string): string => JSON.parse(dotId(key)) as string;

  const shapes = new Map<string, Box>();
  const groups = new Map<string, Box>();
  const headings = new Map(picture.groups.map((group) => [group.key, headingOf(group, picture)]));
  for (const shape of picture.shapes) {
    const middle = point(objects.get(nameOf(shape.key))?.pos ?? "0,0");
    const { width, height } = shapeSize(shape);
    const heading = engine === "neato" && shape.group !== undefined ? headings.get(shape.group) : undefined;
    let top = middle.y - height / 2;
    if (heading !== undefined && shape.group !== undefined) {
      const outer = groupSize(shape, heading);
      groups.set(shape.group, { x: middle.x - outer.width / 2, y: middle.y - outer.height / 2, ...outer });
      const room = outer.height / 2 - sizes.groupPadding;
      top = heading.at === "top" ? middle.y + room - height : middle.y - room;
    }
    shapes.set(shape.key, { x: middle.x - width / 2, y: top, width, height });
  }
  for (const group of picture.groups) {
    const bb = objects
      .get(nameOf(`cluster_${group.key}`))
      ?.bb?.split(",")
      .map(Number);
    if (bb === undefined) continue;
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = bb;
    groups.set(group.key, { x: x1 - left, y: top - y2, width: x2 - x1, height: y2 - y1 });
  }
  const byIndex = new Map((output.edges ?? []).map((edge) => [edge.comment, edge]));
  const lines = picture.lines.map((_, index): Route => {
    const edge = byIndex.get(String(index));
    const parts = (edge?.pos ?? "").split(" ");
    const points = parts.filter((part) => /^[-\d]/.test(part)).map(point);
    const tip = parts.find((part) => part.startsWith("e,"));
    return {
      points,
      ...(tip === undefined ? {} : { tip: point(tip.slice(2)) }),
      ...(edge?.lp === undefined ? {} : { label: point(edge.lp) }),
    };
  });
  return { width: right - left, height: top - bottom, shapes, groups, lines };
}
