import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemPackages } from "../../../toolchain/plan.mjs";
import { installScript, installSystemPackages, missingPackages, type Host } from "../../../toolchain/system.ts";
import { needs } from "../../requirements.ts";
import { machine, type Machine } from "./machine.ts";

/** A machine with every command but those of `without`. */
function host(without: readonly string[], more: Partial<Host> = {}): { made: Machine; host: Host } {
  const made = machine();
  for (const entry of systemPackages) {
    if (without.includes(entry.package)) continue;
    for (const command of entry.commands)
      made.script(`bin/${command}`, command === "bird" ? "echo BIRD version 2.0.12 >&2" : "");
  }
  return {
    made,
    host: {
      env: { ...made.env, PATH: join(made.directory, "bin") },
      uid: 0,
      terminal: false,
      say: made.say,
      system: [],
      ...more,
    },
  };
}

const privileged = `[ "$1" = -n ] && shift; exec "$@"`;

test("nothing is started where nothing is missing", async () => {
  const { host: complete, made } = host([]);
  await installSystemPackages(complete);
  expect(made.said).toEqual([]);
});

test("a package counts as missing when one of its commands is", () => {
  const { made, host: complete } = host(["bird2"]);
  made.script("bin/bird", "");
  expect(missingPackages(complete).map((entry) => entry.package)).toEqual(["bird2"]);
});

describe("what is missing", () => {
  // The real script's root half is faked by a `sh` that stands in for apt-get's success.
  const installs = (made: Machine): string =>
    `shift 2; echo "$*" >>${made.directory}/installed; for p in bird birdc tcpdump; do printf '#!/bin/sh\\necho BIRD version 2.0.12\\n' >${made.directory}/bin/$p; done; /bin/chmod +x ${made.directory}/bin/*`;

  test("is installed by apt-get as root, and said before", async () => {
    const { made, host: root } = host(["bird2", "tcpdump"]);
    made.script("bin/apt-get", "");
    made.script("bin/sh", installs(made));
    await installSystemPackages(root);
    expect(readFileSync(join(made.directory, "installed"), "utf8")).toBe("bird2 tcpdump\n");
    expect(made.said).toEqual(["System packages: apt-get install bird2 tcpdump"]);
  });

  test("is installed through sudo where it asks no password", async () => {
    const { made, host: user } = host(["tcpdump"], { uid: 1000 });
    made.script("bin/apt-get", "");
    made.script("bin/true", "");
    made.script("bin/sudo", privileged);
    made.script("bin/sh", installs(made));
    await installSystemPackages(user);
    expect(existsSync(join(made.directory, "installed"))).toBe(true);
  });

  test.each([
    ["there is no sudo", undefined],
    ["sudo would ask for a password and nobody is there to type it", "exit 1"],
  ])("is named with the command to type when %s", async (_name, sudo) => {
    const { made, host: user } = host(["bird2", "tcpdump"], { uid: 1000 });
    made.script("bin/apt-get", "");
    if (sudo !== undefined) made.script("bin/sudo", sudo);
    await expect(installSystemPackages(user)).rejects.toThrow(
      "Type this, then try again:\n  sudo apt-get install bird2 tcpdump",
    );
  });

  test("is named by command on a system without apt-get", async () => {
    const { host: other } = host(["bird2", "tcpdump"]);
    await expect(installSystemPackages(other)).rejects.toThrow(
      /no apt-get.*\n  - bird, birdc: the routing daemon.* \(bird2 in Debian\)\n  - tcpdump: lab capture/,
    );
  });

  test("and that apt-get can't install is named with apt-get's reason", async () => {
    const { made, host: root } = host(["bird2"]);
    made.script("bin/apt-get", "");
    made.script("bin/sh", "echo 'E: Unable to locate package bird2' >&2; exit 100");
    await expect(installSystemPackages(root)).rejects.toThrow(
      "apt-get did not install the system packages: E: Unable to locate package bird2. Type this",
    );
  });
});

test("a BIRD without roles is refused with what is needed", async () => {
  const { made, host: old } = host([]);
  made.script("bin/bird", "echo BIRD version 2.0.8 >&2");
  await expect(installSystemPackages(old)).rejects.toThrow(
    "bird2 is 2.0.8, and 2.0.11 or later is needed: earlier ones lack BGP roles (RFC 9234)",
  );
});

describe("the part of the installation that runs as root", needs("root"), () => {
  /** Runs it with a fake apt-get and an empty /usr/sbin of its own. */
  function install(
    apt: string,
    packages: readonly string[],
    before = "exit 1",
  ): { output: string; status: number | null; sbin: string[] } {
    const made = machine();
    const sbin = join(made.directory, "sbin");
    mkdirSync(sbin);
    made.script("bin/apt-get", apt);
    made.script("bin/dpkg-query", before);
    made.script("bin/update-rc.d", 'echo "update-rc.d $*"');
    made.file("install.sh", installScript);
    const command = `mount --bind ${sbin} /usr/sbin && exec sh ${made.directory}/install.sh ${packages.join(" ")}`;
    const { stdout, status } = spawnSync("unshare", ["--mount", "sh", "-c", command], {
      env: made.env,
      encoding: "utf8",
    });
    return { output: stdout, status, sbin: readdirSync(sbin) };
  }

  const asksPolicy = `for service in bird bird6 ssh; do /usr/sbin/policy-rc.d $service start; echo "$service: $?"; done`;

  test("keeps Debian from starting BIRD on the host, lets other services be, and leaves no policy behind", () => {
    const { output, status, sbin } = install(asksPolicy, ["bird2"]);
    expect(output).toContain("bird: 101\nbird6: 101\nssh: 0\n");
    expect([status, sbin]).toEqual([0, []]);
  });

  test("leaves no policy behind when apt-get fails, and gives its exit code", () => {
    const { status, sbin } = install("exit 100", ["bird2"]);
    expect([status, sbin]).toEqual([100, []]);
  });

  test("keeps Debian from making a cluster of databases on the host, and lets be what its owner has set", () => {
    const apt = 'file=/etc/postgresql-common/createcluster.d/labwright.conf; grep -v "^#" $file || echo none';
    const install = (before: string, packages: string): string => {
      const made = machine();
      made.script("bin/apt-get", apt);
      made.script("bin/dpkg-query", "exit 1");
      made.file("install.sh", installScript);
      const place = `mount -t tmpfs tmpfs /etc/postgresql-common 2>/dev/null || { mount -t tmpfs tmpfs /etc && mkdir /etc/postgresql-common; }`;
      const command = `${place}; ${before}; exec sh ${made.directory}/install.sh ${packages}`;
      return spawnSync("unshare", ["--mount", "sh", "-c", command], { env: made.env, encoding: "utf8" }).stdout;
    };
    expect(install("true", "postgresql")).toBe("create_main_cluster = false\n");
    expect(install("true", "tcpdump")).toBe("none\n");
    const owned = "cd /etc/postgresql-common && mkdir createcluster.d && echo own >createcluster.d/labwright.conf";
    expect(install(owned, "postgresql")).toBe("own\n");
  });

  test("gets the lists of packages when they are missing", () => {
    const { output, status } = install(`echo "$1"; [ -e $HOME.lists ] || { [ "$1" = update ] && : >$HOME.lists; }`, [
      "tcpdump",
    ]);
    expect([output, status]).toEqual(["install\nupdate\ninstall\n", 0]);
  });
});
