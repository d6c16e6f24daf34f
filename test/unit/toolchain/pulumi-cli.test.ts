import { createServer } from "node:http";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { projectDirectory } from "../../../toolchain/paths.mjs";
import { pulumiTool, type Surroundings } from "../../../toolchain/pulumi-cli.ts";
import { obtain, type Found } from "../../../toolchain/tool.ts";
import { machine, type Machine } from "./machine.ts";

const unreachable = "http://127.0.0.1:1/install.sh";

/** This machine's own Go must not be found. */
const surroundings = ({ env, cache, say }: Machine, installerUrl = unreachable): Surroundings => ({
  env,
  cache,
  say,
  installerUrl,
  goDirectories: [],
});
const find = (made: Machine, installerUrl?: string): Promise<Found> =>
  obtain(pulumiTool(surroundings(made, installerUrl)));

/** A CLI that says this version, with its language host beside it. */
function cli(made: Machine, directory: string, version: string): string {
  made.script(`${directory}/pulumi-language-nodejs`, "");
  return made.script(`${directory}/pulumi`, `echo ${version}`);
}

describe("pulumi on PATH", () => {
  test("is taken when it is new enough, under its own version", async () => {
    const made = machine();
    const command = cli(made, "bin", "v3.300.1");
    expect(await find(made)).toEqual({ command, version: "3.300.1", origin: "official" });
  });

  test.each([
    ["an older one", "echo v3.258.9", /is v3\.258\.9, and 3\.259\.0 or a later 3\.x is needed/],
    ["one of the next major version", "echo v4.0.0", /is v4\.0\.0, and/],
    ["a broken one", "echo no library >&2; exit 127", /does not run: no library/],
    ["something else of that name", "echo hello", /does not run/],
  ])("%s is passed over with the reason", async (_name, body, reason) => {
    const made = machine();
    made.script("bin/pulumi-language-nodejs", "");
    made.script("bin/pulumi", body);
    await expect(find(made)).rejects.toThrow(reason);
  });

  test("one without a Node.js language host is passed over", async () => {
    const made = machine();
    made.script("bin/pulumi", "echo v3.259.0");
    await expect(find(made)).rejects.toThrow(/has no pulumi-language-nodejs beside it/);
  });

  test("a good one behind an old one is found", async () => {
    const made = machine();
    cli(made, "bin", "v3.1.0");
    const command = cli(made, "later", "v3.259.0");
    const env = { ...made.env, PATH: `${made.env["PATH"]}:${made.directory}/later` };
    expect(await obtain(pulumiTool({ ...surroundings(made), env }))).toMatchObject({ command });
  });

  test("a clone's own `pulumi` isn't taken for one", async () => {
    const made = machine();
    made.script("bin/pulumi", readFileSync(join(projectDirectory, "cli", "pulumi"), "utf8"));
    made.script("bin/pulumi-language-nodejs", "");
    await expect(find(made)).rejects.toThrow(/pulumi on PATH: none there/);
  });
});

