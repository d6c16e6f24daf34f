import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect } from "../../provider/sandbox/run.ts";
import type { CommandResult } from "../../labs/lab.ts";
import { needs } from "../requirements.ts";

/** tcpdump in the sandbox of an ordinary user (`nobody`, where this is root), with pings between two nodes. */
describe("tcpdump in an ordinary user's sandbox", needs("user-namespaces", "tcpdump", "python"), () => {
  let directory: string;
  beforeAll(() => {
    // Where this is root's, nobody may not read the project.
    directory = mkdtempSync(join(tmpdir(), "labwright-tcpdump-"));
    chmodSync(directory, 0o777);
    for (const file of ["init.sh", "tcpdump.py"])
      copyFileSync(join(import.meta.dirname, "../../provider/sandbox", file), join(directory, file));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const inSandbox = (command: string): Promise<CommandResult> => {
    const script = `
      bash ${directory}/init.sh labwright-sandbox=test test &
      for i in $(seq 200); do [ -e /run/labwright/ready ] && break; sleep 0.05; done
      for n in a b; do ip netns add $n; mkdir -p /run/nodes/$n; ip -n $n link set lo up; done
      ip link add eth0 netns a type veth peer name eth0 netns b
      ip -n a addr add 192.0.2.1/24 dev eth0; ip -n b addr add 192.0.2.2/24 dev eth0
      ip -n a link set eth0 up; ip -n b link set eth0 up
      /run/labwright/enter a ping -q -i 0.1 192.0.2.2 >/dev/null &
      ${command}`;
    const asUser = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const [program = "", ...args] = [
      ...asUser,
      ...[
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
      ],
      ...["--uts", "--ipc", "--propagation", "private", "sh", "-c", script],
    ];
    const child = spawn(program, args, {
      cwd: "/",
      env: { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, LANG: "C.UTF-8" },
    });
    return collect(child, { timeout: 30_000 });
  };

  test("shows packets, filtered and counted", async () => {
    const { exitCode, stdout, stderr } = await inSandbox(
      "/run/labwright/enter b tcpdump -lni eth0 -c 2 icmp and src 192.0.2.1",
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout.match(/IP 192\.0\.2\.1 > 192\.0\.2\.2: ICMP echo request/g)).toHaveLength(2);
    expect(stderr).not.toMatch(/permission|failed/i);
  });

  test("writes a capture file", async () => {
    const { exitCode, stdout, stderr } = await inSandbox(
      "/run/labwright/enter b tcpdump -i eth0 -U -w - -c 1 icmp | od -tx4 -N4",
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("a1b2c3d4");
  });

  test("captures on all interfaces, and on loopback each packet once", async () => {
    const { stdout } = await inSandbox(`
      /run/labwright/enter a ping -q -i 0.1 127.0.0.1 >/dev/null &
      /run/labwright/enter b tcpdump -n -c 1 -i any icmp 2>&1
      /run/labwright/enter a tcpdump -n -i lo -c 4 2>/dev/null | grep -o 'seq [0-9]*' | uniq -c`);
    expect(stdout).toMatch(/link-type LINUX_SLL[\s\S]*IP 192\.0\.2\.\d > 192\.0\.2\.\d: ICMP/);
    expect(stdout).toMatch(/^\s+2 seq \d+\n\s+2 seq \d+$/m);
  });

  test("says what is wrong as tcpdump does", async () => {
    const { exitCode, stderr } = await inSandbox(
      "/run/labwright/enter b tcpdump -i nix; /run/labwright/enter b tcpdump -i eth0 nonsense words",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("tcpdump: nix: No such device exists");
    expect(stderr).toContain("tcpdump: can't parse filter expression: syntax error");
  });
});
