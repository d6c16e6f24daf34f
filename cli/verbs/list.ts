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
  /** `lost`: the state knows it, but its sandbox has ended, for example with the machine; `unreadable`: its settings are. */
  readonly state: "up" | "down" | "lost" | "unreadable";
  /** Names of the fault and the solution that its settings name. */
  readonly fault?: string;
  readonly solution?: string;
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
      const { lab = stack, fault, solution, ...settings } = settingsOf(project, stack) ?? {};
      const lost = !up && known.includes(stack) && ((await engine.resources(stack))?.length ?? 0) > 0;
      stacks.push({
        stack,
        lab,
        state: up ? "up" : lost ? "lost" : "down",
        ...(fault === undefined ? {} : { fault }),
        ...(solution === undefined ? {} : { solution }),
        settings,
      });
    } catch {
      stacks.push({ stack, lab: stack, state: "unreadable", settings: {} });
    }
  }
  const paint = (state: ListedStack["state"]): string =>
    state === "up" ? output.paint("good", state) : state === "down" ? state : output.paint("bad", state);
  // Not the fault's name: it may give the exercise away.
  const exercise = ({ fault, solution }: ListedStack): string =>
    fault === undefined ? "" : solution === undefined ? output.paint("warn", "broken") : "solved";
  const rows = stacks.map((each) => [
    each.stack,
    each.lab,
    paint(each.state),
    exercise(each),
    Object.entries(each.settings)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
  ]);
  const without = labs
    .filter((lab) => !stacks.some((each) => each.lab === lab.name))
    .map((lab) => ["", lab.name, "", "", ""]);
  output.result(
    [
      table(["STACK", "LAB", "STATE", "EXERCISE", "SETTINGS"], [...rows, ...without]),
      "",
      ...labs.flatMap((lab) => [
        `${output.paint("strong", lab.name)}: ${lab.title}`,
        `  ${lab.summary}`,
        ...Object.entries(lab.settings).map(
          ([name, { description, default: value }]) => `  --set ${name}=${String(value)}  ${description}`,
        ),
        ...(lab.runtimes.length > 1
          ? [`  --set runtime=${lab.runtimes[0]}  or ${lab.runtimes[1]}: where its nodes run`]
          : []),
      ]),
    ].join("\n"),
  );
  output.json({
    labs: labs.map(({ name, title, summary, runtimes, settings }) => ({ name, title, summary, runtimes, settings })),
    stacks,
  });
  return exitCodes.good;
}
