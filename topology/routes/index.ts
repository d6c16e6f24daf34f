export { expectedRoutes } from "./expected.ts";
export type { ExpectedRoute, ExpectedRoutes, LearnedFrom } from "./expected.ts";
export { valleyFree } from "./valley-free.ts";
