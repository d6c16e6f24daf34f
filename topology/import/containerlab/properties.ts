/** Properties of nodes: which are taken over, and what is said of the others. */

/** Read elsewhere in this folder. */
const taken = new Set([
  "kind",
  "group",
  "image",
  "binds",
  "env",
  "env-files",
  "exec",
  "cmd",
  "entrypoint",
  "sysctls",
  "network-mode",
  "mgmt-ipv4",
  "mgmt-ipv6",
  "aliases",
  "stages",
  "devices",
  "volumes",
  "tmpfs",
]);

/** They say how a container is run, not what network it makes. */
const withoutEffect = new Set([
  "type",
  "labels",
  "position",
  "hostname",
  "image-pull-policy",
  "restart-policy",
  "auto-remove",
  "runtime",
  "credentials",
  "username",
  "password",
  "link-apply-mode",
  "cap-add",
  "privileged",
  "pid-mode",
  "cgroupns-mode",
  "cgroup-parent",
  "security-opts",
  "shm-size",
  "extras",
  "config",
  "enforce-startup-config",
  "suppress-startup-config",
  "components",
  "license",
]);

/** What is told of each where it is left out. */
const leftOut: Readonly<Record<string, string>> = {
  ports: "No port is published: nothing of a lab is reached from outside. `lab exec` reaches its nodes.",
  user: "Everything on a node runs as root.",
  dns: "Names of the lab resolve; servers outside it can't be reached.",
  cpu: "Nodes have no limits of their own.",
  "cpu-set": "Nodes have no limits of their own.",
  memory: "Nodes have no limits of their own.",
  healthcheck: "The lab's checks tell whether it works.",
  certificate: "No certificates are made.",
  "startup-config": "Nodes of this kind have none.",
  "startup-delay": "Nodes start when those that they wait for are set up; a delay adds nothing to that.",
};

export type PropertyUse = { readonly kind: "taken" | "without-effect" | "unknown" } | LeftOut;

interface LeftOut {
  readonly kind: "left-out";
  readonly reason: string;
}

export function useOf(property: string): PropertyUse {
  if (taken.has(property)) return { kind: "taken" };
  if (withoutEffect.has(property)) return { kind: "without-effect" };
  const reason = Object.hasOwn(leftOut, property) ? leftOut[property] : undefined;
  return reason === undefined ? { kind: "unknown" } : { kind: "left-out", reason };
}

export const knownProperties: readonly string[] = [...taken, ...withoutEffect, ...Object.keys(leftOut)];
