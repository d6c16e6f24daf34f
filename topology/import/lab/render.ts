/** An imported lab's files, as a person would have written them. */
import { assertNoProblems, type Problem } from "../../problem.ts";
import type { EndSpec, LinkSpec, MachineSpec, NodeSpec, SegmentSpec } from "../../spec.ts";
import type { Finding, ReadLab } from "./lab.ts";
import { Code, Commented, printLiteral, quoted, type Literal } from "./literal.ts";

export interface LabFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly content: string;
}

export interface RenderOptions {
  readonly name: string;
  /** What it was made of, such as `containerlab's frr01.clab.yml`. */
  readonly source: string;
  readonly title?: string;
}

/**
 * `labs/<name>/lab.ts`, the nodes' files beside it, and the stack's settings. What was refused is told by comments where
 * it would stand.
 *
 * @throws ProblemsError where the name can't be a lab's.
 */
export function renderLab({ topology, findings }: ReadLab, { name, source, title }: RenderOptions): readonly LabFile[] {
  assertNoProblems("the lab's name", checkName(name));
  const refused = findings.filter(({ kind }) => kind === "refused");
  const several = new Set(refused.map(({ file }) => file)).size > 1;
  const comments = new Comments(refused, several);
  const files: LabFile[] = [];
  const nodes: Record<string, Literal> = {};
  for (const [node, spec] of Object.entries(topology.nodes)) {
    const made = nodeLiteral(node, spec, name);
    files.push(...made.files);
    nodes[node] = comments.before(node, made.literal);
  }
  for (const [index, lines] of comments.absent(Object.keys(topology.nodes)).entries())
    nodes[`absent ${index}`] = new Commented(lines, undefined);
  const links: Literal[] = (topology.links ?? []).map(linkLiteral);
  const linkComments = comments.ofLinks();
  if (linkComments.length > 0) links.push(new Commented(linkComments, undefined));
  const segments = Object.fromEntries(
    Object.entries(topology.segments ?? {}).map(([each, spec]) => [each, segmentLiteral(each, spec)]),
  );
  const body = printLiteral(
    {
      name,
      title: title ?? name,
      topology: {
        families: topology.families,
        nodes,
        links: links.length === 0 ? undefined : links,
        segments: Object.keys(segments).length === 0 ? undefined : segments,
        names: topology.names,
      },
    },
    0,
    0,
    0,
  );
  const text = `export const lab = machineLab(${expanded(body)});\n`;
  const imports = [
    ...named("../imported/files.ts", ["filesIn", "textIn"], text),
    `import { machineLab } from "../imported/machines.ts";`,
    ...named("../imported/wires.ts", ["lan", "link"], text),
  ];
  const heading = `/** Imported from ${oneLine(source).replaceAll("*/", "* /")}. */`;
  return [
    { path: `labs/${name}/lab.ts`, content: `${heading}\n${imports.join("\n")}\n\n${text}` },
    ...files,
    { path: `stacks/Pulumi.${name}.yaml`, content: stackText(name) },
  ];
}

/** A stack's settings where none is set. */
export function stackText(name: string): string {
  return `# Settings of the lab ${name}: \`lab list\` tells which there are; unset ones have their defaults.
config: {}
`;
}

/** A lab with little in it would fit on one line; a person would still write it on several. */
function expanded(body: string): string {
  return body.includes("\n") ? body : body.replace(/^\{ /, "{\n  ").replace(/ \}$/, ",\n}");
}

function named(module: string, candidates: readonly string[], text: string): string[] {
  const used = candidates.filter((each) => new RegExp(`\\b${each}\\(`).test(text));
  return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${module}";`];
}

/** Files of a node go beside lab.ts, and longer scripts of its set-up too. */
function nodeLiteral(node: string, spec: NodeSpec, lab: string): { literal: Literal; files: LabFile[] } {
  if (spec.kind !== "machine") throw new Error(`${node} is no machine`);
  const files: LabFile[] = [];
  const folder = `files/${node}`;
  for (const [path, content] of Object.entries(spec.files ?? {}))
    files.push({ path: `labs/${lab}/${folder}${path}`, content });
  const setup = (spec.setup ?? []).map((text, index): Literal => {
    if (!text.includes("\n")) return text;
    const file = `set-up/${node}${index === 0 ? "" : `-${index + 1}`}.sh`;
    files.push({ path: `labs/${lab}/${file}`, content: text });
    return new Code(`textIn(import.meta.dirname, ${quoted(file)})`);
  });
  const { kind, image, forwarding, after, environment, sysctls, services } = spec satisfies MachineSpec;
  return {
    files,
    literal: {
      kind,
      image,
      forwarding,
      after,
      environment,
      sysctls,
      files: spec.files === undefined ? undefined : new Code(`filesIn(import.meta.dirname, ${quoted(folder)})`),
      setup: setup.length === 0 ? undefined : setup,
      services: services as Literal | undefined,
    },
  };
}

