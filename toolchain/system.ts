/** System packages: what is missing, and how it is installed on Debian and its kin. */
import { atLeast, findOnPath } from "./paths.mjs";
import { optionalTools, packagesFor, systemPackages, type PackageGroup, type SystemPackage } from "./plan.mjs";
import { lastLine, run } from "./run.ts";
import { ToolError, type Missing } from "./tool.ts";

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** Whether somebody can type a password for sudo. */
  readonly terminal: boolean;
  readonly say: (line: string) => void;
  /** Directories looked at beside PATH. Default: the system's own. */
  readonly system?: readonly string[];
  /** Packages wanted beside those that every lab needs. */
  readonly groups?: readonly PackageGroup[];
}

export function missingPackages(host: Host): SystemPackage[] {
  return packagesFor(host.groups ?? []).filter((entry) =>
    entry.commands.some((command) => find(host, command) === undefined),
  );
}

/** Installs what is missing and looks at versions. Throws one ToolError with the command to type, or for what is too old. */
export async function installSystemPackages(host: Host): Promise<void> {
  const missing = missingPackages(host);
  if (missing.length > 0) {
    const names = missing.flatMap((entry) => [entry.package, ...(entry.with ?? [])]);
    const apt = find(host, "apt-get");
    if (apt === undefined) throw new ToolError(withoutApt(missing, host));
    const byHand = `sudo apt-get install ${names.join(" ")}`;
    if ((await rootPrefix(host)) === undefined)
      throw new ToolError(
        `System packages are missing, and installing them needs root. Type this, then try again:\n  ${byHand}`,
      );
    host.say(`System packages: apt-get install ${names.join(" ")}`);
    const failure = await aptInstall(host, names);
    const still = missingPackages(host);
    if (failure !== undefined || still.length > 0) {
      const why = failure?.reason ?? `these are still missing: ${still.map((entry) => entry.package).join(", ")}`;
      throw new ToolError(
        `apt-get did not install the system packages: ${why}. Type this, then try again:\n  ${byHand}`,
      );
    }
  }
  const old = (await Promise.all(packagesFor(host.groups ?? []).map(async (entry) => tooOld(entry, host)))).filter(
    (line) => line !== undefined,
  );
  if (old.length > 0)
    throw new ToolError(["System packages are too old:", ...old.map((line) => `  - ${line}`)].join("\n"));
}

/** Installs packages as root, without starting their services. Undefined when it went well. */
export async function aptInstall(host: Host, names: readonly string[]): Promise<Missing | undefined> {
  const asRoot = await rootPrefix(host);
  if (asRoot === undefined)
    return { reason: `installing it needs root: type \`sudo apt-get install ${names.join(" ")}\`, then try again` };
  const installed = await run([...asRoot, "sh", "-s", "--", ...names] as [string, ...string[]], {
    stdin: installScript,
    timeout: 900_000,
    env: host.env,
    ...(host.terminal ? { echo: true } : {}),
  });
  if (installed.exitCode === 0) return undefined;
  return { reason: lastLine(installed.stderr) || `exit code ${installed.exitCode}` };
}

async function rootPrefix(host: Host): Promise<string[] | undefined> {
  if (host.uid === 0) return [];
  const sudo = find(host, "sudo");
  if (sudo === undefined) return undefined;
  if ((await run([sudo, "-n", "true"], { env: host.env })).exitCode === 0) return [sudo, "-n"];
  return host.terminal ? [sudo] : undefined;
}

function withoutApt(missing: readonly SystemPackage[], host: Host): string {
  const lines = missing.map((entry) => {
    const commands = entry.commands.filter((command) => find(host, command) === undefined);
    return `  - ${commands.join(", ")}: ${entry.purpose} (${entry.package} in Debian)`;
  });
  return [
    "These commands are missing, and this system has no apt-get to install them. Install them in your system's way, then try again:",
    ...lines,
  ].join("\n");
}

