import { grid, ring } from "../../topology/generators.ts";
import type { Family, TopologySpec } from "../../topology/spec.ts";

export type Shape = "ring" | "grid";

export function scaleTopology(shape: Shape, routers: number, families: readonly Family[]): TopologySpec {
  switch (shape) {
    case "ring":
      return ring(routers, { families });
    case "grid": {
      const { rows, columns } = gridSize(routers);
      return grid(rows, columns, { families });
    }
  }
}

/**
 * Rows and columns whose product is nearest to `routers`, with at most twice as many columns as rows. Of several the
 * squarest, then the largest: 20 is 4 × 5, 100 is 10 × 10, 200 is 10 × 20.
 */
export function gridSize(routers: number): { readonly rows: number; readonly columns: number } {
  let best = { rows: 2, columns: 2 };
  const rank = (size: { rows: number; columns: number }): readonly number[] => [
    Math.abs(size.rows * size.columns - routers),
    size.columns / size.rows,
    -size.rows * size.columns,
  ];
  for (let rows = 2; rows * rows <= 2 * routers; rows++) {
    for (let columns = rows; columns <= 2 * rows; columns++) {
      if (isBefore(rank({ rows, columns }), rank(best))) best = { rows, columns };
    }
  }
  return best;
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}
