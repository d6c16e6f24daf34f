/** Points on chains of cubic Bézier curves. */
import type { Point, Route } from "./layout.ts";

/** Halfway along, by length. */
export function middleOf(route: Route): Point {
  const track = trackOf(route);
  const lengths = track.slice(1).map((point, index) => distance(point, track[index] ?? point));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [track[index], track[index + 1]];
    if (from === undefined || to === undefined) break;
    if (left <= length && length > 0) {
      const share = left / length;
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    }
    left -= length;
  }
  return track.at(-1) ?? { x: 0, y: 0 };
}

/** Points along the line, a dozen for each curve. */
function trackOf({ points, tip }: Route): Point[] {
  const track: Point[] = [];
  for (let start = 0; start + 3 < points.length; start += 3) {
    const [a, b, c, d] = points.slice(start, start + 4);
    if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
    for (let step = start === 0 ? 0 : 1; step <= 12; step++) track.push(at(a, b, c, d, step / 12));
  }
  if (tip !== undefined) track.push(tip);
  return track;
}

function at(a: Point, b: Point, c: Point, d: Point, t: number): Point {
  const s = 1 - t;
  const mix = (axis: "x" | "y"): number =>
    s * s * s * a[axis] + 3 * s * s * t * b[axis] + 3 * s * t * t * c[axis] + t * t * t * d[axis];
  return { x: mix("x"), y: mix("y") };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
