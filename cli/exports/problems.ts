/** What a topology file can't say, or a container can't be, each with its place and what to do about it. */
import type { Problem } from "../../topology/problem.ts";
import type { Credential } from "../../topology/pki/pki.ts";

/** Where a container has what a node here has in its own directory, which is in /run. */
export const directory = "/var/lib/labwright";

const leaveOut = "Leave the service out of the lab that is exported.";

export function noImage(node: string): Problem {
  const hint = "Name one by --image: with iproute2 and the daemons that the lab's nodes run.";
  return { code: "no-image", path: `nodes.${node}`, expected: "a container image", hint };
}

export function noImpairments(name: string): Problem {
  const hint = "containerlab's files don't say it; `containerlab tools netem set` does, once the lab is up.";
  return { code: "impairments", path: name, expected: "no impairments", hint };
}

export function noQuerier(name: string, bridge: string): Problem {
  return {
    code: "multicast-querier",
    path: `segments.${name}.multicastQuerier`,
    found: true,
    expected: "a switch that asks nobody",
    hint: `The bridge is the host's: \`ip link set dev ${bridge} type bridge mcast_querier 1\` sets it there.`,
  };
}

/** An export is a file to be given away: no private key is in it, and what goes with one is of no use without. */
export function noCredentials(node: string, credentials: readonly Credential[]): Problem {
  return {
    code: "credentials",
    path: `nodes.${node}.credentials`,
    found: credentials.map(({ path }) => path),
    expected: "no certificates, keys or revocation lists",
    hint: `No export has a private key. \`lab pki export\` writes them; a container has them in ${directory}.`,
  };
}

export function noClock(node: string, seconds: number): Problem {
  return {
    code: "clock",
    path: `nodes.${node}.clock`,
    found: seconds,
    expected: "the host's clock, which containers have",
    hint: "An image with libfaketime, and its variables under `env`, do the same.",
  };
}

export function noDockerObjects(path: string, networks: number, containers: number): Problem {
  return {
    code: "docker",
    path,
    found: { networks, containers },
    expected: "no Docker daemon with networks and containers",
    hint: `They are made by that daemon when it runs. ${leaveOut}`,
  };
}

export function noAuthority(path: string): Problem {
  return {
    code: "certification-authority",
    path,
    found: "krill",
    expected: "no authority that signs when it runs",
    hint: "The topology's ROAs are given to Krill when it is up. A service of kind `rtr` has them in a file.",
  };
}

export function noTrustAnchor(path: string, authority: string): Problem {
  return {
    code: "trust-anchor",
    path,
    found: authority,
    expected: "no trust anchor",
    hint: "An authority has one when it is up. A service of kind `rtr` has the topology's ROAs in a file.",
  };
}

/** Programs of this project are in no image. */
export function ownProgram(path: string, program: string): Problem {
  return {
    code: "own-program",
    path,
    found: program,
    expected: "a program that an image can have",
    hint: `It is a program of this project. ${leaveOut}`,
  };
}

export function noUser(path: string, user: string): Problem {
  return {
    code: "user",
    path,
    found: user,
    expected: "a daemon that root runs",
    hint: `Its files are root's in a container, as the commands are. ${leaveOut}`,
  };
}

/** A bind is written with colons between its parts. */
export function badPath(node: string, path: string): Problem {
  return {
    code: "bad-path",
    path: `nodes.${node}.files`,
    found: path,
    expected: "a path without colons",
    hint: "containerlab divides a bind's parts by colons.",
  };
}