function linkLiteral({ ends, ...more }: LinkSpec): Literal {
  return new Code(`link(${[...ends.map(endText), ...moreText(more)].join(", ")})`);
}

function segmentLiteral(name: string, { members, ...more }: SegmentSpec): Literal {
  const rest = moreText(more);
  const list = (indent: number, column: number): string =>
    printLiteral(
      members.map((end) => new Code(endText(end))),
      indent,
      column,
      2,
    );
  const flat = `lan([${members.map(endText).join(", ")}]${rest.map((each) => `, ${each}`).join("")})`;
  if (6 + name.length + 2 + flat.length + 1 <= 120) return new Code(flat);
  if (rest.length === 0) return new Code(`lan(${list(6, 120)})`);
  // Prettier breaks the last argument alone where the others fit before it.
  const head = `lan([${members.map(endText).join(", ")}], {`;
  if (6 + name.length + 2 + head.length <= 120)
    return new Code(`${head.slice(0, -1)}${printLiteral(more as Literal, 6, 120)})`);
  const lines = [list(8, 8), ...rest].map((each) => `        ${each},`);
  return new Code(`lan(\n${lines.join("\n")}\n      )`);
}

function moreText(more: object): string[] {
  return Object.keys(more).length === 0 ? [] : [printLiteral(more as Literal, 6, 0, 0)];
}

/** `NODE:INTERFACE ADDRESS...`, as labs/imported/wires.ts takes it. */
function endText(end: EndSpec): string {
  if (typeof end === "string") return quoted(end);
  const { node, interface: device, ipv4, ipv6, mac } = end;
  const place = device === undefined ? node : `${node}:${device}`;
  return quoted([place, ipv4, ipv6, mac].filter((each) => each !== undefined).join(" "));
}

/** What is told where. */
class Comments {
  readonly #refused: readonly Finding[];
  readonly #several: boolean;

  constructor(refused: readonly Finding[], several: boolean) {
    this.#refused = refused;
    this.#several = several;
  }

  before(node: string, literal: Literal): Literal {
    const lines = this.#refused.filter((finding) => finding.node === node).flatMap((finding) => this.#lines(finding));
    return lines.length === 0 ? literal : new Commented(lines, literal);
  }

  /** Of nodes that aren't there. */
  absent(nodes: readonly string[]): string[][] {
    const names = new Set(
      this.#refused.flatMap(({ node }) => (node === undefined || nodes.includes(node) ? [] : [node])),
    );
    return [...names].map((name) => [
      `${name} is not here.`,
      ...this.#refused.filter(({ node }) => node === name).flatMap((finding) => this.#lines(finding)),
    ]);
  }

  ofLinks(): string[] {
    return this.#refused.filter(({ node }) => node === undefined).flatMap((finding) => this.#lines(finding));
  }

  #lines({ file, line, found, hint }: Finding): string[] {
    const where = this.#several ? `${file} line ${line}` : `Line ${line}`;
    const what = found === undefined ? "left out" : `${oneLine(found)} left out`;
    return wrapped(`${where}: ${what}. ${hint}`, 108);
  }
}

/** Lines of at most so many characters, unless a word is longer. */
function wrapped(text: string, longest: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= longest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Folders of labs/ that are no labs of their own. */
const reserved = new Set(["imported"]);

export function checkName(name: string): Problem[] {
  const problem = { path: "name", found: name };
  if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    const expected = "1 to 40 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";
    return [{ ...problem, code: "bad-name", expected, hint: "It becomes the name of a folder and of a stack." }];
  }
  if (!reserved.has(name)) return [];
  const expected = "a name that stands for nothing else";
  return [{ ...problem, code: "reserved-name", expected, hint: `labs/${name} holds what imported labs share.` }];
}

/** A file's name or a value can hold anything; a comment can't. */
export function oneLine(text: string): string {
  const cleaned = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return cleaned.length > 80 ? `${cleaned.slice(0, 80)}…` : cleaned;
}
