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
export interface Plan {
  /** Whether node_modules is missing or not what package-lock.json says. */
  readonly modules: boolean;
  /** System packages of which a command is missing. */
  readonly packages: readonly string[];
  readonly pulumi: boolean;
}
export interface RecordedPulumi {
  readonly command: string;
  readonly version: string;
  readonly origin: "official" | "built";
  readonly size: number;
  readonly mtimeMs: number;
}
export const systemPackages: readonly SystemPackage[];
/** Where set-up records what it has found. */
export function toolsFile(directory: string): string;
export function planSetUp(directory?: string, env?: Readonly<Record<string, string | undefined>>): Plan;
export function isDone(plan: Plan): boolean;
export function modulesInStep(directory: string): boolean;
export function recordedPulumi(directory: string): RecordedPulumi | undefined;
/** What set-up is going to install, for people. */
export function announce(plan: Plan, env?: Readonly<Record<string, string | undefined>>): string;
