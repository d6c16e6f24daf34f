/** An imported lab's files, as a person would have written them. */
import { assertNoProblems } from "../../problem.ts";
import { checkName, oneLine, stackText, type LabFile } from "../lab/render.ts";
import type { AsSelection } from "./select.ts";

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
