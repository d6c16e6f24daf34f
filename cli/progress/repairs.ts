/** What an `up` changed on a lab that was up already, from the engine's events. */
import type { EngineEvent } from "../engine/run.ts";
import { clean, resourceText } from "../engine/failures.ts";

export interface Repair {
  /** `node r1`. */
  readonly resource: string;
  /** What was made: again (`create`), changed (`update`), made anew (`replace`), taken away (`delete`). */
  readonly operation: string;
  /** Differences that were repaired, or properties that changed. */
  readonly details: readonly string[];
}

export class Repairs {
  readonly #lab: string;
  readonly #operations = new Map<string, { operation: string; properties: readonly string[] }>();
  readonly #texts = new Map<string, string[]>();

  constructor(lab: string) {
    this.#lab = lab;
  }

  take(event: EngineEvent): void {
    const diagnostic = event.diagnosticEvent;
    if (diagnostic?.urn !== undefined) {
      const text = /^repaired: ([\s\S]*)$/.exec(clean(diagnostic.message))?.[1];
      if (text !== undefined) this.#texts.set(diagnostic.urn, [...(this.#texts.get(diagnostic.urn) ?? []), text]);
    }
    const metadata = event.resOutputsEvent?.metadata;
    if (metadata === undefined || !/^(labwright:net|docker):/.test(metadata.type)) return;
    const operation: string = metadata.op;
    if (operation === "same" || operation === "read" || operation === "refresh") return;
    const known = this.#operations.get(metadata.urn);
    const properties = Object.keys(metadata.detailedDiff ?? {});
    if (known === undefined || operation === "replace") {
      this.#operations.set(metadata.urn, {
        operation: operation.replace(/^(create|delete)-replacement$/, "replace"),
        properties,
      });
    }
  }

  all(): Repair[] {
    return [...this.#operations].map(([urn, { operation, properties }]) => {
      const texts = this.#texts.get(urn) ?? [];
      const changed = properties.filter((property) => property !== "drift").map((property) => `${property} changed`);
      return { resource: resourceText(urn, this.#lab), operation, details: [...changed, ...texts] };
    });
  }
}

const words: Readonly<Record<string, string>> = {
  create: "made",
  update: "repaired",
  replace: "made anew",
  delete: "taken away",
};

export function formatRepair(repair: Repair): string {
  const what = words[repair.operation] ?? repair.operation;
  const { resource, details } = repair;
  if (details.length === 0) return `${resource}: ${what}`;
  const shown = details.slice(0, 3).map((detail) => detail.replaceAll(/\s+/g, " "));
  return `${resource}: ${shown.join("; ")}${details.length > shown.length ? `; and ${details.length - shown.length} more` : ""}`;
}
