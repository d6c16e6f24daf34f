import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { installedPlugin, pluginDirectory, planSetUp } from "../../../toolchain/plan.mjs";
import { ensurePlugins, placeStandIns, type PluginSurroundings } from "../../../toolchain/plugins.ts";
import { machine, type Machine } from "./machine.ts";

/** A clone with the packages, and a CLI whose `plugin install` does this. */
function clone(
  install = "exit 1",
  url = "http://127.0.0.1:1/plugin.tar.gz",
): Machine & { surroundings: PluginSurroundings } {
  const made = machine();
  for (const [name, version] of [
    ["docker", "5.2.0"],
    ["command", "1.2.1"],
  ])
    made.file(`node_modules/@pulumi/${name}/package.json`, JSON.stringify({ version, pulumi: { name, version } }));
  const command = made.script("pulumi", `echo "$*" >>${made.directory}/installs\n${install}`);
  const env = { ...made.env, PULUMI_HOME: join(made.directory, "pulumi-home") };
  const surroundings = {
    ...{ directory: made.directory, env, say: made.say },
    pulumi: { command, env: {} },
    downloadUrl: () => url,
  };
  return { ...made, surroundings };
}

async function reachable(): Promise<string> {
  const server = createServer((_request, response) => response.end());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/plugin.tar.gz`;
}

const official = (made: Machine, name: string, version: string): string =>
  made.script(`pulumi-home/plugins/resource-${name}-v${version}/pulumi-resource-${name}`, "# official");

describe("a plugin that a lab needs", () => {
  test("is the official one where it is there", async () => {
    const made = clone();
    const command = official(made, "docker", "5.2.0");
    const found = await ensurePlugins(["docker"], made.surroundings);
    expect(found).toEqual([{ command, version: "5.2.0", origin: "official" }]);
    expect(made.said).toEqual([]);
  });

  test("is downloaded where that is possible", async () => {
    const folder = "$PULUMI_HOME/plugins/resource-docker-v5.2.0";
    const made = clone(`mkdir -p ${folder}; echo binary >${folder}/pulumi-resource-docker`, await reachable());
    expect(await ensurePlugins(["docker"], made.surroundings)).toMatchObject([{ origin: "official" }]);
    expect(made.said).toEqual(["Pulumi plugin docker 5.2.0: downloading it"]);
  });

  test("is a stand-in where it isn't, and stays so without asking again", async () => {
    const made = clone();
    const [found] = await ensurePlugins(["docker"], made.surroundings);
    expect(found).toMatchObject({ version: "5.2.0", origin: "stand-in" });
    await ensurePlugins(["docker"], made.surroundings);
    expect(made.said).toEqual([
      "Pulumi plugin docker 5.2.0: Labwright's stand-in, as the official one can't be downloaded",
    ]);
    expect(existsSync(join(made.directory, "installs"))).toBe(false);
  });

  test("is a stand-in where the download fails half-way", async () => {
    const folder = "$PULUMI_HOME/plugins/resource-docker-v5.2.0";
    const made = clone(
      `mkdir -p ${folder}; touch ${folder}.partial; echo half >${folder}/pulumi-resource-docker; exit 1`,
      await reachable(),
    );
    expect(await ensurePlugins(["docker"], made.surroundings)).toMatchObject([{ origin: "stand-in" }]);
    expect(installedPlugin("docker", made.directory, made.surroundings.env)?.origin).toBe("stand-in");
  });
});

describe("set-up", () => {
  test("places stand-ins where no download is possible, beside what is there", async () => {
    const made = clone();
    official(made, "command", "1.2.1");
    expect(await placeStandIns(made.surroundings)).toEqual([]);
    const origins = (["command", "docker"] as const).map(
      (name) => installedPlugin(name, made.directory, made.surroundings.env)?.origin,
    );
    expect(origins).toEqual(["official", "stand-in"]);
    expect(planSetUp(made.directory, made.surroundings.env).plugins).toBe(false);
  });

  test("leaves a download that is possible to the engine, and remembers that it is", async () => {
    const made = clone("", await reachable());
    const downloadable = await placeStandIns(made.surroundings);
    expect(downloadable).toEqual(["command 1.2.1", "docker 5.2.0"]);
    expect(existsSync(pluginDirectory("docker", made.directory, made.surroundings.env))).toBe(false);
    expect(planSetUp(made.directory, made.surroundings.env).plugins).toBe(true);
    made.file(".labwright/tools.json", JSON.stringify({ downloadable }));
    expect(planSetUp(made.directory, made.surroundings.env).plugins).toBe(false);
  });
});

test("a stand-in serves the engine: it says the port that it listens on", async () => {
  const made = clone();
  const [found] = await ensurePlugins(["docker"], made.surroundings);
  // Its output ends with its life, which ends with that of the shell that started it.
  const { stdout } = spawnSync(
    "sh",
    ["-c", `"$0" >port & while [ ! -s port ]; do sleep 0.05; done; cat port`, found?.command ?? ""],
    {
      cwd: made.directory,
      encoding: "utf8",
      timeout: 15_000,
    },
  );
  expect(stdout).toMatch(/^\d+\n$/);
});
