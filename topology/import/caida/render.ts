/** An imported lab's files, as a person would have written them. */
import { assertNoProblems, type Problem } from "../../problem.ts";
import type { AsSelection } from "./select.ts";

export interface LabFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly content: string;
}

/**
 * The text of `labs/<name>/lab.ts`, which exports `lab`, and of its stack's settings.
 *
 * @param source where the data is from, for a comment and the title: a file's name, as a rule.
 * @throws ProblemsError where the name can't be a lab's.
 */
export function renderImportedLab(name: string, source: string, selection: AsSelection): readonly LabFile[] {
  assertNoProblems("the lab's name", checkName(name));
  return [
    { path: `labs/${name}/lab.ts`, content: labText(name, source, selection) },
    { path: `stacks/Pulumi.${name}.yaml`, content: stackText(name) },
  ];
}

/** Folders of labs/ that are no labs of their own. */
const reserved = new Set(["imported"]);

function checkName(name: string): Problem[] {
  const problem = { path: "name", found: name };
  if (!/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    const expected = "1 to 40 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";
    return [{ ...problem, code: "bad-name", expected, hint: "It becomes the name of a folder and of a stack." }];
  }
  if (!reserved.has(name)) return [];
  const expected = "a name that stands for nothing else";
  return [{ ...problem, code: "reserved-name", expected, hint: `labs/${name} holds what imported labs share.` }];
}

function labText(name: string, source: string, { ases, transit, peers }: AsSelection): string {
  const from = oneLine(source);
  const count = ases.length === 1 ? "1 AS" : `${ases.length} ASes`;
  return `/** ${count} and their relations, from ${from.replaceAll("*/", "* /")}. */
import { toTopologySpec } from "../../topology/import/caida/index.ts";
import type { AsSelection } from "../../topology/import/caida/index.ts";
import { importedLab } from "../imported/lab.ts";

const selection: AsSelection = {
${list("ases", ases.map(String))}
  // Provider, then customer.
${list("transit", transit.map(pairText))}
${list("peers", peers.map(pairText))}
};

export const lab = importedLab(${JSON.stringify(name)}, toTopologySpec(selection), ${JSON.stringify(`${count} from ${from}`)});
`;
}

function stackText(name: string): string {
  return `# Settings of the lab ${name}: \`lab list\` tells which there are; unset ones have their defaults.
config: {}
`;
}

function pairText([one, other]: readonly [number, number]): string {
  return `[${one}, ${other}]`;
}

/** Lines that are as full as can be; Prettier would give each pair one of its own. */
function list(property: string, items: readonly string[]): string {
  const short = `  ${property}: [${items.join(", ")}],`;
  const isTable = items.length > 1 && items.some((item) => item.startsWith("["));
  if (short.length <= 120 && !isTable) return short;
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= 120) lines.push(`${lines.pop() ?? ""} ${item},`);
    else lines.push(`    ${item},`);
  }
  return `  // prettier-ignore\n  ${property}: [\n${lines.join("\n")}\n  ],`;
}

/** A file's name can hold anything; a comment can't. */
function oneLine(text: string): string {
  const cleaned = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return cleaned.length > 80 ? `${cleaned.slice(0, 80)}…` : cleaned;
}
