import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import { allLabs } from "../../labs/index.ts";
import { sandboxKey } from "../../components/sandbox-key.ts";
import { listSandboxes } from "../../provider/sandbox/sandbox.ts";
import { table } from "../output/table.ts";
import { labsDirectory, settingsOf, stackNames } from "../stacks/stack.ts";

interface ListedStack {
  readonly stack: string;
  readonly lab: string;
  /** `lost`: the state knows it, but its sandbox has ended, for example with the machine. */
  readonly state: "up" | "down" | "lost" | "broken";
  readonly settings: Readonly<Record<string, string>>;
}

/** The labs there are, their stacks, and which are up. */
export async function list(context: Context): Promise<number> {
  const { output, project } = context;
  const labs = await allLabs(labsDirectory(project));
  const engine = await context.engine();
  const running = new Set((await listSandboxes()).map(({ key }) => key));
  const known = await engine.stacks();
  const names = [...new Set([...stackNames(project), ...known])].sort();
  const stacks: ListedStack[] = [];
  for (const stack of names) {
    const up = running.has(sandboxKey(project.directory, stack));
    try {
      const { lab = stack, ...settings } = settingsOf(project, stack) ?? {};
      const lost = !up && known.includes(stack) && ((await engine.resources(stack))?.length ?? 0) > 0;
      stacks.push({ stack, lab, state: up ? "up" : lost ? "lost" : "down", settings });
    } catch {
      stacks.push({ stack, lab: stack, state: "broken", settings: {} });
    }
  }
  const paint = (state: ListedStack["state"]): string =>
    state === "up" ? output.paint("good", state) : state === "down" ? state : output.paint("bad", state);
  const rows = stacks.map(({ stack, lab, state, settings }) => [
    stack,
    lab,
    paint(state),
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
  ]);
  const without = labs
    .filter((lab) => !stacks.some((each) => each.lab === lab.name))
    .map((lab) => ["", lab.name, "", ""]);
  output.result(
    [
      table(["STACK", "LAB", "STATE", "SETTINGS"], [...rows, ...without]),
      "",
      ...labs.flatMap((lab) => [
        `${output.paint("strong", lab.name)}: ${lab.title}`,
        `  ${lab.summary}`,
        ...Object.entries(lab.settings).map(
          ([name, { description, default: value }]) => `  --set ${name}=${String(value)}  ${description}`,
        ),
      ]),
    ].join("\n"),
  );
  output.json({ labs: labs.map(({ name, title, summary, settings }) => ({ name, title, summary, settings })), stacks });
  return exitCodes.good;
}
