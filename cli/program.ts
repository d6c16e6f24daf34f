/** The command's arguments: verbs, options, help. */
import { Command, CommanderError, Option } from "commander";
import type { Context, GlobalOptions } from "./context.ts";
import { exitCodes } from "./errors.ts";
import type { Streams } from "./output/output.ts";
import type { RulesOptions } from "./verbs/check-rules.ts";
import { addImports } from "./imports/arguments.ts";
import { addPki } from "./pki/arguments.ts";
import type { Does, Verb } from "./verb.ts";
import { addWhatif } from "./whatif/arguments.ts";

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
export function createProgram(
  streams: Streams,
  makeContext: MakeContext,
): (args: readonly string[]) => Promise<number> {
  let exitCode: number = exitCodes.good;
  const program = new Command("lab");
  /** Verbs are loaded when they are called: `lab --help` needs none of them. */
  const verb: Verb = (name, description, examples, parent = program) =>
    globalOptions()
      .reduce((command, option) => command.addOption(option.hideHelp()), parent.command(name))
      .description(description)
      .addHelpText(
        "after",
        examples.length === 0 ? "" : `\nExamples:\n${examples.map((example) => `  $ lab ${example}`).join("\n")}`,
      );
  const does: Does = (command, action) => {
    command.action(async (...args: unknown[]) => {
      const given = args.slice(0, -1) as never[];
      exitCode = await action(
        makeContext(mergeOptions(program.opts<GlobalOptions>(), command.opts<GlobalOptions>())),
        ...given,
      );
    });
  };

  program
    .description(
      "Labwright: reproducible networking labs. A LAB is a lab's name, or that of a copy made by `up --name`.",
    )
    .version("0.1.0", "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [verb]", "print help on a verb")
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => streams.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    .exitOverride();
  for (const option of globalOptions()) program.addOption(option);

  does(verb("list", "labs, their copies, and which are up", ["list", "list --json"]), async (context) =>
    (await import("./verbs/list.ts")).list(context),
  );

  does(
    verb("up", "bring a lab up, or repair one that is; returns when it has converged", [
      "up bgp",
      "up bgp --set stubs=8",
      "up bgp --name bgp2",
    ])
      .argument("<lab>", "lab or stack")
      .option("--name <stack>", "name of a copy of the lab, to stand beside it")
      .option("--set <key=value>", "set a setting; may be given again", gather)
      .option("--refresh", "look at everything before anything is changed")
      .option("--junit <file>", "write a JUnit report"),
    async (context, lab: string, options: object) => (await import("./verbs/up.ts")).up(context, lab, options),
  );

  does(
    verb("down", "take labs down; nothing of them stays but caches", ["down bgp", "down --all"])
      .argument("[labs...]", "labs or stacks")
      .option("--all", "every lab of this project"),
    async (context, labs: string[], options: object) => (await import("./verbs/down.ts")).down(context, labs, options),
  );

  does(
    verb("watch", "repair a lab whenever one of its containers is started or ends, until Ctrl-C", [
      "watch bgp-containers",
    ]).argument("<lab>", "lab or stack"),
    async (context, lab: string) => (await import("./verbs/watch.ts")).watch(context, lab),
  );

  does(
    verb("reset", "bring a lab that somebody changed or broke back to its declaration, and say what differed", [
      "reset bgp",
      "reset bgp --hard",
    ])
      .argument("<lab>", "lab or stack")
      .option("--hard", "build it anew"),
    async (context, lab: string, options: object) => (await import("./verbs/reset.ts")).reset(context, lab, options),
  );

  does(
    verb("status", "nodes, daemons, sessions and links as they are now", ["status bgp", "status bgp --json"])
      .argument("<lab>", "lab or stack")
      .option("--all", "links that are up too"),
    async (context, lab: string, options: object) => (await import("./verbs/status.ts")).status(context, lab, options),
  );

  does(
    verb("check", "run a lab's checks, or try firewall rules on it", [
      "check bgp",
      "check bgp sessions-established",
      "check bgp --junit report.xml",
      'check firewall --ruleset my-rules.nft --interface eth0=wan --probe "tcp outside->web:80 allowed"',
    ])
      .argument("<lab>", "lab or stack")
      .argument("[checks...]", "names of checks; default: all")
      .option("--symptoms", "what shows the fault that is in it, instead")
      .option("--ruleset <file>", "try firewall rules on a copy of the lab, instead; may be given again", gather)
      .option("--ruleset-format <format>", "nft, iptables or ip6tables; default: by the content")
      .option("--probe <probe>", "such as `tcp outside->web:80 allowed`; may be given again", gather)
      .option("--probes <file>", "a probe a line, and after a # a comment")
      .option("--interface <name=interface>", "the rules' name for an interface, such as eth0=wan", gather)
      .option("--junit <file>", "write a JUnit report"),
    async (context, lab: string, checks: string[], options: RulesOptions) =>
      options.ruleset === undefined && options.probe === undefined && options.probes === undefined
        ? (await import("./verbs/check.ts")).check(context, lab, checks, options)
        : (await import("./verbs/check-rules.ts")).checkRules(context, lab, options),
  );

  does(
    verb("break", "put a fault into a lab, up or not, as an exercise; without FAULT, list its faults", [
      "break namespaces",
      "break namespaces no-replies",
      "break namespaces no-replies --preview",
    ])
      .argument("<lab>", "lab or stack")
      .argument("[fault]", "name of a fault")
      .option("--titles", "list what is wrong, and the solutions")
      .option("--preview", "show what would change, and change nothing"),
    async (context, lab: string, fault: string | undefined, options: object) =>
      (await import("./verbs/break.ts")).breakLab(context, lab, fault, options),
  );

  does(
    verb("hint", "the next hint on the fault that is in a lab", ["hint namespaces", "hint namespaces --all"])
      .argument("<lab>", "lab or stack")
      .option("--all", "every hint"),
    async (context, lab: string, options: object) => (await import("./verbs/hint.ts")).hint(context, lab, options),
  );

  does(
    verb("solve", "mend the fault that is in a lab, check the lab, and tell what was wrong", [
      "solve namespaces",
      "solve namespaces --list",
      "solve namespaces accept-neighbour --preview",
    ])
      .argument("<lab>", "lab or stack")
      .argument("[solution]", "name of a solution; default: the first")
      .option("--list", "list the solutions")
      .option("--preview", "show what would change, and change nothing"),
    async (context, lab: string, solution: string | undefined, options: object) =>
      (await import("./verbs/solve.ts")).solve(context, lab, solution, options),
  );

  does(
    verb("exec", "run a command on a node", [
      "exec bgp t1a birdc show protocols",
      "exec bgp h1 -- ping -c 3 10.102.1.10",
    ])
      .argument("<lab>", "lab or stack")
      .argument("<node>", "node, or `sandbox` for what is around the nodes")
      .argument("[command...]", "command and its arguments")
      .passThroughOptions(),
    async (context, lab: string, node: string, command: string[]) =>
      // `--` before the command is a habit of other tools; the node's shell would take it for a program.
      (await import("./verbs/exec.ts")).exec(context, lab, node, command[0] === "--" ? command.slice(1) : command),
  );

  does(
    verb("shell", "open a shell on a node", ["shell bgp t1a"])
      .argument("<lab>", "lab or stack")
      .argument("<node>", "node, or `sandbox`"),
    async (context, lab: string, node: string) => (await import("./verbs/exec.ts")).shell(context, lab, node),
  );

  does(
    verb("graph", "draw a lab, with the state of its sessions when it is up", [
      "graph bgp",
      "graph bgp --output bgp.svg",
      "graph bgp --format dot",
    ])
      .argument("<lab>", "lab or stack")
      .option("--format <format>", "mermaid, dot or svg; default: by the file's name, else mermaid")
      .option("-o, --output <file>", "write to a file"),
    async (context, lab: string, options: object) => (await import("./verbs/graph.ts")).graph(context, lab, options),
  );

  does(
    verb("logs", "logs of a lab's daemons", ["logs bgp t1a", "logs bgp --follow"])
      .argument("<lab>", "lab or stack")
      .argument("[node]", "node; default: all")
      .option("-f, --follow", "go on with what is written")
      .option("-n, --lines <number>", "last lines of each; default: 50, or 5 of each node"),
    async (context, lab: string, node: string | undefined, options: object) =>
      (await import("./verbs/logs.ts")).logs(context, lab, node, options),
  );

  does(
    verb("capture", "show or write packets of a link, a segment or an interface", [
      "capture bgp t1a--t1b tcp port 179",
      "capture bgp h1:s1 -w h1.pcap -c 100",
      "capture bgp t1a--t1b -w - | wireshark -k -i -",
    ])
      .argument("<lab>", "lab or stack")
      .argument("<place>", "a link, a segment, or NODE:INTERFACE")
      .argument("[filter...]", "which packets, as tcpdump takes it")
      .option("-w, --write <file>", "write a capture file; - for standard output")
      .option("-c, --count <number>", "end after so many packets"),
    async (context, lab: string, place: string, filter: string[], options: object) =>
      (await import("./verbs/capture.ts")).capture(context, lab, place, filter, options),
  );

  does(
    verb("clean", "take away what killed runs left", ["clean --dry-run", "clean"])
      .option("--all", "of every project of yours, not of this one alone")
      .option("--dry-run", "say what would go, and leave it"),
    async (context, options: object) => (await import("./verbs/clean.ts")).clean(context, options),
  );

  does(
    verb("doctor", "each tool and kernel feature that labs need, and what is missing", ["doctor"]),
    async (context) => (await import("./verbs/doctor.ts")).doctor(context),
  );

  does(verb("coverage", "what the labs' checks prove, and the last results", ["coverage"]), async (context) =>
    (await import("./verbs/coverage.ts")).coverage(context),
  );

  const stored = verb("images", "images of labs in containers: those that the Docker engine has", ["images"]);
  does(stored, async (context) => (await import("./verbs/images.ts")).listImages(context));
  does(
    verb(
      "build",
      "make images; a lab does it by itself when it needs one",
      ["images build", "images build router --fresh"],
      stored,
    )
      .argument("[images...]", "names of images; default: all")
      .option("--fresh", "with the packages as they are now, even where there is one"),
    async (context, names: string[], options: object) =>
      (await import("./verbs/images.ts")).buildImages(context, names, options),
  );
  does(
    verb("remove", "take images out of the Docker engine", ["images remove", "images remove router"], stored).argument(
      "[images...]",
      "names of images; default: all",
    ),
    async (context, names: string[]) => (await import("./verbs/images.ts")).removeImages(context, names),
  );

  addPki(program, verb, does);
  addImports(program, verb, does);
  addWhatif(program, verb, does);

  does(
    verb("start", "bring up a first lab, check it, and show what to try", ["start"]).argument(
      "[lab]",
      "lab or stack",
      "bgp",
    ),
    async (context, lab: string) => (await import("./verbs/start.ts")).start(context, lab),
  );

  does(
    verb("env", "print what a shell needs for plain `pulumi` on the same stacks", ["env", "env --json"]),
    async (context) => (await import("./verbs/env.ts")).env(context),
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

/** Of an option that may be given again. */
function gather(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
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
  return new UsageError(
    `${error.message.replace(/^error: /, "")}\n\`${help}\` shows how it is used.`,
    exitCodes.badInput,
  );
}
