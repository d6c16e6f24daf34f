/** Private keys of labs, wherever they could be read by others: looked for while a lab comes up and is rotated. */
import { createPrivateKey } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findLab } from "../../labs/index.ts";
import { situationOf } from "../../labs/situation.ts";
import { nodeContainers } from "../../provider/container/docker.ts";
import { runDirectory } from "../../provider/container/directory.ts";
import type { Holder } from "../../provider/sandbox/holder.ts";
import { waitFor } from "../../provider/wait.ts";
import { connectDocker } from "../../toolchain/docker/client.ts";
import { needs } from "../requirements.ts";
import { needsOf } from "../support/needs-of.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { holds, inSandbox, onHost, pemLines, tellTales, watchProcesses } from "../support/secrets.ts";

const cases = [
  { name: "mtls", runtime: "namespace", rotated: "issuing" },
  { name: "mtls", runtime: "container", rotated: "server" },
  { name: "mtls-database", runtime: "namespace", rotated: "orders" },
  { name: "zero-trust", runtime: "namespace", rotated: "orders" },
] as const;
const required = {
  namespace: needs("pulumi", "namespaces"),
  container: needs("pulumi", "root", "docker", "mmdebstrap"),
};

for (const { name, runtime, rotated } of cases) {
  const lab = await findLab(name);
  const options = needsOf(lab, required[runtime], runtime === "container");
  const { nodes } = situationOf(lab, {}).topology;

  describe(`private keys of ${name}, nodes being ${runtime}`, { ...options, timeout: 300_000 }, () => {
    let project: TestProject;
    let holder: Holder;
    let marker: string;
    let lines: readonly string[];
    let keys: readonly string[];
    let processes: readonly string[];
    let watch: ReturnType<typeof watchProcesses> | undefined;
    const printed: string[] = [];
    const run = async (...args: readonly string[]): Promise<void> => {
      const { exitCode, stdout, stderr } = await project.lab(args);
      expect(exitCode, stderr + stdout).toBe(0);
      printed.push(stdout, stderr);
    };
    /** What there is now; of the folder nothing stays. */
    const exported = async (): Promise<string[]> => {
      const folder = join(project.directory, "exported");
      await project.good(["pki", "export", name, folder]);
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".key"));
      const keys = files.map((path) => readFileSync(join(folder, path), "utf8"));
      rmSync(folder, { recursive: true });
      return keys;
    };

    beforeAll(async () => {
      if (options.skip) return;
      project = makeProject();
      marker = join(project.directory, "began");
      writeFileSync(marker, "");
      watch = watchProcesses();
      await run("up", name, ...(runtime === "container" ? ["--set", "runtime=container"] : []));
      const before = await exported();
      await run("pki", "rotate", name, rotated);
      const after = await exported();
      keys = after;
      processes = [...watch.seen];
      expect(after).not.toEqual(before);
      lines = tellTales([...new Set([...before, ...after])]);
      expect(new Set(lines).size).toBe(lines.length);
      holder = (await project.holder(name)) ?? expect.fail("no sandbox");
    }, 300_000);
    afterAll(async () => {
      watch?.stop();
      await project?.remove();
    });

    test("are in no argument and no environment of any process", () => {
      expect(processes.filter((text) => text.includes("cli/main.ts") && text.includes(project.directory))).not.toEqual(
        [],
      );
      expect(processes.filter((text) => holds(text, lines))).toEqual([]);
    });

    test("are encrypted in the state, and in nothing that was printed", async () => {
      const state = await project.pulumi(["stack", "export", "--stack", name]);
      expect(state.stdout).toContain("labwright:pki:Authority");
      expect(holds(state.stdout, lines)).toBe(false);
      expect(state.stdout).not.toContain("PRIVATE KEY");
      expect(holds(printed.join("\n"), lines)).toBe(false);
      const shown = await project.pulumi(["stack", "export", "--stack", name, "--show-secrets"]);
      expect(pemLines(keys).filter((line) => !shown.stdout.includes(line))).toEqual([]);
    });

    const declared = nodes
      .flatMap(({ name: node, credentials }) =>
        credentials
          .filter(({ spec }) => spec.content === "key" || spec.content === "combined")
          .map(({ path }) => `600 nodes/${node}/${path}`),
      )
      .sort();
    const relative = (file: string): string => file.replace(/ \/run\/(labwright\/[^/]+\/)?nodes\//, " nodes/");

    test("are on the nodes in the files that are declared, which their owner alone may read, and in no others", async () => {
      // Containers have theirs mounted from the host's directory of the lab, which the sandbox shows too.
      expect([...new Set((await inSandbox(holder, marker, lines)).map(relative))]).toEqual(declared);
    });

    test("are in no other file of the host", () => {
      const directory = `${runDirectory(project.key(name))}/`;
      const files = onHost(marker, lines);
      expect(files.filter((file) => file.includes(directory)).map(relative)).toEqual(
        runtime === "container" ? declared : [],
      );
      expect(files.filter((file) => !file.includes(directory))).toEqual([]);
    });

    if (runtime === "container")
      test("are in nothing that Docker tells of a container", async () => {
        const docker = await connectDocker();
        const containers = await nodeContainers(docker, project.key(name));
        expect(containers).toHaveLength(nodes.length);
        for (const { id } of containers) {
          const container = docker.getContainer(id);
          expect(holds(JSON.stringify(await container.inspect()), lines)).toBe(false);
          const log = await container.logs({ stdout: true, stderr: true });
          expect(holds(log.toString(), lines)).toBe(false);
        }
      });

    test("would be found if they were in one of these places", async () => {
      const [line = ""] = lines;
      const watch = watchProcesses();
      const planted = spawn("sh", ["-c", "read _", "sh", line], { stdio: ["pipe", "ignore", "ignore"] });
      const inEnvironment = spawn("sh", ["-c", "read _"], { stdio: ["pipe", "ignore", "ignore"], env: { KEY: line } });
      await Promise.all([once(planted, "spawn"), once(inEnvironment, "spawn")]);
      try {
        await waitFor("the key to be seen among arguments and in an environment", 10_000, async () => {
          const found = [...watch.seen].filter((text) => holds(text, lines));
          return found.some((text) => text.startsWith("sh\0")) && found.some((text) => text.includes("KEY="))
            ? undefined
            : `${found.length} places with it`;
        });
      } finally {
        watch.stop();
        planted.kill();
        inEnvironment.kill();
      }

      const [key = ""] = keys;
      const files = {
        [join(project.directory, ".labwright/planted/log")]: `a log: ${line}\n`,
        [join(tmpdir(), `planted-${process.pid}`)]: `tls.key: ${Buffer.from(`\n${key}`).toString("base64")}\n`,
        [`/dev/shm/planted-${process.pid}`]: JSON.stringify(createPrivateKey(key).export({ format: "jwk" })),
      };
      mkdirSync(join(project.directory, ".labwright/planted"));
      for (const [file, text] of Object.entries(files)) writeFileSync(file, text, { mode: 0o644 });
      try {
        expect(onHost(marker, lines)).toEqual(expect.arrayContaining(Object.keys(files).map((file) => `644 ${file}`)));
      } finally {
        for (const file of Object.keys(files)) rmSync(file);
      }

      const { name: node = "" } = nodes[0] ?? {};
      await project.good([
        "exec",
        name,
        node,
        "--",
        "sh",
        "-c",
        `umask 022; echo '${line}' >/run/nodes/${node}/some.log`,
      ]);
      expect((await inSandbox(holder, marker, lines)).map(relative)).toContain(`644 nodes/${node}/some.log`);
    });
  });
}
