/** What specs with mistakes are made of. */
export const router = { kind: "router", as: "red" };
export const routerOfBlue = { kind: "router", as: "blue" };
export const host = { kind: "host" };
export const autonomousSystems = { red: { asn: 64512 }, blue: { asn: 64513 } };
export const peers = [{ kind: "peer", between: ["red", "blue"] }];
/** Two routers of two ASes that peer over a link; right as it is. */
export const pair = {
  autonomousSystems,
  nodes: { r1: router, b1: routerOfBlue },
  links: [{ ends: ["r1", "b1"] }],
  relations: peers,
};
export const twoHosts = { nodes: { h1: host, h2: host } };
export const link = (settings: object): object => ({ ...twoHosts, links: [{ ends: ["h1", "h2"], ...settings }] });
export const end = (settings: object, linkSettings: object = {}): unknown =>
  link({ ends: [{ node: "h1", ...settings }, "h2"], ...linkSettings });
