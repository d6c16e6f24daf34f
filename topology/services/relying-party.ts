/** Routinator: validates what an authority publishes, and gives it to routers. */
import type { Topology } from "../topology.ts";
import type { Daemon, Place } from "./render.ts";
import { defaultRtrPort } from "./rtr.ts";
import type { RelyingPartySpec } from "./spec.ts";

/** TCP port of its status page, which `routinator` has no command for; on the loopback interface. */
export const statusPort = 8323;

export function renderRelyingParty(
  { families }: Topology,
  { name, directory }: Place,
  { authority, port = defaultRtrPort }: RelyingPartySpec,
): Daemon {
  const trusts = { authority, locator: `${name}/locators/${authority}.tal`, root: `${name}/root.pem` };
  const settings = [
    `repository-dir = "${directory}/repository"`,
    "no-rir-tals = true",
    `extra-tals-dir = "${directory}/locators"`,
    `rrdp-root-certs = ["${directory}/root.pem"]`,
    "disable-rsync = true",
    "# A URI with a port counts as dubious.",
    "allow-dubious-hosts = true",
    "# Seconds; 600 on the Internet. A run takes some milliseconds here.",
    "refresh = 1",
    `rtr-listen = ["${families.includes("ipv6") ? "[::]" : "0.0.0.0"}:${port}"]`,
    `http-listen = ["127.0.0.1:${statusPort}"]`,
    'log = "stderr"',
    "# Says why an object was not taken.",
    "log-repository-issues = true",
  ];
  return {
    prepare: ["mkdir", "-p", `${directory}/repository`],
    command: ["routinator", "--config", `${directory}/routinator.conf`, "server"],
    files: { [`${name}/routinator.conf`]: `${settings.join("\n")}\n` },
    trusts,
  };
}
