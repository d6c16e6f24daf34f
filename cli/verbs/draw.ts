/** Drawings by format; the layout library for SVG is loaded for SVG only. */
import type { LiveState } from "../../topology/drawings/index.ts";
import type { Topology } from "../../topology/topology.ts";
import type { Format } from "./graph.ts";

export async function draw(format: Format, topology: Topology, state: LiveState | undefined): Promise<string> {
  const { drawDot, drawMermaid, drawSvg } = await import("../../topology/drawings/index.ts");
  switch (format) {
    case "mermaid":
      return drawMermaid(topology, state);
    case "dot":
      return drawDot(topology, state);
    case "svg":
      return drawSvg(topology, state);
  }
}
