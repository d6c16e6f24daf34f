/** Stages of a node's start: whom it waits for, and commands at their beginnings and ends. */
import { mapIn, textIn, type NodeDefinition, type Text } from "./inherit.ts";
import type { LocatedMap } from "./document.ts";
import type { NodeContext } from "./node.ts";
import { literalCommand } from "../lab/words.ts";

export interface Stages {
  /** Names here. */
  readonly after: readonly string[];
  readonly commands: readonly string[];
}

/** In the order in which a node goes through them. */
const order = ["create", "create-links", "configure", "healthy", "exit"] as const;

export function readStages(definition: NodeDefinition, context: NodeContext): Stages {
  const stages = definition.value("stages");
  if (stages?.kind !== "map") return { after: [], commands: [] };
  const { findings, names } = context;
  const node = names.get(definition.name) ?? "";
  const after = new Set<string>();
  const commands: string[] = [];
  for (const stage of order) {
    const map = mapIn(stages, stage);
    for (const { text, line } of waitsOf(map)) {
      const name = names.get(text);
      if (name !== undefined && name !== node) after.add(name);
      else {
        const hint = "Declare it, or correct the name.";
        const expected = "the name of another node";
        findings.refuse({ line, place: "wait-for", node, code: "unknown-reference", found: text, expected, hint });
      }
    }
    for (const { command, target, line } of commandsOf(map)) {
      const text = target === "host" ? undefined : literalCommand(command);
      if (text !== undefined) commands.push(text);
      else {
        const hint = target === "host" ? "A lab runs nothing on the host." : "A quotation mark isn't closed.";
        const expected = "a command that runs on the node";
        findings.refuse({ line, place: `stages.${stage}`, node, code: "bad-command", found: command, expected, hint });
      }
    }
  }
  return { after: [...after], commands };
}

function waitsOf(stage: LocatedMap | undefined): readonly Text[] {
  const waits = stage?.entries.get("wait-for");
  if (waits?.kind !== "list") return [];
  return waits.items.flatMap((item) => (item.kind === "map" ? (textIn(item, "node") ?? []) : []));
}

interface StageCommand {
  readonly command: string;
  readonly target: string;
  readonly line: number;
}

/** Those at a stage's beginning, then those at its end. Both notations: a list with phases, and a map by phase. */
function commandsOf(stage: LocatedMap | undefined): readonly StageCommand[] {
  const found: (StageCommand & { readonly phase: string })[] = [];
  const add = (item: unknown, phase: string): void => {
    const map = item as LocatedMap;
    const command = map.kind === "map" ? textIn(map, "command") : undefined;
    if (command === undefined) return;
    const target = textIn(map, "target")?.text ?? "container";
    found.push({ command: command.text, target, line: command.line, phase: textIn(map, "phase")?.text ?? phase });
  };
  const commands = stage?.entries.get("exec");
  if (commands?.kind === "list") for (const item of commands.items) add(item, "on-enter");
  if (commands?.kind === "map")
    for (const [phase, list] of commands.entries)
      if (list.kind === "list")
        for (const item of list.items)
          if (item.kind === "scalar") found.push({ command: item.text, target: "container", line: item.line, phase });
          else add(item, phase);
  return [...found.filter(({ phase }) => phase !== "on-exit"), ...found.filter(({ phase }) => phase === "on-exit")];
}
