/** SVG, drawn without a browser. */
import type { Topology } from "../../topology.ts";
import { xml } from "../escape.ts";
import { pictureOf, type Line, type Shape } from "../picture.ts";
import type { LiveState } from "../state.ts";
import { middleOf } from "./curve.ts";
import { labelSize, layOut, sizes, type Box, type Point, type Route } from "./layout.ts";
import { headingOf, type Heading } from "./heading.ts";
import { legend } from "./legend.ts";
import { lineElements, n, stateMark } from "./marks.ts";
import { style } from "./style.ts";

export interface SvgOptions {
  /** Whether links' prefixes are written on them. Default false. */
  readonly addresses?: boolean;
}

const margin = 20;

/**
 * The topology as an SVG document: a box for each AS, providers above their customers, peerings dashed, exchanges with
 * their members, hosts small, and a legend of what there is. With `state` each session's, by colour, by the shape of a
 * mark, and by a word where it isn't up. It follows the reader's preference of light or dark. The same input gives the
 * same text.
 */
export async function drawSvg(topology: Topology, state?: LiveState, options: SvgOptions = {}): Promise<string> {
  const picture = pictureOf(topology, state);
  // No room is kept for what sessions do: everything is to stay in its place when that changes.
  const labels = picture.lines.map(({ prefixes }) => (options.addresses === true ? prefixes.join("\n") : ""));
  const layout = await layOut(picture, labels);
  const explained = legend(picture, Math.max(layout.width, 420));
  const width = Math.max(layout.width, explained.width) + 2 * margin;
  const legendTop = layout.height + margin;
  const height = layout.height + (explained.height === 0 ? 0 : margin + explained.height) + 2 * margin;
  const left = (width - layout.width) / 2;

  const lines = picture.lines.map(
    (line, index) => [line, layout.lines[index] ?? { points: [] }, labels[index] ?? ""] as const,
  );
  const headings = new Map(picture.groups.map((group) => [group.key, headingOf(group, picture)]));
  const body = [
    ...picture.groups.flatMap((group) => groupElements(layout.groups.get(group.key))),
    ...lines.flatMap(([line, route]) => tagged(line, lineElements(route, line.kind, line.seen?.condition))),
    ...picture.groups.flatMap((group) => headingElements(headings.get(group.key), layout.groups.get(group.key))),
    ...picture.shapes.flatMap((shape) => shapeElements(shape, layout.shapes.get(shape.key))),
    ...lines.flatMap(([line, route, label]) => lineMarks(line, route, label)),
  ];
  const title = describe(topology);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" role="img" aria-labelledby="title">`,
    `<title id="title">${xml(title)}</title>`,
    `<style>\n${style}\n</style>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    `<g transform="translate(${n(left)} ${margin})">`,
    ...body,
    "</g>",
    `<g transform="translate(${n((width - explained.width) / 2)} ${n(margin + legendTop)})">`,
    ...explained.elements,
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

function describe({ autonomousSystems, nodes, links, segments }: Topology): string {
  const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
  const routers = nodes.filter(({ kind }) => kind === "router").length;
  const hosts = nodes.filter(({ kind }) => kind === "host").length;
  return [
    count(autonomousSystems.length, "autonomous system"),
    count(routers, "router"),
    count(hosts, "host"),
    ...(routers + hosts === nodes.length ? [] : [count(nodes.length - routers - hosts, "machine")]),
    count(links.length, "link"),
    count(segments.length, "segment"),
  ].join(", ");
}

function groupElements(box: Box | undefined): string[] {
  if (box === undefined) return [];
  return [
    `<rect class="group" x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height)}" rx="8"/>`,
  ];
}

/** Drawn over the lines that cross it. */
function headingElements(heading: Heading | undefined, box: Box | undefined): string[] {
  if (heading === undefined || box === undefined) return [];
  const { title, number, at, height } = heading;
  const x = n(box.x + sizes.groupPadding);
  const y = at === "top" ? box.y + 18 : box.y + box.height - height + 3;
  const elements = [
    `<text class="strong in-group" font-size="${sizes.heading}" x="${x}" y="${n(y)}">${xml(title)}</text>`,
  ];
  if (number !== undefined)
    elements.push(
      `<text class="quiet in-group" font-size="${sizes.note}" x="${x}" y="${n(y + sizes.headingLine)}">${xml(number)}</text>`,
    );
  return elements;
}

function shapeElements({ kind, name, notes, seen }: Shape, box: Box | undefined): string[] {
  if (box === undefined) return [];
  const nameSize = kind === "host" ? sizes.host : sizes.name;
  const x = box.x + box.width / 2;
  const textHeight = (nameSize + notes.length * sizes.note) * sizes.lineHeight;
  let y = box.y + (box.height - textHeight) / 2 + nameSize * 1.02;
  const radius = kind === "router" ? 5 : box.height / 2;
  const elements = [
    `<rect class="${kind}" x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height)}" rx="${n(radius)}"/>`,
    `<text class="middle${kind === "host" ? "" : " strong"}" font-size="${nameSize}" x="${n(x)}" y="${n(y)}">${xml(name)}</text>`,
  ];
  for (const note of notes) {
    y += sizes.note * sizes.lineHeight + (elements.length === 2 ? 1 : 0);
    elements.push(`<text class="middle quiet" font-size="${sizes.note}" x="${n(x)}" y="${n(y)}">${xml(note)}</text>`);
  }
  if (seen !== undefined) elements.push(stateMark({ x: box.x + box.width, y: box.y }, seen.condition));
  return elements;
}

/** What a pointer on the line shows. */
function tagged({ name }: Line, elements: readonly string[]): string[] {
  return elements.length === 0 ? [] : [`<g><title>${xml(name)}</title>${elements.join("")}</g>`];
}

function lineMarks({ seen }: Line, route: Route, label: string): string[] {
  if (route.points.length === 0) return [];
  const elements: string[] = [];
  if (seen !== undefined) {
    const mark = middleOf(route);
    elements.push(stateMark(mark, seen.condition), ...labelElements(seen.said, mark));
  }
  if (route.label !== undefined) {
    const { x, y } = route.label;
    elements.push(...labelElements(label, { x: x - labelSize(label).width / 2, y }));
  }
  return elements;
}

/** To the right of a point, its lines centred on it. */
function labelElements(label: string, { x, y }: Point): string[] {
  if (label === "") return [];
  const lines = label.split("\n");
  const lineHeight = sizes.label * sizes.lineHeight;
  return lines.map((line, index) => {
    const at = y + (index - (lines.length - 1) / 2) * lineHeight + sizes.label * 0.35;
    return `<text class="on-ground" font-size="${sizes.label}" x="${n(x + sizes.labelGap)}" y="${n(at)}">${xml(line)}</text>`;
  });
}
