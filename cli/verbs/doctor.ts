import type { Context } from "../context.ts";
import { exitCodes } from "../errors.ts";

/** Each tool and kernel feature that labs need: found where, which version, what is lost without it. */
export async function doctor(context: Context): Promise<number> {
  const { diagnose, formatDiagnosis } = await import("../../toolchain/doctor.ts");
  const diagnosis = await diagnose(context.directory);
  context.output.result(formatDiagnosis(diagnosis));
  context.output.json(diagnosis);
  return diagnosis.tools.some(({ origin, optional }) => origin === "missing" && optional !== true)
    ? exitCodes.failed
    : exitCodes.good;
}
