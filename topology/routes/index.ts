export { announcedPrefixes, expectedRoutes } from "./expected.ts";
export type { Expected, ExpectedRoute, UnstableRoutes } from "./expected.ts";
export type { LearnedFrom } from "./route.ts";
export { valleyFree } from "./valley-free.ts";
