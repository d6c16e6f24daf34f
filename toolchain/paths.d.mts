/** The clone's root. */
export const projectDirectory: string;
export const minimumNode: readonly [number, number];
/** Where tools are kept for all clones: $LABWRIGHT_CACHE, $XDG_CACHE_HOME/labwright or ~/.cache/labwright. */
export function cacheDirectory(env?: Readonly<Record<string, string | undefined>>): string;
/** Folders of programs that packages keep off PATH, PostgreSQL's. */
export function offPath(parent?: string): string[];
/** Every executable of that name, in the order of PATH, then of the system's own directories. */
export function findAllOnPath(name: string, path?: string, system?: readonly string[]): string[];
export function findOnPath(name: string, path?: string, system?: readonly string[]): string | undefined;
/** The parsed file, or undefined where it is missing or no JSON. */
export function readJson(file: string): unknown;
export function atLeast(version: string, minimum: readonly number[]): boolean;
/** A Node that is new enough; undefined where there is none yet. */
export function projectNode(directory?: string): string | undefined;
