/** `lab`: the command. */
import { Context, type GlobalOptions } from "./context.ts";
import { exitCodes, reportError } from "./errors.ts";
import { createProgram, UsageError } from "./program.ts";
import { pathWithTools } from "../toolchain/plan.mjs";
import type { Streams } from "./output/output.ts";

/** Runs the command with these arguments (without `node` and the script) and gives its exit code. */
export async function run(args: readonly string[], streams: Streams = process): Promise<number> {
  let context: Context | undefined;
  try {
    const program = createProgram(streams, (options: GlobalOptions) => {
      context = new Context(options, streams);
      // What runs on nodes is looked for on our PATH.
      process.env["PATH"] = pathWithTools(context.directory);
      return context;
    });
    return await program(args);
  } catch (error) {
    if (error instanceof UsageError) {
      if (error.message !== "") streams.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    const { text, exitCode } = reportError(error, (context ?? new Context({}, streams)).logDirectory);
    streams.stderr.write(`${text}\n`);
    return exitCode;
  }
}

// `import.meta.main` is false when toolchain/bootstrap.mjs hands its own process over.
if (process.argv[1] === import.meta.filename) {
  // A reader that has had enough, such as `lab list | head -1`, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.good);
  });
  // gRPC and the SDK keep handles open that nobody waits for.
  process.exit(await run(process.argv.slice(2)));
}
