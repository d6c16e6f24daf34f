import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";
import type { WhatifOptions } from "../whatif/question.ts";

/** Computes what a hijack or a leak would do to the internet of a file of AS relationships. */
export async function whatif(context: Context, kind: "hijack" | "leak", options: WhatifOptions): Promise<number> {
  const { readQuestion } = await import("../whatif/question.ts");
  const question = readQuestion(kind, options);
  const { victim, other } = question;
  if (victim === undefined || other === undefined) {
    await (await import("../whatif/many.ts")).showMany(context, question, kind);
  } else if (kind === "hijack") {
    (await import("../whatif/hijack.ts")).showHijack(context, question, victim, other);
  } else {
    (await import("../whatif/leak.ts")).showLeak(context, question, victim, other);
  }
  return exitCodes.good;
}
