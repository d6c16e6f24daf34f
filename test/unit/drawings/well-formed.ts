/** A strict reader of the XML that drawings are written in: elements, attributes, text, entities; nothing else. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

/** @throws Error with the place, where the text isn't one well-formed element. */
export function parseXml(text: string): XmlElement {
  const root: { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] } = {
    name: "",
    attributes: {},
    children: [],
  };
  const open = [root];
  const token = /<\/([A-Za-z][\w:-]*)\s*>|<([A-Za-z][\w:-]*)((?:\s+[A-Za-z_:][\w:.-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    const current = open.at(-1);
    if (match === null || current === undefined) throw new Error(`not XML at ${at}: ${text.slice(at, at + 60)}`);
    const [, closing, opening, attributes = "", empty, content] = match;
    if (closing !== undefined) {
      if (closing !== current.name) throw new Error(`</${closing}> closes <${current.name}> at ${at}`);
      open.pop();
    } else if (opening !== undefined) {
      const element = { name: opening, attributes: readAttributes(attributes, at), children: [] };
      current.children.push(element);
      if (empty !== "/") open.push(element);
    } else if (content !== undefined) current.children.push(unescape(content, at));
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> isn't closed`);
  const elements = root.children.filter((child) => typeof child !== "string");
  if (elements.length !== 1 || elements[0] === undefined) throw new Error(`${elements.length} elements at the root`);
  return elements[0];
}

function readAttributes(text: string, at: number): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`${name} twice at ${at}`);
    attributes[name] = unescape(value, at);
  }
  return attributes;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string, at: number): string {
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text))
    throw new Error(`a character that XML has not, near ${at}`);
  return text.replace(/&([^;]*;?)/g, (_, entity: string) => {
    const number = /^#(\d+);$/.exec(entity)?.[1];
    const character = number === undefined ? entities[entity.slice(0, -1)] : String.fromCodePoint(Number(number));
    if (character === undefined) throw new Error(`&${entity} near ${at}`);
    return character;
  });
}

export function all(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) =>
    typeof child === "string" ? [] : [...(child.name === name ? [child] : []), ...all(child, name)],
  );
}

export function textOf(element: XmlElement): string {
  return element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}
