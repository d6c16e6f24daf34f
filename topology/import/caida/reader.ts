/** Reads CAIDA's AS relationships, serial-1 and serial-2 (publicdata.caida.org/datasets/as-relationships/README.txt). */
import { assertNoProblems, type Problem } from "../../problem.ts";
import { AsGraph } from "./graph.ts";
import { PairTable } from "./pairs.ts";
import { isAsn, malformed, readLine, type Line } from "./line.ts";

/** So many lines are told apart; the rest are counted. */
const mostProblems = 50;

/** No line of the format is longer; of one that is, this much is kept to show. */
const longestLine = 4096;

const newline = 0x0a;
const carriageReturn = 0x0d;
const hash = 0x23;

/**
 * Takes a file in pieces of any size, then gives the graph. Lines that repeat a relation count once; blank lines and
 * lines that start with `#` count for nothing. A file is of one serial throughout: its first relation says which.
 */
export class RelationshipReader {
  readonly #name: string;
  readonly #problems: Problem[] = [];
  #more = 0;
  #rest: Uint8Array = new Uint8Array(0);
  #lineNumber = 0;
  #serial: { readonly fields: number; readonly line: number } | undefined;
  readonly #line: Line = { a: 0, b: 0, transit: false, fields: 0 };

  readonly #indexOf = new Map<number, number>();
  readonly #asns: number[] = [];
  readonly #pairs = new PairTable();
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  readonly #transit: number[] = [];
  /** Line numbers by position. */
  readonly #seenAt: number[] = [];

  /** @param name of the file, for messages. */
  constructor(name = "the AS relationships") {
    this.#name = name;
  }

  /** Reads on. Text counts as UTF-8. */
  push(piece: Uint8Array | string): void {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(newline, start);
      if (end === -1) break;
      if (this.#rest.length === 0) this.#take(bytes, start, end);
      else {
        const line = joined(this.#rest, bytes.subarray(start, end));
        this.#rest = new Uint8Array(0);
        this.#take(line, 0, line.length);
      }
      start = end + 1;
    }
    if (start < bytes.length) this.#rest = joined(this.#rest, bytes.subarray(start));
  }

  /** @throws ProblemsError by line; the first 50, and how many more there are. */
  end(): AsGraph {
    if (this.#rest.length > 0) this.#take(this.#rest, 0, this.#rest.length);
    this.#rest = new Uint8Array(0);
    if (this.#more > 0) {
      const hint = `The first ${mostProblems} are above; is this a file of AS relationships?`;
      this.#problems.push({
        code: "more-problems",
        path: `and ${this.#more} more`,
        expected: "lines without mistakes",
        hint,
      });
    } else if (this.#problems.length === 0 && this.#a.length === 0) {
      const expected = "<provider>|<customer>|-1 or <peer>|<peer>|0";
      const hint = "The file has no relation in it; was it cut off, or is it another file?";
      this.#problems.push({ code: "no-relations", path: "line 1", expected, hint });
    }
    assertNoProblems(this.#name, this.#problems);
    return new AsGraph(
      this.#asns,
      Uint32Array.from(this.#a),
      Uint32Array.from(this.#b),
      Uint8Array.from(this.#transit),
    );
  }

  #take(bytes: Uint8Array, start: number, lineEnd: number): void {
    this.#lineNumber++;
    const end = lineEnd > start && bytes[lineEnd - 1] === carriageReturn ? lineEnd - 1 : lineEnd;
    if (end === start || bytes[start] === hash) return;
    const line = this.#line;
    if (!readLine(bytes, start, end, line)) {
      // Latin 1 shows every byte as a character of its own.
      const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + longestLine)));
      this.#note(malformed(text, this.#path()));
      return;
    }
    const before = this.#problems.length + this.#more;
    for (const asn of line.a === line.b ? [line.a] : [line.a, line.b])
      if (!isAsn(asn))
        this.#refuse("asn-out-of-range", asn, asnRange, "No network has this number (RFC 7607, 6793, 7300).");
    if (line.a === line.b) this.#refuse("relation-with-itself", line.a, "two different ASes", "Take the line out.");
    this.#serial ??= { fields: line.fields, line: this.#lineNumber };
    if (line.fields !== this.#serial.fields) {
      const hint = `Line ${this.#serial.line} has ${this.#serial.fields}: serial-1 files have 3 throughout, serial-2 files 4.`;
      this.#refuse("mixed-serials", `${line.fields} fields`, `${this.#serial.fields} fields`, hint);
    }
    if (this.#problems.length + this.#more === before) this.#add(line);
  }

  #add({ a, b, transit }: Line): void {
    const near = this.#index(a);
    const far = this.#index(b);
    const earlier = this.#pairs.positionOf(near, far);
    if (earlier === this.#a.length) {
      this.#a.push(near);
      this.#b.push(far);
      this.#transit.push(transit ? 1 : 0);
      this.#seenAt.push(this.#lineNumber);
      return;
    }
    const same = (this.#transit[earlier] === 1) === transit && (!transit || this.#a[earlier] === near);
    if (same) return;
    const was =
      this.#transit[earlier] === 0 ? "peers" : this.#a[earlier] === near ? `${a} sells to ${b}` : `${b} sells to ${a}`;
    const hint = `Line ${this.#seenAt[earlier]} has them already, as another relation. Keep one of the two.`;
    this.#refuse("contradictory-relation", `${a}|${b}|${transit ? -1 : 0}`, `the relation said before: ${was}`, hint);
  }

  #index(asn: number): number {
    const known = this.#indexOf.get(asn);
    if (known !== undefined) return known;
    this.#indexOf.set(asn, this.#asns.length);
    return this.#asns.push(asn) - 1;
  }

  #path(): string {
    return `line ${this.#lineNumber}`;
  }

  #refuse(code: string, found: unknown, expected: string, hint: string): void {
    this.#note({ code, path: this.#path(), found, expected, hint });
  }

  #note(problem: Problem): void {
    if (this.#problems.length < mostProblems) this.#problems.push(problem);
    else this.#more++;
  }
}

const asnRange = "an AS number, 1 to 4294967294 without 23456 and 65535";

/** What is beyond the longest line is dropped: such a line is refused, or a comment, whatever its end. */
function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const kept = other.subarray(0, Math.max(0, longestLine - one.length));
  const both = new Uint8Array(one.length + kept.length);
  both.set(one);
  both.set(kept, one.length);
  return both;
}
