/** YAML as values that know their lines. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { assertNoProblems, type Problem } from "../../problem.ts";

export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly kind: "map";
  /** Of its beginning, from 1. */
  readonly line: number;
  readonly entries: ReadonlyMap<string, Located>;
}

export interface LocatedList {
  readonly kind: "list";
  readonly line: number;
  readonly items: readonly Located[];
}

export interface LocatedScalar {
  readonly kind: "scalar";
  readonly line: number;
  /** As it is written, without quotation marks; empty for null. */
  readonly text: string;
  readonly isNull: boolean;
}

/** @throws ProblemsError with every mistake in the YAML, by line. */
export function readYaml(text: string, name: string): Located {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false });
  assertNoProblems(
    name,
    document.errors.map(({ message, pos }): Problem => {
      const { line, col } = counter.linePos(pos[0]);
      const hint = "Correct the file; its indentation, quotation marks and colons make up its structure.";
      return { code: "bad-yaml", path: `line ${line}, column ${col}`, expected: "YAML", found: message, hint };
    }),
  );
  return locate(document.contents, document, counter, 1);
}

function locate(node: Node | null | undefined, document: Document, counter: LineCounter, above: number): Located {
  const target = isAlias(node) ? node.resolve(document) : node;
  const offset = node?.range?.[0];
  const line = offset === undefined ? above : counter.linePos(offset).line;
  if (isMap(target)) {
    const entries = new Map<string, Located>();
    for (const { key, value } of target.items) {
      // Merge keys are symbols to the library.
      const name = isScalar(key)
        ? typeof key.value === "symbol"
          ? "<<"
          : (key.source ?? String(key.value))
        : String(key);
      const keyOffset = isScalar(key) ? key.range?.[0] : undefined;
      const keyLine = keyOffset === undefined ? line : counter.linePos(keyOffset).line;
      const located = locate(value as Node | null, document, counter, keyLine);
      // What is merged in gives way to what is written out.
      if (name === "<<") {
        for (const map of located.kind === "list" ? located.items : [located])
          if (map.kind === "map") for (const [each, one] of map.entries) if (!entries.has(each)) entries.set(each, one);
      } else entries.set(name, withLine(located, keyLine));
    }
    return { kind: "map", line, entries };
  }
  if (isSeq(target))
    return {
      kind: "list",
      line,
      items: target.items.map((item) => locate(item as Node | null, document, counter, line)),
    };
  if (isScalar(target)) {
    const { value, source } = target;
    const text = typeof value === "string" ? value : (source ?? (value === null ? "" : String(value)));
    return { kind: "scalar", line, text: value === null ? "" : text, isNull: value === null };
  }
  return { kind: "scalar", line, text: "", isNull: true };
}

/** A value is told by the line of its name. */
function withLine(located: Located, line: number): Located {
  return { ...located, line };
}
