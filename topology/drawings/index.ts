export { drawDot } from "./dot.ts";
export { drawMermaid } from "./mermaid.ts";
export type { LiveState } from "./state.ts";
export { drawSvg } from "./svg/draw.ts";
export type { SvgOptions } from "./svg/draw.ts";