/** The version that a package's command reports; undefined where there is none to ask for. */
export async function packageVersion(entry: SystemPackage, host: Host): Promise<string | undefined> {
  const [name, ...args] = entry.minimum?.command ?? [];
  const command = name === undefined ? undefined : find(host, name);
  if (command === undefined) return undefined;
  const { stdout, stderr } = await run([command, ...args], { env: host.env });
  return /\d+(\.\d+)+/.exec(`${stdout}${stderr}`)?.[0];
}

async function tooOld(entry: SystemPackage, host: Host): Promise<string | undefined> {
  if (entry.minimum === undefined) return undefined;
  const version = await packageVersion(entry, host);
  if (version !== undefined && atLeast(version, entry.minimum.version)) return undefined;
  const wanted = entry.minimum.version.join(".");
  return `${entry.package} is ${version ?? "of an unknown version"}, and ${wanted} or later is needed: ${entry.minimum.because}. Take it from a newer release of your system, or from its makers.`;
}

function find(host: Host, command: string): string | undefined {
  return host.system === undefined
    ? findOnPath(command, host.env["PATH"])
    : findOnPath(command, host.env["PATH"], host.system);
}

/** Names of the services that a package would start, in the shell's `case` form. */
const servicesCase = [
  ...systemPackages,
  ...optionalTools.map(({ name, services }) => ({ package: name, services, started: undefined })),
]
  .flatMap(({ package: name, services, started }) =>
    services === undefined
      ? []
      : [`${name}) ${started === undefined ? "" : "[ -d /run/systemd/system ] || "}echo ${services.join(" ")} ;;`],
  )
  .join(" ");

/** What to write of the system's settings before a package is installed, in the shell's `case` form. */
const settingsCase = systemPackages
  .flatMap(({ package: name, settings = {} }) => {
    const writes = Object.entries(settings).map(([file, line]) => `setting ${file} '${line}'`);
    return writes.length === 0 ? [] : [`${name}) ${writes.join("; ")} ;;`];
  })
  .join(" ");

/** Services that may start with the machine. */
const wantedServices = systemPackages.flatMap(({ services, started }) =>
  started === undefined ? [] : (services ?? []),
);

/**
 * Run as root with the packages as arguments. Debian starts and enables the daemon of a package that it installs; a lab's
 * set-up must not start a routing daemon or a web server on the host, nor make a cluster of databases there. The policy holds while this script runs, for the
 * daemons of the packages that it installs only, and says nothing any more should the script be killed. A daemon that was
 * there before is left alone. Docker's starts, where systemd runs: whoever asks for it wants it.
 */
export const installScript = `
policy=/usr/sbin/policy-rc.d
services_of() { case $1 in ${servicesCase} esac; }
own=
finish() { [ -z "$own" ] || rm -f "$policy"; }
trap finish EXIT
trap 'exit 143' INT TERM HUP
setting() { [ -e "$1" ] || { mkdir -p "$(dirname "$1")" && printf '# Written by the set-up of labwright.\n%s\n' "$2" >"$1"; }; }
settings_of() { case $1 in ${settingsCase} esac; }
new=
for package in "$@"; do
  case $(dpkg-query -W -f '\${db:Status-Abbrev}' "$package" 2>/dev/null) in
    ii*) ;;
    *) new="$new $(services_of "$package")"; settings_of "$package" ;;
  esac
done
if [ ! -e "$policy" ] || grep -q labwright "$policy"; then
  own=1
  printf '#!/bin/sh\n# Written by the set-up of labwright, process %s, and taken away by it.\n[ -d /proc/%s ] || exit 0\nfor each in %s; do [ "$1" != "$each" ] && [ "$1" != "$each.service" ] || exit 101; done\nexit 0\n' $$ $$ "$(echo $new)" >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --yes --no-install-recommends --quiet --option DPkg::Lock::Timeout=300 "$@"; }
# Lists may be missing or old.
install "$@" || { apt-get update --quiet && install "$@"; } || exit
for unit in $new; do
  case $unit in ${wantedServices.join("|")}) continue ;; esac
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit.service"
  [ ! -e "/etc/init.d/$unit" ] || update-rc.d "$unit" disable >/dev/null 2>&1
done
if [ -n "$new" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
exit 0
`;
