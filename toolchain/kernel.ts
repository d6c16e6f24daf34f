/** What this kernel can do for labs, tried for real in namespaces that vanish with the trial. */
import { readFile } from "node:fs/promises";
import { run } from "./run.ts";

export interface KernelFeature {
  readonly name: string;
  readonly present: boolean;
  /** What is lost where it is missing. */
  readonly without: string;
}

interface Probe {
  readonly name: string;
  readonly without: string;
  /** Run by sh in a network namespace of its own that holds a veth pair probe0, probe1. */
  readonly script: string;
}

const probes: readonly Probe[] = [
  { name: "veth pairs", script: "ip link show probe0", without: "no lab can be built" },
  {
    name: "bridges",
    script: "ip link add probe2 type bridge && ip link set probe0 master probe2",
    without: "no segments with several members",
  },
  { name: "IPv6", script: "ip -6 addr add 2001:db8::1/64 dev probe0", without: "labs run with families=ipv4 only" },
  {
    name: "nftables",
    script: "nft 'add table inet probe; add chain inet probe input { type filter hook input priority 0; }'",
    without: "no firewall rules on nodes",
  },
  {
    name: "nftables at interface ingress, with random numbers",
    script: `nft 'table netdev probe { chain loss { type filter hook ingress device "probe1" priority -500; numgen random mod 100 < 1 drop; }; }'`,
    without: "no loss on links where netem is missing",
  },
  {
    name: "netem",
    script: "tc qdisc add dev probe0 root netem delay 1ms",
    without: "delay, jitter and loss are made by a relay process and nftables",
  },
  {
    name: "tbf",
    script: "tc qdisc add dev probe0 root tbf rate 1mbit burst 3000 limit 30000",
    without: "no rate limits on links where netem is missing",
  },
  {
    name: "htb",
    script: "tc qdisc add dev probe0 root handle 1: htb default 1",
    without: "no traffic classes with rates",
  },
  { name: "VXLAN", script: "ip link add probe2 type vxlan id 1 dstport 4789 dev probe0", without: "no VXLAN overlays" },
  {
    name: "VRF",
    script: "ip link add probe2 type vrf table 10",
    without: "no separate routing tables within a node by VRF",
  },
  {
    name: "dummy interfaces",
    script: "ip link add probe2 type dummy",
    without: "none by name; labs put addresses on lo",
  },
  { name: "802.1Q", script: "ip link add link probe0 name probe2 type vlan id 10", without: "no VLAN interfaces" },
  { name: "macvlan", script: "ip link add link probe0 name probe2 type macvlan", without: "no macvlan interfaces" },
  { name: "WireGuard", script: "ip link add probe2 type wireguard", without: "no WireGuard tunnels" },
  { name: "TUN devices", script: "ip tuntap add dev probe2 mode tun", without: "no tunnels by user programs" },
];

/** Names of the namespaces' features, in front of the probes, and after them what concerns the host as a whole. */
export async function probeKernel(): Promise<KernelFeature[]> {
  const asRoot = process.getuid?.() === 0;
  const [userNamespaces, features, bpf] = await Promise.all([
    ordinaryUserNamespaces(asRoot),
    probeInNamespace(asRoot),
    hasBpf(),
  ]);
  return [
    {
      name: "user namespaces for ordinary users",
      present: userNamespaces,
      without: asRoot ? "labs need root, which you are" : "labs need root, and you aren't",
    },
    ...features,
    { name: "BPF", present: bpf, without: "no eBPF or XDP programs" },
  ];
}

async function ordinaryUserNamespaces(asRoot: boolean): Promise<boolean> {
  const asUser = asRoot ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const [first = "unshare", ...rest] = [
    ...asUser,
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "true",
  ];
  return (await run([first, ...rest], { cwd: "/", timeout: 5000 })).exitCode === 0;
}

/** All probes in one throw-away namespace; each starts from a fresh veth pair. */
async function probeInNamespace(asRoot: boolean): Promise<KernelFeature[]> {
  const user = asRoot ? [] : ["--user", "--map-root-user"];
  const tries = probes.map(
    ({ script }, index) =>
      `ip link del probe2; ip link del probe0; nft flush ruleset; ip link add probe0 type veth peer name probe1\nif { ${script}; }; then echo ok ${index} >&3; fi`,
  );
  const script = `exec 3>&1 >/dev/null 2>&1\nPATH=$PATH:/usr/sbin:/sbin\n${tries.join("\n")}\n`;
  const namespaces = await run(["unshare", ...user, "--net", "true"], { timeout: 5000 });
  const { stdout } = await run(["unshare", ...user, "--net", "sh"], { stdin: script, timeout: 10_000 });
  const passed = new Set(stdout.split("\n"));
  return [
    { name: "network namespaces", present: namespaces.exitCode === 0, without: "no lab can be built" },
    ...probes.map(({ name, without }, index) => ({ name, present: passed.has(`ok ${index}`), without })),
  ];
}

/** A kernel with the bpf system call has its file system. */
async function hasBpf(): Promise<boolean> {
  return (await readFile("/proc/filesystems", "utf8").catch(() => "")).includes("\tbpf\n");
}
