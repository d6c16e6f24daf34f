/** The images of labs that run in containers. */
import type { ImageDefinition } from "./definition.ts";

const routerPackages = ["bird2", "iproute2", "iputils-ping", "nftables", "procps", "tcpdump", "traceroute"] as const;

/** Waits for a lab to put its daemons into it; ends at once when it is told to. */
const command = ["sleep", "infinity"];

const servicePackages = [
  "bind9-dnsutils",
  "busybox",
  "ca-certificates",
  "curl",
  "faketime",
  "iptables",
  "knot",
  "mtr-tiny",
  "nginx-light",
  "openssl",
  // With argparse, ipaddress, socket and their like, which is what labs' scripts use.
  "python3-minimal",
  "smcroute",
  "stayrtr",
  // stayrtr takes it or all of systemd.
  "systemd-standalone-sysusers",
  "whois",
] as const;

export const images = [
  {
    name: "router",
    purpose: "routers and hosts: BIRD, and the tools to look at a network with",
    packages: routerPackages,
    command,
  },
  {
    name: "services",
    purpose: "routers that serve as well: name servers, web servers, RTR servers, and their clients",
    packages: [...routerPackages, ...servicePackages],
    command,
  },
  {
    name: "daemons",
    purpose: "routers that run FRR, GoBGP or OpenBGPD; they have what services has, too",
    packages: [
      ...routerPackages,
      ...servicePackages,
      "frr",
      "frr-pythontools",
      "frr-rpki-rtrlib",
      "gobgpd",
      "openbgpd",
    ],
    // FRR's daemons run as root, and give their sockets to this group. A node brings a folder of its own, and root in a
    // container may not take away one that belongs to another user.
    commands: ["usermod --append --groups frrvty root", "rm --recursive --force /etc/frr"],
    command,
  },
  {
    name: "tools",
    purpose: "containers of Docker's own networks: BusyBox, with its web server, and tools to ask and to look",
    packages: ["busybox", "curl", "iproute2", "iputils-ping"],
    command,
  },
] as const satisfies readonly ImageDefinition[];

export type ImageName = (typeof images)[number]["name"];

export function findImage(name: string): ImageDefinition | undefined {
  return images.find((image) => image.name === name);
}
