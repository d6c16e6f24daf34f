import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../provider/sandbox/run.ts";
import { needs } from "../requirements.ts";

/** A machine in the sandbox of an ordinary user (`nobody`, where this is root), by the scripts that make one. */
describe("a machine in an ordinary user's sandbox", needs("user-namespaces"), () => {
  let directory: string;
  beforeAll(() => {
    // Where this is root's, nobody may not read the project.
    directory = mkdtempSync(join(tmpdir(), "labwright-machine-"));
    chmodSync(directory, 0o777);
    const provider = join(import.meta.dirname, "../../provider");
    for (const file of [
      "sandbox/init.sh",
      "sandbox/tcpdump.py",
      "machine/clear.sh",
      "machine/make.sh",
      "machine/service",
      "machine/set-up.sh",
    ])
      copyFileSync(join(provider, file), join(directory, file.replace(/.*\//, "")));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("has files of its own, also where the system's are another user's", async () => {
    writeFileSync(
      join(directory, "test.sh"),
      `bash ${directory}/init.sh labwright-sandbox=test test &
      for i in $(seq 200); do [ -e /run/labwright/ready ] && break; sleep 0.05; done
      bash ${directory}/clear.sh m
      mkdir -p /run/machines/m/files/etc/ssl /run/nodes/m/setup
      echo 'export A=b' >/run/machines/m/environment
      echo own >/run/machines/m/files/etc/passwd
      cp ${directory}/set-up.sh /run/nodes/m/
      echo 'echo $A >/etc/made; cat /etc/passwd; systemctl stop nothing' >/run/nodes/m/setup/0001
      set -e
      nsenter --net=/run/netns/m bash ${directory}/make.sh m
      /run/labwright/enter m bash /run/bird/set-up.sh
      /run/labwright/enter m cat /etc/made /etc/hostname /run/bird/setup.log /run/bird/setup.failed
      bash ${directory}/clear.sh m
      ls /run/machines; kill %1`,
    );
    const asUser = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const namespaces =
      "--user --map-root-user --net --mount --pid --fork --mount-proc --uts --ipc --propagation private";
    const [program = "", ...args] = [
      ...asUser,
      "unshare",
      ...namespaces.split(" "),
      "--kill-child",
      "bash",
      join(directory, "test.sh"),
    ];
    const { stdout, stderr } = await collect(spawn(program, args, { cwd: "/", stdio: ["ignore", "pipe", "pipe"] }));
    expect(stdout, stderr).toBe(
      "b\nm\nown\nsystemctl: nothing: this system has no such daemon (no /etc/init.d/nothing)\nsystemctl stop nothing: exit code 5\n",
    );
  });
});
