import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../labs/lab.ts";
import { collect } from "../../provider/sandbox/run.ts";
import { needs } from "../requirements.ts";

const files = {
  "zebra.conf": "hostname alone\n",
  "bgpd.conf": "AS 64501\nrouter-id 192.0.2.1\nfib-update no\nnetwork 192.0.2.0/24\n",
  ".mounts": "frr /etc/frr\nfrr-run /run/frr\nfrr-tmp /var/tmp\nopenbgpd-run /run/openbgpd\n",
} as const;

/** Daemons that change their user, in the sandbox of an ordinary user (`nobody`, where this is root). */
describe("where a single user is known", needs("user-namespaces", "frr", "openbgpd", "python"), () => {
  let directory: string;
  beforeAll(() => {
    // Where this is root's, nobody may not read the project.
    directory = mkdtempSync(join(tmpdir(), "labwright-user-"));
    chmodSync(directory, 0o777);
    for (const file of ["init.sh", "tcpdump.py", "single-user.py"])
      copyFileSync(join(import.meta.dirname, "../../provider/sandbox", file), join(directory, file));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const onNode = (daemon: string, socket: string, command: string): Promise<CommandResult> => {
    const node = "/run/nodes/a";
    const script = `
      bash ${directory}/init.sh labwright-sandbox=test test &
      for i in $(seq 200); do [ -e /run/labwright/ready ] && break; sleep 0.05; done
      ip netns add a; ip -n a link set lo up
      mkdir -p ${node}/frr ${node}/frr-run ${node}/frr-tmp ${node}/openbgpd-run
      cp ${directory}/zebra.conf ${node}/frr; cp ${directory}/bgpd.conf ${directory}/.mounts ${node}
      chmod 600 ${node}/bgpd.conf
      cd ${node}
      /run/labwright/enter a python3 -IS ${directory}/single-user.py ${daemon} >${node}/log 2>&1 &
      for i in $(seq 200); do [ -S ${node}/${socket} ] && break; sleep 0.05; done
      /run/labwright/enter a ${command}; status=$?
      [ $status = 0 ] || cat ${node}/log >&2
      exit $status`;
    const asUser = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
    const [program = "", ...args] = [
      ...[...asUser, "unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child"],
      ...["--mount-proc", "--uts", "--ipc", "--propagation", "private", "sh", "-c", script],
    ];
    const env = { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin`, LANG: "C.UTF-8" };
    return collect(spawn(program, args, { cwd: "/", env }), { timeout: 30_000 });
  };

  test("a daemon of FRR runs, and vtysh talks to it", async () => {
    const zebra = "/usr/lib/frr/zebra -u root -g root -f /etc/frr/zebra.conf -P 0 --log stdout";
    const { exitCode, stdout, stderr } = await onNode(
      zebra,
      "frr-run/zebra.vty",
      "vtysh -d zebra -c 'show interface lo'",
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("Interface lo is up");
  });

  test("OpenBGPD runs, and bgpctl talks to it", async () => {
    const { exitCode, stdout, stderr } = await onNode(
      "/usr/sbin/bgpd -d -f bgpd.conf",
      "openbgpd-run/bgpd.sock.0",
      // It takes orders before it has read its configuration.
      `sh -c 'for i in $(seq 200); do bgpctl network show | grep 192.0.2.0 && exit; sleep 0.05; done; exit 1'`,
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/192\.0\.2\.0\/24/);
  });
});
