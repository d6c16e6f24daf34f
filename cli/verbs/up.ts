import { writeFileSync } from "node:fs";
import type { Context } from "../context.ts";
import { checkSuite, junit, type Suite } from "../checks/junit.ts";
import { CommandError, exitCodes, InterruptedError } from "../errors.ts";
import { count, seconds } from "../output/table.ts";
import { exerciseOf, isBroken, prepareStack, type Stack } from "../stacks/stack.ts";
import { bringUp, nextSteps, sizeOf } from "./bring-up.ts";

export interface UpOptions {
  readonly name?: string;
  readonly set?: readonly string[];
  readonly refresh?: boolean;
  readonly junit?: string;
}

/** Brings a lab up, or in line with its declaration; returns when it has converged. */
export async function up(context: Context, lab: string, options: UpOptions): Promise<number> {
  const { output } = context;
  const stack = await context.stack(
    await prepareStack(context.project, lab, options.name, parseSettings(options.set ?? [])),
  );
  const started = performance.now();
  try {
    const { changes, seconds: took } = await bringUp(context, stack, {
      title: `Bringing up ${stack.name}`,
      refresh: options.refresh === true,
    });
    if (options.junit !== undefined) writeReport(options.junit, [suite(stack, took)]);
    output.result(upText(stack, changes, took, (text) => output.paint("good", text)));
    output.json({
      stack: stack.name,
      lab: stack.lab.name,
      up: true,
      ...exerciseOf(stack),
      seconds: round(took),
      ...sizeOf(stack),
      changes,
    });
    return exitCodes.good;
  } catch (error) {
    if (options.junit !== undefined && !(error instanceof InterruptedError)) {
      writeReport(options.junit, [
        suite(stack, (performance.now() - started) / 1000, error instanceof Error ? error.message : String(error)),
      ]);
    }
    throw error;
  }
}

export function upText(
  stack: Stack,
  changes: Readonly<Record<string, number>>,
  took: number,
  good: (text: string) => string,
): string {
  const { nodes, links, segments, sessions } = sizeOf(stack);
  const parts = [
    count(nodes, "node"),
    count(links, "link"),
    count(segments, "segment"),
    count(sessions, "session"),
  ].filter((part) => !part.startsWith("0 "));
  return [
    `${good(`${stack.name} is up`)}${isBroken(stack) ? ", broken as its settings say," : ""} after ${seconds(took)}: ${parts.join(", ")}; ${changesText(changes)}.`,
    "Try next:",
    ...nextSteps(stack, "npx lab").map((step) => `  ${step}`),
  ].join("\n");
}

export function changesText(changes: Readonly<Record<string, number>>): string {
  const words: Readonly<Record<string, string>> = {
    create: "created",
    update: "updated",
    delete: "deleted",
    replace: "replaced",
  };
  const parts = Object.entries(changes).flatMap(([operation, number]) =>
    operation in words && number > 0 ? [`${number} ${words[operation]}`] : [],
  );
  return parts.length === 0 ? "nothing changed" : parts.join(", ");
}

/** `key=value` each. All that are wrong are told at once. */
export function parseSettings(texts: readonly string[]): Record<string, string> {
  const wrong = texts.filter((text) => !/^[A-Za-z][A-Za-z0-9_-]*=/.test(text));
  if (wrong.length > 0)
    throw new CommandError(`--set ${wrong.join(" ")}: expected KEY=VALUE.`, "For example `--set stubs=8`.");
  return Object.fromEntries(texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]));
}

function suite(stack: Stack, took: number, failure?: string): Suite {
  return checkSuite(`up ${stack.name}`, [
    {
      name: "converges",
      title: "The lab comes up and converges",
      seconds: took,
      status: failure === undefined ? "passed" : "failed",
      ...(failure === undefined ? {} : { message: failure }),
    },
  ]);
}

function writeReport(file: string, suites: readonly Suite[]): void {
  writeFileSync(file, junit(suites));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
