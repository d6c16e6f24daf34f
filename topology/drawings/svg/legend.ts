/** What lines and marks mean: of those that are in the drawing. */
import { xml } from "../escape.ts";
import { lineNames, type LineKind, type Picture } from "../picture.ts";
import { conditionNames, conditions } from "../state.ts";
import { sizes } from "./layout.ts";
import { lineElements, n, stateMark } from "./marks.ts";
import { widthOf } from "./text.ts";

interface Entry {
  readonly text: string;
  /** Drawn in 34 pixels to the left of the text, around y = 0. */
  readonly sample: string;
}

const sampleWidth = 34;
const rowHeight = 22;
const order: readonly LineKind[] = ["transit", "peer", "route-server", "sibling", "internal"];

/** Rows of entries that are `width` wide at most where one entry fits; y from 0. */
export function legend(
  picture: Picture,
  width: number,
): { readonly elements: readonly string[]; readonly width: number; readonly height: number } {
  const used = new Set(picture.lines.map(({ kind }) => kind));
  const seen = new Set([...picture.lines, ...picture.shapes].flatMap((each) => each.seen?.condition ?? []));
  const entries: Entry[] = [
    ...order
      .filter((kind) => used.has(kind))
      .map((kind) => ({ text: lineNames[kind], sample: lineElements(sampleRoute(kind), kind, undefined).join("") })),
    ...conditions
      .filter((condition) => seen.has(condition))
      .map((condition) => ({
        text: conditionNames[condition],
        sample: stateMark({ x: sampleWidth - 10, y: 0 }, condition),
      })),
  ];
  const elements: string[] = [];
  let [x, row, widest] = [0, 0, 0];
  for (const { text, sample } of entries) {
    const entryWidth = sampleWidth + 6 + widthOf(text, sizes.note + 1) + 18;
    if (x > 0 && x + entryWidth > width) [x, row] = [0, row + 1];
    elements.push(
      `<g transform="translate(${n(x)} ${n(row * rowHeight + rowHeight / 2)})">${sample}<text class="quiet" font-size="${sizes.note + 1}" x="${sampleWidth + 6}" y="4">${xml(text)}</text></g>`,
    );
    x += entryWidth;
    widest = Math.max(widest, x);
  }
  return { elements, width: widest, height: entries.length === 0 ? 0 : (row + 1) * rowHeight };
}

function sampleRoute(kind: LineKind): Parameters<typeof lineElements>[0] {
  const end = kind === "transit" ? sampleWidth - 8 : sampleWidth;
  const points = [0, end / 3, (2 * end) / 3, end].map((x) => ({ x, y: 0 }));
  return kind === "transit" ? { points, tip: { x: sampleWidth, y: 0 } } : { points };
}
