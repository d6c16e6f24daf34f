/** What the kernel of a node must be told so that routing works and comes up at once. */
import type { Machine, Policy, Topology } from "../topology.ts";

/**
 * Sysctls of a router. They must be set before its interfaces are made: those take their settings from `default`.
 */
export function routerSysctls(topology: Topology, policy: Policy): Readonly<Record<string, string>> {
  const sysctls: Record<string, string> = {};
  if (topology.families.includes("ipv4"))
    Object.assign(sysctls, {
      "net.ipv4.ip_forward": "1",
      // Routes between ASes are often asymmetric: a reverse-path check would drop them.
      "net.ipv4.conf.all.rp_filter": "0",
      "net.ipv4.conf.default.rp_filter": "0",
      "net.ipv4.conf.all.send_redirects": "0",
      "net.ipv4.conf.default.send_redirects": "0",
      // Each probe of a traceroute is answered.
      "net.ipv4.icmp_ratelimit": "0",
    });
  if (topology.families.includes("ipv6"))
    Object.assign(sysctls, {
      "net.ipv6.conf.all.forwarding": "1",
      "net.ipv6.conf.default.forwarding": "1",
      "net.ipv6.icmp.ratelimit": "0",
      ...declaredAddresses,
    });
  // Flows to one address are told apart by their ports.
  if (policy.multipath)
    for (const family of topology.families) sysctls[`net.${family}.fib_multipath_hash_policy`] = "1";
  return sysctls;
}

/** Sysctls of a host; as for a router, before its interfaces are made. */
export function hostSysctls(topology: Topology): Readonly<Record<string, string>> {
  return {
    // Each probe of a traceroute is answered.
    ...(topology.families.includes("ipv4") ? { "net.ipv4.icmp_ratelimit": "0" } : {}),
    ...(topology.families.includes("ipv6") ? { "net.ipv6.icmp.ratelimit": "0", ...declaredAddresses } : {}),
  };
}

/** Sysctls of a machine: as its author expects them of a container, with addresses that can be used at once. */
export function machineSysctls(topology: Topology, { forwarding }: Machine): Readonly<Record<string, string>> {
  const on = forwarding ? "1" : "0";
  return {
    ...(topology.families.includes("ipv4")
      ? {
          "net.ipv4.ip_forward": on,
          "net.ipv4.conf.all.rp_filter": "0",
          "net.ipv4.conf.default.rp_filter": "0",
          "net.ipv4.icmp_ratelimit": "0",
        }
      : {}),
    ...(topology.families.includes("ipv6")
      ? {
          "net.ipv6.conf.all.forwarding": on,
          "net.ipv6.conf.all.accept_dad": "0",
          "net.ipv6.conf.default.accept_dad": "0",
          "net.ipv6.icmp.ratelimit": "0",
        }
      : {}),
  };
}

/**
 * Addresses are declared, so nothing is gained by waiting a second or two for duplicate address detection (RFC 4862),
 * no router's advertisement may add any, and a link that goes down and comes back has the addresses that it had.
 */
const declaredAddresses = {
  "net.ipv6.conf.all.accept_dad": "0",
  "net.ipv6.conf.default.accept_dad": "0",
  "net.ipv6.conf.all.accept_ra": "0",
  "net.ipv6.conf.default.accept_ra": "0",
  "net.ipv6.conf.all.keep_addr_on_down": "1",
  "net.ipv6.conf.default.keep_addr_on_down": "1",
} as const;
