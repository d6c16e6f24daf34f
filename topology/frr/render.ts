/** A router's configuration for FRR 8.4: a file for each of its daemons, as in Debian's /etc/frr. Pure. */
import { policyOf } from "../bird/neighbour.ts";
import { runsOspf } from "../bird/origins.ts";
import type { RenderedRouter, RouterProcess } from "../daemons/rendered.ts";
import type { Router, Topology } from "../topology.ts";
import { renderBgpd } from "./bgpd.ts";
import { renderOspf6d, renderOspfd } from "./ospf.ts";
import { renderStaticd, renderZebra } from "./zebra.ts";

/** Folders in the node's directory, and where FRR has them. The last is for its logs of crashes. */
const folders = { "/etc/frr": "frr", "/run/frr": "frr-run", "/var/tmp": "frr-tmp" } as const;

/**
 * zebra, and those of bgpd, ospfd, ospf6d and staticd that have something to do. What decides between routes and what is
 * given to whom is the same as in BIRD's configuration.
 */
export function renderFrr(topology: Topology, router: Router): RenderedRouter {
  const ospf = runsOspf(topology, router) && !router.routeServer;
  const texts: readonly (readonly [name: string, lines: readonly string[]])[] = [
    ["zebra", renderZebra(topology, router)],
    ["staticd", renderStaticd(topology, router)],
    ["ospfd", ospf && topology.families.includes("ipv4") ? renderOspfd(topology, router) : []],
    ["ospf6d", ospf && topology.families.includes("ipv6") ? renderOspf6d(topology, router) : []],
    ["bgpd", renderBgpd(topology, router)],
  ];
  const used = texts.filter(([, lines]) => lines.length > 0);
  const head = (name: string): string[] => [
    `! ${router.name}: AS ${router.asn}, ${name}`,
    `hostname ${router.name}`,
    "log stdout informational",
  ];
  return {
    files: {
      "frr/vtysh.conf": `hostname ${router.name}\nno service integrated-vtysh-config\n`,
      ...Object.fromEntries(
        used.map(([name, lines]) => [`frr/${name}.conf`, `${[...head(name), ...lines].join("\n")}\n`]),
      ),
    },
    processes: used.map(([name]): RouterProcess => {
      const modules = name === "bgpd" && policyOf(topology, router).originValidation ? ["-M", "rpki"] : [];
      return {
        name,
        command: [
          `/usr/lib/frr/${name}`,
          ...["-u", "root", "-g", "root", "-f", `/etc/frr/${name}.conf`, "-P", "0", "--log", "stdout"],
          ...modules,
        ],
        reads: [`frr/${name}.conf`],
        reload: {
          kind: "command",
          command: [...["/usr/lib/frr/frr-reload.py", "--reload", "--daemon", name], `/etc/frr/${name}.conf`],
        },
        socket: `${folders["/run/frr"]}/${name === "zebra" ? "zserv.api" : `${name}.vty`}`,
        // Its clients would look for it again after ten seconds.
        ...(name === "zebra" ? {} : { after: `${folders["/run/frr"]}/zserv.api` }),
        changesUser: true,
      };
    }),
    mounts: folders,
  };
}
