/** The arguments of `lab import` and `lab export`. */
import type { Command } from "commander";
import type { Does, Verb } from "../verb.ts";

/** Other tools' labs. */
const labImports = [
  {
    command: "containerlab",
    description: "make a lab of a containerlab topology file",
    argument: "<file>",
    what: "topology file; files that it binds are beside it",
    examples: ["import containerlab frr01.clab.yml", "import containerlab lab.clab.yml --partial --name mine"],
    more: [["--no-management", "without the management network"]],
  },
  {
    command: "kathara",
    description: "make a lab of a Kathará folder",
    argument: "<folder>",
    what: "folder with a lab.conf",
    examples: ["import kathara kathara-lab_bgp-simple-peering"],
    more: [],
  },
] as const;

/** Adds their verbs. */
export function addImports(program: Command, verb: Verb, does: Does): void {
  const imports = program.command("import").description("make a lab of real data, or of another tool's lab");
  imports.helpCommand(false).exitOverride();
  does(
    verb(
      "caida",
      "make a lab of CAIDA's AS relationships",
      [
        "import caida 20260101.as-rel2.txt.bz2 --as 64500 --radius 1",
        "import caida as-rel.txt --as 64500,64510,64520 --max 40",
        "import caida as-rel.txt --max 40 --name internet",
      ],
      imports,
    )
      .argument("<file>", "AS relationships, serial-1 or serial-2, plain or bz2")
      .option("--as <numbers>", "the AS in the middle, or some with commas between; default: the largest ASes")
      .option("--radius <number>", "how far from there; default 1")
      .option("--max <number>", "most ASes")
      .option("--name <lab>", "name of the lab")
      .option("--force", "write over a lab of that name"),
    async (context, file: string, options: object) =>
      (await import("../verbs/import-caida.ts")).importCaida(context, file, options),
  );

  for (const { command, description, argument, what, examples, more } of labImports) {
    const made = verb(command, description, examples, imports)
      .argument(argument, what)
      .option("--name <lab>", "name of the lab; default: its own")
      .option("--partial", "leave out what can't run here; comments tell what")
      .option("--force", "write over a lab of that name");
    for (const [option, text] of more) made.option(option, text);
    does(made, async (context, path: string, options: object) => {
      const verbs = await import("../verbs/import-lab.ts");
      return command === "containerlab"
        ? verbs.importContainerlab(context, path, options)
        : verbs.importKathara(context, path, options);
    });
  }

  const exports = program.command("export").description("write a lab for another tool");
  exports.helpCommand(false).exitOverride();
  does(
    verb(
      "containerlab",
      "write a lab as a containerlab topology file",
      ["export containerlab bgp --image my/router", "export containerlab bgp --image my/router -o out/bgp.clab.yml"],
      exports,
    )
      .argument("<lab>", "lab or stack")
      .option("-o, --output <file>", "topology file; its files go beside it; default: <lab>.clab.yml")
      .option("--image <image>", "container image of nodes that name none")
      .option("--partial", "leave out what containerlab can't be told; comments tell what")
      .option("--force", "write over a file of that name"),
    async (context, lab: string, options: object) =>
      (await import("../verbs/export-containerlab.ts")).exportLab(context, lab, options),
  );
}
