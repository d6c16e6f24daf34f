/** Lines, arrows, and the marks of sessions' states, as SVG elements. */
import type { LineKind } from "../picture.ts";
import type { Condition } from "../state.ts";
import type { Point, Route } from "./layout.ts";

/** A coordinate as text: a tenth of a pixel is more than can be seen. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10 || 0);
}

/** The line, and its arrow where it has a tip. With a condition it has that one's colour. */
export function lineElements(route: Route, kind: LineKind, condition: Condition | undefined): string[] {
  const [first, ...rest] = route.points;
  if (first === undefined) return [];
  const path = `M${n(first.x)} ${n(first.y)}C${rest.map(({ x, y }) => `${n(x)} ${n(y)}`).join(" ")}`;
  const classes = `line ${kind}${condition === undefined ? "" : ` ${condition}`}`;
  const elements = [`<path class="${classes}" d="${path}"/>`];
  // A wide line with a narrow one of the ground's colour on it looks like two.
  if (kind === "sibling") elements.push(`<path class="line gap" d="${path}"/>`);
  const last = rest.at(-1);
  if (route.tip !== undefined && last !== undefined)
    elements.push(arrow(last, route.tip, condition === undefined ? `${kind}-fill` : `${condition}-fill`));
  return elements;
}

function arrow(from: Point, tip: Point, fill: string): string {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const along = { x: (tip.x - from.x) / length, y: (tip.y - from.y) / length };
  const back = { x: tip.x - along.x * 9, y: tip.y - along.y * 9 };
  const corners = [
    tip,
    { x: back.x - along.y * 4.5, y: back.y + along.x * 4.5 },
    { x: back.x + along.y * 4.5, y: back.y - along.x * 4.5 },
  ];
  return `<polygon class="${fill}" points="${corners.map(({ x, y }) => `${n(x)},${n(y)}`).join(" ")}"/>`;
}

/** Each has a shape of its own, so that they differ without colour too: a tick, a question mark, dots, a cross. */
const glyphs: Readonly<Record<Condition, string>> = {
  up: "M-3 0.2L-0.9 2.4L3.2 -2.2",
  unknown: "M-1.8 -1.8C-1.8 -4 2 -4 2 -1.7C2 -0.2 0 -0.3 0 1.2M0 3.4L0 3.5",
  starting: "M-3 0L-2.9 0M0 0L0.1 0M3 0L3.1 0",
  down: "M-2.4 -2.4L2.4 2.4M2.4 -2.4L-2.4 2.4",
};

const outlines: Readonly<Record<Condition, string>> = {
  up: `<circle r="6"/>`,
  unknown: `<rect x="-5.5" y="-5.5" width="11" height="11"/>`,
  starting: `<path d="M0 -7.5L7.5 0L0 7.5L-7.5 0Z"/>`,
  down: `<path d="M-3 -7L3 -7L7 -3L7 3L3 7L-3 7L-7 3L-7 -3Z"/>`,
};

export function stateMark({ x, y }: Point, condition: Condition): string {
  const outline = outlines[condition].replace("/>", ` class="${condition}-fill"/>`);
  return `<g transform="translate(${n(x)} ${n(y)})">${outline}<path class="glyph" d="${glyphs[condition]}"/></g>`;
}
