/** The command's arguments: verbs, options, help. */
import { Command, CommanderError, Option } from "commander";
import type { Context, GlobalOptions } from "./context.ts";
import { exitCodes } from "./errors.ts";
import type { Streams } from "./output/output.ts";

/** Arguments that can't be understood (exit code 2), or help that was asked for (0). */
export class UsageError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

type MakeContext = (options: GlobalOptions) => Context;

/** Gives a function that runs the command with its arguments and gives the exit code. */
export function createProgram(streams: Streams, makeContext: MakeContext): (args: readonly string[]) => Promise<number> {
  let exitCode: number = exitCodes.good;
  const program = new Command("lab");
  /** Verbs are loaded when they are called: `lab --help` needs none of them. */
  const verb = (name: string, description: string, examples: readonly string[]): Command =>
    globalOptions().reduce((command, option) => command.addOption(option.hideHelp()), program.command(name))
      .description(description)
      .addHelpText("after", examples.length === 0 ? "" : `\nExamples:\n${examples.map((example) => `  $ lab ${example}`).join("\n")}`);
  const does = (command: Command, action: (context: Context, ...args: never[]) => Promise<number>): void => {
    command.action(async (...args: unknown[]) => {
      const given = args.slice(0, -1) as never[];
      exitCode = await action(makeContext(mergeOptions(program.opts<GlobalOptions>(), command.opts<GlobalOptions>())), ...given);
    });
  };

  program
    .description("Labwright: reproducible networking labs. A LAB is a lab's name, or that of a copy made by `up --name`.")
    .version("0.1.0", "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [verb]", "print help on a verb")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => streams.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    .exitOverride();
  for (const option of globalOptions()) program.addOption(option);

  does(verb("list", "labs, their copies, and which are up", ["list", "list --json"]), async (context) => (await import("./verbs/list.ts")).list(context));

  does(
    verb("up", "bring a lab up, or repair one that is; returns when it has converged", ["up bgp", "up bgp --set stubs=8", "up bgp --name bgp2"])
      .argument("<lab>", "lab or stack")
      .option("--name <stack>", "name of a copy of the lab, to stand beside it")
      .option("--set <key=value>", "set a setting; may be given again", (value: string, before: string[]) => [...before, value], [] as string[])
      .option("--refresh", "look at everything before anything is changed")
      .option("--junit <file>", "write a JUnit report"),
    async (context, lab: string, options: object) => (await import("./verbs/up.ts")).up(context, lab, options),
  );

  does(
    verb("down", "take labs down; nothing of them stays but caches", ["down bgp", "down --all"]).argument("[labs...]", "labs or stacks").option("--all", "every lab of this project"),
    async (context, labs: string[], options: object) => (await import("./verbs/down.ts")).down(context, labs, options),
  );

  return async (args) => {
    try {
      await program.parseAsync([...args], { from: "user" });
    } catch (error) {
      if (error instanceof CommanderError) throw asUsageError(error, args, program);
      throw error;
    }
    return exitCode;
  };
}

/** They are taken before the verb and after it. */
function globalOptions(): Option[] {
  return [
    new Option("--json", "print the result as JSON"),
    new Option("-q, --quiet", "print results and errors only"),
    new Option("--no-color", "print without colour"),
    new Option("--directory <folder>", "folder of the project; default: the clone that the command belongs to"),
  ];
}

function mergeOptions(before: GlobalOptions, after: GlobalOptions): GlobalOptions {
  const directory = after.directory ?? before.directory;
  return {
    json: before.json === true || after.json === true,
    quiet: before.quiet === true || after.quiet === true,
    color: before.color !== false && after.color !== false,
    ...(directory === undefined ? {} : { directory }),
  };
}

function asUsageError(error: CommanderError, args: readonly string[], program: Command): UsageError {
  if (error.exitCode === 0) return new UsageError("", exitCodes.good);
  if (args.length === 0) return new UsageError(program.helpInformation().trimEnd(), exitCodes.badInput);
  const called = program.commands.find((command) => args.includes(command.name()));
  const help = called === undefined ? "lab help" : `lab help ${called.name()}`;
  return new UsageError(`${error.message.replace(/^error: /, "")}\n\`${help}\` shows how it is used.`, exitCodes.badInput);
}
