/** The arguments of `lab whatif`. */
import type { Command } from "commander";
import type { Does, Verb } from "../verb.ts";
import type { WhatifOptions } from "./question.ts";

/** Adds `whatif hijack` and `whatif leak`. */
export function addWhatif(program: Command, verb: Verb, does: Does): void {
  const whatif = program.command("whatif").description("what a hijack or a leak would do to the whole internet");
  whatif.helpCommand(false).exitOverride();
  const scenario = (kind: "hijack" | "leak", description: string, examples: readonly string[]): Command =>
    verb(kind, description, examples, whatif)
      .requiredOption("--as-rel <file>", "AS relationships, serial-1 or serial-2, plain or bz2")
      .option("--victim <as>", "AS whose prefix it is");
  const drawn = (command: Command): Command =>
    command
      .option("--sample <number>", "draw so many pairs, the victims too, and tell how far they get")
      .option("--seed <number>", "for other draws; default 1")
      .option("--workers <number>", "threads for many draws; default: one for each core");

  does(
    drawn(
      scenario("hijack", "another AS announces the victim's prefix: which ASes it captures", [
        "whatif hijack --as-rel as-rel.txt --victim 65001 --attacker 65002",
        "whatif hijack --as-rel as-rel.txt --victim 65001 --attacker 65002 --sub-prefix --validating top:100",
        "whatif hijack --as-rel as-rel.txt --victim 65001 --attacker 65002 --forged-origin --path-end all",
        "whatif hijack --as-rel as-rel.txt --sample 1000 --validating validating.txt",
      ])
        .option("--attacker <as>", "AS that announces it as well")
        .option("--attackers <number>", "draw so many attackers, and tell how far they get"),
    )
      .option("--prefix <prefix>", "what the victim announces; default 192.0.2.0/24")
      .option("--sub-prefix", "the attacker announces the first half of it, which is more specific")
      .option("--forged-origin", "the attacker puts the victim's number behind its own, as if it were its neighbour")
      .option(
        "--roa <roa>",
        "PREFIX[-MAXLENGTH][=ASN]; may be given again; default: the victim's prefix, of the victim",
        (value: string, before: string[] | undefined) => [...(before ?? []), value],
      )
      .option("--no-roa", "no ROA")
      .option("--validating <ases>", "drop invalid routes: all, top:N (the largest), or a file of ASNs; default all")
      .option("--path-end <ases>", "refuse paths whose last step the victim doesn't declare: all, top:N or a file"),
    async (context, options: WhatifOptions) => (await import("../verbs/whatif.ts")).whatif(context, "hijack", options),
  );
  does(
    drawn(
      scenario("leak", "an AS gives its route to everybody: whose traffic to the victim goes through it", [
        "whatif leak --as-rel as-rel.txt --victim 65001 --leaker 65002",
        "whatif leak --as-rel as-rel.txt --victim 65001 --leaker 65002 --roles top:20",
        "whatif leak --as-rel as-rel.txt --victim 65001 --leakers 200 --roles top:20",
      ])
        .option("--leaker <as>", "AS that gives its route to everybody")
        .option("--leakers <number>", "draw so many leakers, and tell how far they get"),
    ).option("--roles <ases>", "have roles (RFC 9234): all, top:N (the largest), or a file of ASNs; default all"),
    async (context, options: WhatifOptions) => (await import("../verbs/whatif.ts")).whatif(context, "leak", options),
  );
}
