/** What a test needs of the machine. Where it is missing, the test is skipped and the reporter says why. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "../toolchain/paths.mjs";
import { installedPlugin, recordedTool, type OptionalGroup, type PluginName } from "../toolchain/plan.mjs";

declare module "vitest" {
  interface TaskMeta {
    /** Why the test can't run on this machine. */
    missing?: string;
  }
}

const projectDirectory = join(import.meta.dirname, "..");

const command = (name: string) => (): string | undefined =>
  findOnPath(name) === undefined ? `${name} is not installed` : undefined;

const optional = (name: string, title: string, group: OptionalGroup) => (): string | undefined =>
  recordedTool(projectDirectory, name) === undefined
    ? `${title} is not set up (npm run setup -- --${group})`
    : undefined;

/** Runs a shell script in a throw-away network namespace. */
const kernel = (what: string, script: string) => (): string | undefined => {
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const { status } = spawnSync("unshare", [...user, "--net", "sh", "-c", `PATH=$PATH:/usr/sbin:/sbin\n${script}`], {
    stdio: "ignore",
    timeout: 10_000,
  });
  return status === 0 ? undefined : `the kernel has no ${what} here`;
};

const officialPlugin = (name: PluginName) => (): string | undefined =>
  installedPlugin(name, projectDirectory)?.origin === "official"
    ? undefined
    : `Pulumi's official ${name} plugin is not installed`;

const requirements = {
  root: () => (process.getuid?.() === 0 ? undefined : "root is needed"),
  /** A sandbox can be made, by root or by an ordinary user. */
  namespaces: kernel("namespaces for this user", "ip link set lo up"),
  /** An ordinary user may make user namespaces. Tried as `nobody` when this is root. */
  "user-namespaces": () => {
    const asUser = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const [first, ...rest] = [...asUser, "unshare", "--user", "--map-root-user", "--net", "true"];
    const { status } = spawnSync(first ?? "unshare", rest, { stdio: "ignore", cwd: "/", timeout: 10_000 });
    return status === 0 ? undefined : "an ordinary user can't make user namespaces here";
  },
  bird: command("bird"),
  gobgp: command("gobgpd"),
  openbgpd: command("bgpctl"),
  stayrtr: command("stayrtr"),
  frr: command("vtysh"),
  smcroute: command("smcrouted"),
  busybox: command("busybox"),
  iptables: command("iptables-nft-restore"),
  nft: command("nft"),
  tcpdump: command("tcpdump"),
  traceroute: command("traceroute"),
  python: command("python3"),
  knot: command("knotd"),
  dig: command("dig"),
  whois: command("whois"),
  curl: command("curl"),
  openssl: command("openssl"),
  nginx: command("nginx"),
  "ca-certificates": () =>
    existsSync("/etc/ssl/certs/ca-certificates.crt") ? undefined : "the system has no list of trusted certificates",
  bzip2: command("bzip2"),
  dot: command("dot"),
  go: command("go"),
  npm: command("npm"),
  netem: kernel(
    "netem",
    "ip link add probe0 type veth peer name probe1 && tc qdisc add dev probe0 root netem delay 1ms",
  ),
  tbf: kernel(
    "tbf",
    "ip link add probe0 type veth peer name probe1 && tc qdisc add dev probe0 root tbf rate 1mbit burst 3000 limit 30000",
  ),
  vrf: kernel("VRF", "ip link add probe0 type vrf table 10"),
  pulumi: () =>
    recordedTool(projectDirectory, "pulumi") === undefined ? "the Pulumi CLI is not set up (npm run setup)" : undefined,
  krill: optional("krill", "Krill", "rpki"),
  routinator: optional("routinator", "Routinator", "rpki"),
  envoy: optional("envoy", "Envoy", "envoy"),
  postgresql: command("postgres"),
  "official docker plugin": officialPlugin("docker"),
  "official command plugin": officialPlugin("command"),
  dockerd: command("dockerd"),
  mmdebstrap: command("mmdebstrap"),
  /** A daemon that answers, or one that is started for this run of the tests. */
  docker: () => {
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(projectDirectory, "test", "support", "docker.ts"),
        process.env["LABWRIGHT_TEST_RUN"] ?? String(process.pid),
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 120_000 },
    );
    const found = JSON.parse(stdout) as { host?: string; reason?: string };
    if (found.host !== undefined) process.env["DOCKER_HOST"] = found.host;
    return found.reason;
  },
} satisfies Record<string, () => string | undefined>;

export type Requirement = keyof typeof requirements;

const known = new Map<Requirement, string | undefined>();

/** Why the first of the requirements that is missing is; undefined when all are there. Each is looked at once. */
export function whyMissing(...needed: readonly Requirement[]): string | undefined {
  for (const requirement of needed) {
    if (!known.has(requirement)) known.set(requirement, requirements[requirement]());
    const reason = known.get(requirement);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/**
 * Options of `describe` and `test` that skip where something is missing, with the reason for the reporter:
 * `describe("a lab", needs("root", "bird"), () => …)`, `test("…", { ...needs("netem"), timeout: 9000 }, …)`.
 */
export function needs(...needed: readonly Requirement[]): { skip: boolean; meta: { missing?: string } } {
  const missing = whyMissing(...needed);
  return missing === undefined ? { skip: false, meta: {} } : { skip: true, meta: { missing } };
}
