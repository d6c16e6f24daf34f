/** From what the engine reports to messages for people. */
import type { EngineEvent } from "./run.ts";

export interface Failure {
  /** `node r1`; undefined where it isn't about one resource. */
  readonly resource: string | undefined;
  readonly message: string;
}

/** A resource's URN in words: `node r1` for labwright:net:Node of the lab bgp with the name bgp-r1. */
export function resourceName(urn: string, lab: string): { readonly kind: string; readonly name: string } {
  const parts = urn.split("::");
  const type = parts[2]?.split("$").pop() ?? "";
  const last = (type.split(":").pop() ?? type).toLowerCase();
  const kind = last === "routeoriginauthorizations" ? "roas" : last;
  const full = parts.slice(3).join("::");
  const name = full.startsWith(`${lab}-`) ? full.slice(lab.length + 1) : full;
  return { kind, name: kind === name ? "" : name };
}

export function resourceText(urn: string, lab: string): string {
  const { kind, name } = resourceName(urn, lab);
  return name === "" ? kind : `${kind} ${name}`;
}

/** Gathers errors as the engine reports them. */
export class Failures {
  readonly #lab: string;
  readonly #failures: Failure[] = [];

  constructor(lab: string) {
    this.#lab = lab;
  }

  take(event: EngineEvent): void {
    const diagnostic = event.diagnosticEvent;
    if (diagnostic === undefined || diagnostic.severity !== "error") return;
    const message = clean(diagnostic.message);
    if (message === "" || isSummary(message)) return;
    const about =
      diagnostic.urn === undefined || diagnostic.urn === "" || diagnostic.urn.includes("::pulumi:pulumi:Stack::")
        ? undefined
        : resourceText(diagnostic.urn, this.#lab);
    if (!this.#failures.some((each) => each.resource === about && each.message === message))
      this.#failures.push({ resource: about, message });
  }

  /** All of them; where no event told any, what the CLI printed after `error:`. */
  all(output: string): Failure[] {
    if (this.#failures.length > 0) return this.#failures;
    const message = errorsIn(output);
    return [{ resource: undefined, message: message === "" ? lastLines(output) : message }];
  }
}

/** Each with its resource in front, further lines indented. */
export function formatFailures(failures: readonly Failure[]): string {
  return failures
    .map(({ resource, message }) => {
      const [first = "", ...rest] = message.split("\n");
      return [`  ${resource === undefined ? "" : `${resource}: `}${first}`, ...rest.map((line) => `    ${line}`)].join(
        "\n",
      );
    })
    .join("\n");
}

/** Without the engine's colour marks, the wrappings of gRPC, and stacks of Go or Node. */
export function clean(message: string): string {
  return message
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .split("\n")
    .filter(
      (line) =>
        !/^\s+at .*(:\d+:\d+\)?|\(native\)|<anonymous>\)?)$/.test(line) && !/^(goroutine \d+|\t.*\.go:\d+)/.test(line),
    )
    .join("\n")
    .replaceAll(/rpc error: code = \w+ desc = /g, "")
    .replace(/^Unhandled exception: (Error: )?/, "")
    .trim();
}

/** Lines of the engine that say only that something failed, which the others say better. */
function isSummary(message: string): boolean {
  return (
    /^(update|preview|refresh|destroy) failed$/.test(message) ||
    /^One or more errors occurred/.test(message) ||
    /^an unhandled error occurred: program exited/i.test(message)
  );
}

function errorsIn(output: string): string {
  const lines = output.split("\n");
  const at = lines.findIndex((line) => /^error: /.test(line));
  if (at === -1) return "";
  const end = lines.findIndex((line, index) => index > at && line.trim() === "");
  return clean(
    lines
      .slice(at, end === -1 ? undefined : end)
      .join("\n")
      .replace(/^error: /, ""),
  );
}

function lastLines(output: string): string {
  const lines = clean(output)
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.slice(-5).join("\n") || "the Pulumi engine ended without a word";
}
