/** Lab bgp-security with a real authority and a real relying party. */
import { readFile, readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insidePath, type Holder } from "../../provider/sandbox/holder.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";
import { waitFor } from "../../provider/wait.ts";
import { needs } from "../requirements.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const lab = "bgp-security";
const hijacked = "10.101.0.0/16";
const victimsRoa = `${hijacked}-16 => 65001`;

interface Up {
  readonly changes: Readonly<Record<string, number>>;
}

const needed = needs("pulumi", "namespaces", "bird", "krill", "routinator");

describe("bgp-security with rpki=full", { ...needed, timeout: 180_000 }, () => {
  let project: TestProject;
  const up = async (...args: readonly string[]): Promise<Up> => {
    const result = await project.lab(["up", lab, "--json", ...args]);
    expect(result.exitCode, result.stderr).toBe(0);
    return JSON.parse(result.stdout) as Up;
  };
  const good = (...args: readonly string[]): Promise<string> => project.good(args);
  const on = (node: string, ...command: readonly string[]): Promise<string> => good("exec", lab, node, ...command);
  const roas = async (): Promise<string[]> =>
    (await on("ca", "krillc", "roas", "list", "--ca", "lab")).trim().split("\n");
  const origin = async (): Promise<string | undefined> =>
    /BGP\.as_path: .*?(\d+)$/m.exec(await on("trc", "birdc", "show", "route", hijacked, "all"))?.[1];
  const holder = async (): Promise<Holder> => {
    const found = await project.holder(lab);
    if (found === undefined) throw new Error("the lab isn't up");
    return found;
  };
  const inside = async (script: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await scriptInside(await holder(), script);
    expect(exitCode, stderr).toBe(0);
    return stdout.trim();
  };

  beforeAll(async () => {
    project = makeProject();
    if (!needed.skip) await up("--set", "rpki=full", "--set", "validating=all");
  });
  afterAll(() => project?.remove());

  test("up returns with ROAs signed, published, validated, and on every router that validates", async () => {
    expect((await roas()).sort()).toContain("10.111.0.0/16-16 => 65011");
    expect(await roas()).not.toContain(victimsRoa);
    for (const router of ["t1", "trc"]) {
      const table = await on(router, "birdc", "show", "route", "table", "roas4");
      expect(table.match(/^10\.\S+ AS\d+ +\[rtr_rpki /gm)).toHaveLength(4);
    }
    await good("check", lab);
  });

  test("a second up changes nothing, nor does plain pulumi", async () => {
    expect(Object.keys((await up()).changes)).toEqual(["same"]);
    const preview = await project.pulumi(["preview", "--stack", lab, "--expect-no-changes", "--refresh"]);
    expect(preview.exitCode, preview.stdout + preview.stderr).toBe(0);
  });

  test("a hijacked route is taken while nothing is signed, goes with the ROA, and is back without it", async () => {
    await good("break", lab, "hijack");
    expect(await origin()).toBe("65066");
    await good("solve", lab, "rpki");
    expect(await roas()).toContain(victimsRoa);
    expect(await origin()).toBe("65001");
    await good("break", lab, "hijack");
    expect(await roas()).not.toContain(victimsRoa);
    expect(await origin()).toBe("65066");
    await good("reset", lab);
    expect(await origin()).toBe("65001");
  });

  test("ROAs changed by hand reach the routers, are told one by one, and are as declared after an up", async () => {
    const declared = (await roas()).sort();
    const change = ["--remove", "10.111.0.0/16 => 65011", "--add", "10.99.0.0/16-24 => 65001"];
    await on("ca", "krillc", "roas", "update", "--ca", "lab", ...change);
    await waitFor("the change on trc", 30_000, async () => {
      const table = await on("trc", "birdc", "show", "route", "table", "roas4");
      return table.includes("10.99.0.0/16-24 AS65001") && !table.includes("10.111.0.0/16") ? undefined : table;
    });
    const repaired = await good("reset", lab);
    expect(repaired).toContain("ROA 10.111.0.0/16-16 => 65011: missing");
    expect(repaired).toContain("ROA 10.99.0.0/16-24 => 65001: not declared");
    expect((await roas()).sort()).toEqual(declared);
    expect(await on("trc", "birdc", "show", "route", "table", "roas4")).toContain("10.111.0.0/16-16 AS65011");
  });

  test("an authority and a relying party that were killed run again after an up, with what they had", async () => {
    const locator = await inside("cat /run/nodes/rpki/rtr/locators/ca.tal");
    const declared = (await roas()).sort();
    await inside("kill -9 $(cat /run/nodes/ca/krill.pid /run/nodes/rpki/rtr.pid)");
    await up();
    expect(await inside("cat /run/nodes/rpki/rtr/locators/ca.tal")).toBe(locator);
    expect((await roas()).sort()).toEqual(declared);
    expect(Object.keys((await up()).changes)).toEqual(["same"]);
  });

  test("an authority that lost all it had is made anew, and the relying party follows", async () => {
    const locator = await inside("cat /run/nodes/rpki/rtr/locators/ca.tal");
    await inside("kill -9 $(cat /run/nodes/ca/krill.pid); rm -rf /run/nodes/ca/krill/storage");
    await up();
    expect(await inside("cat /run/nodes/rpki/rtr/locators/ca.tal")).not.toBe(locator);
    await good("check", lab);
  });

  test("no private key and no token is in state, arguments, logs, or a file that others may read", async () => {
    const token = /admin_token = "(\w+)"/.exec(await inside("cat /run/nodes/ca/krill/krill.conf"))?.[1] ?? "";
    expect(token).toHaveLength(64);
    const { stdout: state } = await project.pulumi(["stack", "export", "--stack", lab, "--show-secrets"]);
    expect(JSON.parse(state)).toMatchObject({ version: 3 });
    const root = await holder();
    const processes = (await readdir(insidePath(root, "/proc"))).filter((name) => /^\d+$/.test(name));
    const cmdlines = await Promise.all(
      processes.map((pid) => readFile(insidePath(root, `/proc/${pid}/cmdline`), "utf8").catch(() => "")),
    );
    const logs = await inside("cat /run/nodes/*/*.log");
    for (const text of [state, cmdlines.join("\n"), logs]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain("PRIVATE KEY");
    }
    const holding = (await inside(`grep -rlE "PRIVATE KEY|${token}" /run/nodes/ca`)).split("\n");
    expect(holding).toContain("/run/nodes/ca/krill/krill.conf");
    expect(holding).toContain("/run/nodes/ca/krill/storage/ssl/key.pem");
    expect(holding).not.toContain("/run/nodes/ca/krill/root.key");
    expect(
      await inside(`stat -c %a ${holding.join(" ")} $(find /run/nodes/ca/krill/storage/keys -type f) | sort -u`),
    ).toBe("600");
  });

  test("another setting takes the authority away, and the routers learn from a file again", async () => {
    await up("--set", "rpki=light");
    await good("check", lab);
    expect(await inside("ls /run/nodes")).not.toMatch(/^ca$/m);
  });
});
