/** Text as each format takes it. Names come from lab authors and from imported files: anything can be in them. */

/** What no XML document can hold (XML 1.0, 2.2), and lone surrogates. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** For the content of an element, and for an attribute's value in double quotes. */
export function xml(text: string): string {
  return text
    .replace(notXml, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A quoted string of the DOT language, for a label: lines divided by a line feed. Graphviz reads HTML entities in it. */
export function dotLabel(text: string): string {
  const lines = text.split("\n").map((line) =>
    line
      .replace(notXml, "\uFFFD")
      .replace(/[\t\r]/g, " ")
      .replaceAll("&", "&amp;")
      .replaceAll("\\", "\\\\")
      .replaceAll('"', '\\"'),
  );
  return `"${lines.join("\\n")}"`;
}

/** A quoted string of the DOT language, for a name that is never shown; different texts give different names. */
export function dotId(text: string): string {
  return JSON.stringify(encodeURIComponent(text.replace(notXml, (character) => `%${character.charCodeAt(0)}`)));
}

/** A quoted string of Mermaid: lines divided by a line feed, everything that means something there by its number. */
export function mermaidLabel(text: string): string {
  const lines = text.split("\n").map((line) =>
    line
      .replace(notXml, "\uFFFD")
      .replace(/[\t\r]/g, " ")
      .replace(/[^\p{L}\p{N} .,:/()_+-]/gu, (character) => `#${character.codePointAt(0) ?? 0xfffd};`),
  );
  return `"${lines.join("<br/>")}"`;
}

/** Gives each text an identifier of letters, digits and underscores; no two the same. */
export class Identifiers {
  readonly #taken = new Set<string>();
  readonly #known = new Map<string, string>();

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const plain = text.replace(/[^A-Za-z0-9]+/g, "_");
    let identifier = plain;
    for (let number = 2; this.#taken.has(identifier); number++) identifier = `${plain}__${number}`;
    this.#taken.add(identifier);
    this.#known.set(text, identifier);
    return identifier;
  }
}
