/** How the drawing looks, in light and in dark. */

const font = `font-family: "Inter", "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif;`;

/** Rules spelled out and no variables: drawing programs and older browsers know no others. */
function colours(of: {
  readonly ground: string;
  readonly group: string;
  readonly groupEdge: string;
  readonly box: string;
  readonly router: string;
  readonly host: string;
  readonly segment: string;
  readonly segmentEdge: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly faint: string;
  readonly transit: string;
  readonly peer: string;
  readonly sibling: string;
  readonly server: string;
  readonly up: string;
  readonly unknown: string;
  readonly starting: string;
  readonly down: string;
}): string {
  const stroke = (name: string, colour: string): string =>
    `.${name} { stroke: ${colour}; } .${name}-fill { fill: ${colour}; }`;
  return [
    `.ground { fill: ${of.ground}; }`,
    `.group { fill: ${of.group}; stroke: ${of.groupEdge}; }`,
    `.router { fill: ${of.box}; stroke: ${of.router}; }`,
    `.host { fill: ${of.host}; stroke: ${of.faint}; }`,
    `.segment { fill: ${of.segment}; stroke: ${of.segmentEdge}; }`,
    `text { fill: ${of.text}; } .quiet { fill: ${of.quiet}; }`,
    stroke("transit", of.transit),
    stroke("peer", of.peer),
    stroke("sibling", of.sibling),
    `.gap { stroke: ${of.group}; }`,
    stroke("route-server", of.server),
    stroke("internal", of.line),
    stroke("attachment", of.faint),
    stroke("up", of.up),
    stroke("unknown", of.unknown),
    stroke("starting", of.starting),
    stroke("down", of.down),
    `.in-group { stroke: ${of.group}; } .on-ground { stroke: ${of.ground}; }`,
    `.glyph { fill: none; stroke: ${of.ground}; }`,
  ].join("\n");
}

const light = colours({
  ground: "#ffffff",
  group: "#f3f6fa",
  groupEdge: "#c3cedb",
  box: "#ffffff",
  router: "#3b5b84",
  host: "#e8edf3",
  segment: "#efe9fb",
  segmentEdge: "#8466c1",
  text: "#17202c",
  quiet: "#55637a",
  line: "#7b8798",
  faint: "#a3aebd",
  transit: "#1f4e8c",
  peer: "#0b7285",
  sibling: "#8a4b08",
  server: "#7048b6",
  up: "#1a7f37",
  unknown: "#6e7781",
  starting: "#b26b00",
  down: "#cf222e",
});

const dark = colours({
  ground: "#0f151d",
  group: "#18212d",
  groupEdge: "#3a4859",
  box: "#0f151d",
  router: "#7fa6d9",
  host: "#263243",
  segment: "#2a2144",
  segmentEdge: "#a68be0",
  text: "#e8eef6",
  quiet: "#a2b0c3",
  line: "#8592a5",
  faint: "#5d6b7e",
  transit: "#79b0f5",
  peer: "#4cc4d8",
  sibling: "#e0a15c",
  server: "#b79af0",
  up: "#4ac26b",
  unknown: "#8b949e",
  starting: "#e3a336",
  down: "#ff6b64",
});

export const style = `text { ${font} }
.middle { text-anchor: middle; }
.in-group, .on-ground { stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
.strong { font-weight: 600; }
.line { fill: none; stroke-linecap: round; }
.line.transit, .line.peer { stroke-width: 2; }
.line.sibling { stroke-width: 5; stroke-linecap: butt; }
.line.gap { stroke-width: 2; stroke-linecap: butt; }
.line.peer { stroke-dasharray: 7 5; stroke-linecap: butt; }
.line.route-server { stroke-width: 2.2; stroke-dasharray: 0.1 4.6; }
.line.internal, .line.attachment { stroke-width: 1.4; }
.group, .host { stroke-width: 1; }
.router, .segment { stroke-width: 1.6; }
.glyph { stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
${light}
@media (prefers-color-scheme: dark) {
${dark}
}`;
