export { announcedPrefixes, establishedSessions, expectedRoutes, possibleRoutes } from "./expected.ts";
export type { Expected, ExpectedRoute, UnstableRoutes } from "./expected.ts";
export { expectedDigest, routesDigest } from "./digest.ts";
export type { ChosenRoute } from "./digest.ts";
export { captured, forward } from "./forward.ts";
export type { Capture, Hop, Journey } from "./forward.ts";
export type { LearnedFrom } from "./route.ts";
export { assertSettles } from "./unstable.ts";
export { valleyFree } from "./valley-free.ts";
