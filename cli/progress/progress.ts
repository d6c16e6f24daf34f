/** How far a run of the engine is, from its events. Pure, but for the clock that is handed in. */
import type { EngineEvent } from "../engine/run.ts";
import { clean, resourceName } from "../engine/failures.ts";

/** Resources that count, by kind, in the order in which they are shown. */
export const kinds = ["sandbox", "image", "container", "node", "links", "segment", "roas", "readiness"] as const;
export type Kind = (typeof kinds)[number];

export interface KindProgress {
  readonly total: number;
  readonly done: number;
}

export class Progress {
  readonly lab: string;
  readonly #totals: Map<Kind, number>;
  readonly #done = new Map<Kind, Set<string>>();
  readonly #working = new Map<string, { kind: Kind; name: string }>();
  readonly #failed = new Set<string>();
  readonly #waits: boolean;
  #waitingFor = "";
  #making = "";

  /** `totals`: numbers of resources that are expected, as far as they are known. `waits`: for convergence, at the end. */
  constructor(lab: string, totals: Partial<Record<Kind, number>>, waits = true) {
    this.lab = lab;
    this.#waits = waits;
    this.#totals = new Map(kinds.map((kind) => [kind, totals[kind] ?? 0]));
  }

  /** True when something changed that is worth showing. */
  take(event: EngineEvent): boolean {
    const diagnostic = event.diagnosticEvent;
    if (diagnostic !== undefined) {
      if (diagnostic.urn === undefined || diagnostic.severity === "error") return false;
      const { kind } = resourceName(diagnostic.urn, this.lab);
      const text = clean(diagnostic.message);
      if (kind === "image") {
        this.#making = text;
        return true;
      }
      if (kind !== "readiness") return false;
      // What was repaired is told at the end.
      if (text.startsWith("repaired: ")) return false;
      this.#waitingFor = text;
      return true;
    }
    const metadata =
      event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (metadata === undefined) return false;
    const { kind: text, name } = resourceName(metadata.urn, this.lab);
    const kind = kinds.find((each) => each === text);
    if (kind === undefined) return false;
    if (event.resourcePreEvent !== undefined) this.#working.set(metadata.urn, { kind, name });
    else {
      this.#working.delete(metadata.urn);
      if (event.resOpFailedEvent !== undefined) this.#failed.add(metadata.urn);
      else this.#doneOf(kind).add(metadata.urn);
    }
    return true;
  }

  of(kind: Kind): KindProgress {
    const done = this.#doneOf(kind).size;
    return { total: Math.max(this.#totals.get(kind) ?? 0, done), done };
  }

  /** Names of what is being worked on, of one kind. */
  working(kind: Kind): string[] {
    return [...this.#working.values()].filter((each) => each.kind === kind).map(({ name }) => name);
  }

  get failed(): number {
    return this.#failed.size;
  }

  /** True while nothing is left but to wait for convergence. */
  get converging(): boolean {
    return (
      this.#waits && this.#working.size > 0 && [...this.#working.values()].every(({ kind }) => kind === "readiness")
    );
  }

  /** What is still missing, as readiness last said; empty when it said nothing. */
  get waitingFor(): string {
    return this.#waitingFor;
  }

  /** What the making of an image is at, as it last said; empty when none is being made. */
  get making(): string {
    return this.working("image").length > 0 ? this.#making : "";
  }

  #doneOf(kind: Kind): Set<string> {
    const set = this.#done.get(kind) ?? new Set<string>();
    this.#done.set(kind, set);
    return set;
  }
}

/** `nodes 12/20, links 0/1`; kinds of which there are none are left out. */
export function summary(progress: Progress): string {
  return kinds
    .filter((kind) => kind !== "readiness" && progress.of(kind).total > 0)
    .map((kind) => {
      const { done, total } = progress.of(kind);
      const plural = kind === "sandbox" ? "sandboxes" : kind.endsWith("s") ? kind : `${kind}s`;
      return `${total === 1 ? kind : plural} ${done}/${total}`;
    })
    .join(", ");
}
