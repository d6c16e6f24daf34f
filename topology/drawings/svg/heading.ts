/** What is written in an AS's box, and where. */
import type { Group, Picture, Shape } from "../picture.ts";
import { sizes } from "./layout.ts";
import { widthOf } from "./text.ts";

export interface Heading {
  readonly title: string;
  /** The number, where the title isn't that already. */
  readonly number: string | undefined;
  /** Where fewer lines cross it. */
  readonly at: "top" | "bottom";
  readonly width: number;
  readonly height: number;
}

/** None where the AS is one router of the same name: then that is box enough. */
export function headingOf({ key, title, number }: Group, picture: Picture): Heading | undefined {
  const members = membersOf(key, picture);
  const same = title.toUpperCase() === number;
  if (same && members.length === 1 && members[0]?.name === title) return undefined;
  const inside = new Set(members.map((shape) => shape.key));
  const leaving = picture.lines.filter(({ from, to }) => inside.has(from) && !inside.has(to)).length;
  return {
    title,
    number: same ? undefined : number,
    at:
      leaving === 0 && members.length > 0 && picture.lines.some(({ from, to }) => inside.has(to) && !inside.has(from))
        ? "bottom"
        : "top",
    width: Math.max(widthOf(title, sizes.heading), same ? 0 : widthOf(number, sizes.note)),
    height: sizes.headingLine * (same ? 1 : 2),
  };
}

export function membersOf(group: string, picture: Picture): readonly Shape[] {
  return picture.shapes.filter((shape) => shape.group === group);
}
