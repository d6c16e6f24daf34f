export interface SystemPackage {
  /** Name in Debian and Ubuntu. */
  readonly package: string;
  readonly commands: readonly string[];
  /** Services that Debian would start when the package is installed. */
  readonly services?: readonly string[];
  readonly minimum?: {
    readonly command: readonly string[];
    readonly version: readonly number[];
    readonly because: string;
  };
  readonly purpose: string;
  /** What is lost without it. */
  readonly without: string;
}
/** One that only some labs need. */
export interface OptionalTool {
  /** Of its crate and of its makers' package. */
  readonly name: string;
  readonly title: string;
  readonly commands: readonly string[];
  /** The one that is built. */
  readonly version: string;
  readonly minimum: readonly number[];
  /** The least Rust that builds it. */
  readonly rust: readonly number[];
  /** What its build needs, by pkg-config's names. */
  readonly libraries: readonly string[];
  /** Services that its package would start. */
  readonly services: readonly string[];
  readonly purpose: string;
  readonly without: string;
}
export interface Plan {
  /** Whether node_modules is missing or not what package-lock.json says. */
  readonly modules: boolean;
  /** System packages of which a command is missing. */
  readonly packages: readonly string[];
  readonly pulumi: boolean;
  /** Titles of the optional tools that are asked for and aren't recorded. */
  readonly optional: readonly string[];
}
export interface RecordedTool {
  readonly command: string;
  readonly version: string;
  readonly origin: "official" | "built" | "system";
  readonly size: number;
  readonly mtimeMs: number;
}
export const systemPackages: readonly SystemPackage[];
export const optionalTools: readonly OptionalTool[];
/** Where set-up records what it has found. */
export function toolsFile(directory: string): string;
export function planSetUp(
  directory?: string,
  env?: Readonly<Record<string, string | undefined>>,
  options?: { readonly optional?: boolean },
): Plan;
export function isDone(plan: Plan): boolean;
export function modulesInStep(directory: string): boolean;
/** `name`: pulumi, or that of an optional tool. */
export function recordedTool(directory: string, name: string): RecordedTool | undefined;
/** `path`: default the process's. */
export function pathWithTools(directory: string, path?: string): string;
/** What set-up is going to install, for people. */
export function announce(plan: Plan, env?: Readonly<Record<string, string | undefined>>): string;