describe("the official installer", () => {
  async function host(status: number): Promise<string> {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/install.sh`;
  }

  /** Does what npm's package pulumi does: installs under PULUMI_HOME. */
  const installing = `[ "$*" = "exec --yes --package=pulumi@3.259.0 -- pulumi version" ] || exit 9
bin=$PULUMI_HOME/versions/$PULUMI_VERSION/bin; mkdir -p "$bin"
printf '#!/bin/sh\\necho v3.259.0\\n' >"$bin/pulumi"; cp "$bin/pulumi" "$bin/pulumi-language-nodejs"; chmod +x "$bin"/*
echo run >>"$HOME.npm"`;

  test("installs the pinned version in the cache, and once only", async () => {
    const made = machine();
    made.script("bin/npm", installing);
    const url = await host(200);
    const expected = {
      command: join(made.cache, "pulumi-official/versions/3.259.0/bin/pulumi"),
      version: "3.259.0",
      origin: "official",
    };
    expect(await find(made, url)).toEqual(expected);
    expect(await find(made, unreachable)).toEqual(expected);
    expect(readFileSync(join(made.directory, "home.npm"), "utf8")).toBe("run\n");
  });

  test("isn't started when its host can't be reached, and says so at once", async () => {
    const made = machine();
    made.script("bin/npm", installing);
    const began = performance.now();
    await expect(find(made)).rejects.toThrow(/installer .*: http:\/\/127\.0\.0\.1:1\/install\.sh can't be reached: /);
    expect(performance.now() - began).toBeLessThan(3000);
    expect(existsSync(join(made.directory, "home.npm"))).toBe(false);
  });

  test.each([
    ["its host refuses", 403, installing, /can't be reached: HTTP 403/],
    ["it fails", 200, "echo pulumi: HTTP 503 fetching it >&2; exit 1", /installer .*: pulumi: HTTP 503 fetching it/],
  ])("when %s, the reason is named", async (_name, status, npm, reason) => {
    const made = machine();
    made.script("bin/npm", npm);
    await expect(find(made, await host(status))).rejects.toThrow(reason);
  });
});

describe("a build of the Go module", () => {
  const go = (build: string, version = "go1.26.1"): string => `case $1 in
  env) echo ${version} ;;
  build) echo run >>"$HOME.go"; ${build} ;;
esac`;
  const builds = `[ -f go.mod ] && [ -f go.sum ] && printf '#!/bin/sh\\necho v3.259.0\\n' >pulumi && chmod +x pulumi`;
  const runs = (made: Machine): number => readFileSync(join(made.directory, "home.go"), "utf8").split("\n").length - 1;

  test("is kept in the cache with the language host beside it, and isn't done again", async () => {
    const made = machine();
    made.script("bin/go", go(builds));
    const built = await find(made);
    expect(built).toMatchObject({ version: "3.259.0", origin: "built" });
    expect(built.command.startsWith(join(made.cache, "pulumi", "3.259.0-"))).toBe(true);
    expect(await find(made)).toEqual(built);
    expect(runs(made)).toBe(1);
    expect(made.said.join()).toContain("building it with");
  });

  test("is done once by two runs at the same time", async () => {
    const made = machine();
    made.script("bin/go", go(builds));
    const [one, two] = await Promise.all([find(made), find(made)]);
    expect(one).toEqual(two);
    expect(runs(made)).toBe(1);
  });

  test("whose file was damaged is done again, and leftovers of a killed one are taken away", async () => {
    const made = machine();
    made.script("bin/go", go(builds));
    const { command } = await find(made);
    const folder = join(command, "..");
    writeFileSync(command, "#!/bin/sh\necho v3.999.0\n");
    made.file(`cache/pulumi/.build-${folder.split("/").at(-1)}-killed/pulumi`, "half");
    expect(await find(made)).toMatchObject({ version: "3.259.0" });
    expect(runs(made)).toBe(2);
    expect(readdirSync(join(made.cache, "pulumi")).filter((name) => name.startsWith(".build"))).toEqual([]);
  });

  test.each([
    ["go is missing", undefined, /a build of its Go module: go isn't on PATH: install Go 1\.\d+\.\d+ or later from/],
    ["go is too old to fetch the toolchain that go.mod names", go(builds, "go1.19.8"), /is 1\.19\.8: install Go 1\./],
    ["the build fails", go("echo 'proxy: 404 Not Found' >&2; exit 1"), /`go build` failed: proxy: 404 Not Found/],
    [
      "what it built does not run",
      go("printf '#!/bin/sh\\nexit 3\\n' >pulumi; chmod +x pulumi"),
      /what it built does not run/,
    ],
  ])("when %s, the error names it among all ways", async (_name, body, reason) => {
    const made = machine();
    if (body !== undefined) made.script("bin/go", body);
    const error = await find(made).catch((thrown: unknown) => String(thrown));
    expect(error).toMatch(reason);
    expect(error).toMatch(/pulumi on PATH: .*\n.*the official installer .*\n.*a build of its Go module/);
    expect(
      existsSync(join(made.cache, "pulumi"))
        ? readdirSync(join(made.cache, "pulumi")).filter((name) => name.startsWith(".build"))
        : [],
    ).toEqual([]);
  });
});
