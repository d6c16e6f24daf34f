/** One line of a file of AS relationships. */
import type { Problem } from "../../problem.ts";

const pipe = 0x7c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const one = 0x31;

/** Room for what a line holds, so that half a million lines need no half million objects. */
export interface Line {
  a: number;
  b: number;
  transit: boolean;
  /** 3 for serial-1, 4 for serial-2. */
  fields: number;
}

/**
 * Reads `a|b|-1`, `a|b|0` and the same with a source after another `|`, from `start` to `end` (without the line's end).
 *
 * @returns false where the line isn't that. AS numbers may still be out of range, or the same.
 */
export function readLine(bytes: Uint8Array, start: number, end: number, line: Line): boolean {
  let at = start;
  for (let field = 0; field < 2; field++) {
    const begin = at;
    let value = 0;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < zero || byte > nine) break;
      value = value * 10 + byte - zero;
    }
    if (at === begin || at - begin > 10 || bytes[at] !== pipe || at >= end) return false;
    at++;
    if (field === 0) line.a = value;
    else line.b = value;
  }
  if (bytes[at] === zero && at < end) {
    line.transit = false;
    at += 1;
  } else if (bytes[at] === minus && bytes[at + 1] === one && at + 1 < end) {
    line.transit = true;
    at += 2;
  } else return false;
  line.fields = 3;
  if (at === end) return true;
  if (bytes[at] !== pipe) return false;
  line.fields = 4;
  return isSource(bytes, at + 1, end);
}

/** 1 to 64 printable characters without spaces and `|`, such as `bgp` or `mlp`. */
function isSource(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > 64) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= 0x20 || byte >= 0x7f || byte === pipe) return false;
  }
  return true;
}

/** What is wrong with a line that `readLine` refused. */
export function malformed(text: string, path: string): Problem {
  const found = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  const fields = text.split("|");
  if (fields.length < 3 || fields.length > 4) {
    const hint = "Fields are divided by |; serial-2 has a fourth, the source. Lines that start with # are comments.";
    return { code: "bad-line", path, found, expected: "<provider>|<customer>|-1 or <peer>|<peer>|0", hint };
  }
  for (const [name, field = ""] of [
    ["first", fields[0]],
    ["second", fields[1]],
  ] as const) {
    if (/^\d{1,10}$/.test(field)) continue;
    const hint = `The ${name} field of ${JSON.stringify(found)} is to be an AS number in digits alone.`;
    return { code: "bad-asn", path, found: field.slice(0, 80), expected: "an AS number", hint };
  }
  if (fields[2] !== "-1" && fields[2] !== "0") {
    const hint = "-1 says that the first sells transit to the second, 0 that they peer.";
    return { code: "bad-relation", path, found: fields[2]?.slice(0, 80), expected: "-1 or 0 as the third field", hint };
  }
  const hint = "The fourth field says where the relation was seen, such as bgp or mlp.";
  return { code: "bad-source", path, found: fields[3]?.slice(0, 80), expected: "a word as the fourth field", hint };
}

/** What `resolve` takes: 1 to 4294967294 without those set aside (RFC 7607, 6793, 7300). */
export function isAsn(value: number): boolean {
  return value >= 1 && value <= 4294967294 && value !== 23456 && value !== 65535;
}
