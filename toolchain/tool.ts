/** How tools are found: ordered ways, the first that works is taken. */

export type Origin = "official" | "built" | "downloaded" | "stand-in" | "system";

export interface Found {
  /** Absolute path of the executable. */
  readonly command: string;
  readonly version: string;
  readonly origin: Origin;
}

export interface Missing {
  /** Why this way gave nothing, a phrase without a full stop. */
  readonly reason: string;
}

export interface Strategy {
  /** A noun phrase, e.g. "the one on PATH". */
  readonly name: string;
  find(): Promise<Found | Missing>;
}

export interface Tool {
  readonly name: string;
  readonly strategies: readonly Strategy[];
}

export class ToolError extends Error {}

/** Tries each strategy in turn. When none works, throws one ToolError that names every way and why it failed. */
export async function obtain(tool: Tool): Promise<Found> {
  const failures: string[] = [];
  for (const strategy of tool.strategies) {
    const result = await strategy.find();
    if ("command" in result) return result;
    failures.push(`  - ${strategy.name}: ${result.reason}`);
  }
  throw new ToolError([`${tool.name} can't be had. Tried, in this order:`, ...failures].join("\n"));
}
