/** Plain data as TypeScript, laid out as Prettier does with lines of 120. */

/** An expression as it stands. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value with lines of comment before it; without a value, comments at the end of a list or an object. */
export class Commented {
  readonly comments: readonly string[];
  readonly value: Literal | undefined;

  constructor(comments: readonly string[], value: Literal | undefined) {
    this.comments = comments;
    this.value = value;
  }
}

export type Literal =
  string | number | boolean | Code | Commented | readonly Literal[] | { readonly [name: string]: Literal | undefined };

const width = 120;

/** @param column where its first line begins; `after`: characters that follow on its last line, such as a comma. */
export function printLiteral(value: Literal, indent = 0, column = indent, after = 1): string {
  const flat = flatText(value);
  if (flat !== undefined && column + flat.length + after <= width && !mustBreak(value)) return flat;
  const inner = indent + 2;
  const pad = " ".repeat(inner);
  const close = " ".repeat(indent);
  if (isList(value)) {
    const lines = value.map((item) => withComments(item, pad, (each) => `${pad}${printLiteral(each, inner)},`));
    return `[\n${lines.join("\n")}\n${close}]`;
  }
  if (isRecord(value)) {
    const lines = entriesOf(value).map(([name, item]) =>
      withComments(item, pad, (each) => {
        const key = keyText(name);
        return `${pad}${key}: ${printLiteral(each, inner, inner + key.length + 2)},`;
      }),
    );
    return `{\n${lines.join("\n")}\n${close}}`;
  }
  return flat ?? "";
}

function withComments(item: Literal, pad: string, print: (value: Literal) => string): string {
  if (!(item instanceof Commented)) return print(item);
  const lines = item.comments.map((comment) => `${pad}// ${comment}`);
  return [...lines, ...(item.value === undefined ? [] : [print(item.value)])].join("\n");
}

/** On one line; undefined where it can't be. */
function flatText(value: Literal): string | undefined {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Code) return value.text;
  if (value instanceof Commented) return undefined;
  if (isList(value)) {
    const items = value.map(flatText);
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  const parts = entriesOf(value).map(([name, item]) => {
    const text = flatText(item);
    return text === undefined ? undefined : `${keyText(name)}: ${text}`;
  });
  if (parts.includes(undefined)) return undefined;
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Prettier breaks lists of several objects or lists that have more than one element each. */
function mustBreak(value: Literal): boolean {
  if (!isList(value)) return isRecord(value) && entriesOf(value).some(([, item]) => mustBreak(item));
  const several = (item: Literal): boolean =>
    isList(item) ? item.length > 1 : isRecord(item) && entriesOf(item).length > 1;
  return (value.length > 1 && value.every(several)) || value.some(mustBreak);
}

function isList(value: Literal): value is readonly Literal[] {
  return Array.isArray(value);
}

function isRecord(value: Literal): value is { readonly [name: string]: Literal | undefined } {
  return typeof value === "object" && !isList(value) && !(value instanceof Code) && !(value instanceof Commented);
}

function entriesOf(value: { readonly [name: string]: Literal | undefined }): [string, Literal][] {
  return Object.entries(value).flatMap(([name, item]): [string, Literal][] =>
    item === undefined ? [] : [[name, item]],
  );
}

/** Quoted where it must be; a name that needs no quotes has none even beside others that do. */
function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** With the kind of quotation marks that needs fewer escapes, double ones by preference. */
export function quoted(text: string): string {
  const double = JSON.stringify(text).replace(/[\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`);
  const doubles = text.split('"').length;
  const singles = text.split("'").length;
  if (doubles <= singles) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
