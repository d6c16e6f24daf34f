import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { existsSync } from "node:fs";
import { machineRoot } from "../../provider/machine/observe.ts";
import { insidePath } from "../../provider/sandbox/holder.ts";
import { needs } from "../requirements.ts";
import { bringUp, type TestLab } from "../support/lab.ts";

describe("machines", needs("namespaces", "python", "nft"), () => {
  let lab: TestLab;
  beforeAll(async () => {
    lab = await bringUp({
      nodes: {
        left: {
          kind: "machine",
          files: { "/etc/motd": "left\n", "/opt/tools/hello": "#!/bin/sh\necho hello from $(hostname)\n" },
          environment: { GREETING: "it's me" },
          setup: ["ip address add 192.0.2.1/24 dev eth1", "echo $GREETING >/etc/greeting", "ip link set dev none up"],
          services: { sleeper: { kind: "daemon", command: ["sleep", "1000"] } },
        },
        right: {
          kind: "machine",
          after: ["left"],
          setup: ["ip address add 192.0.2.2/24 dev eth1\nip route add default via 192.0.2.1"],
        },
      },
      links: [
        {
          ends: [
            { node: "left", interface: "eth1", mac: "02:00:00:00:00:01" },
            { node: "right", interface: "eth1" },
          ],
        },
      ],
      segments: {
        lan: {
          members: [
            { node: "left", interface: "eth2", ipv4: "198.51.100.1/24" },
            { node: "left", interface: "eth3" },
            { node: "right", interface: "eth2", ipv4: "198.51.100.2/24" },
          ],
          ipv4: "198.51.100.0/24",
          ipv6: false,
        },
      },
    });
  });
  afterAll(async () => {
    await lab?.down();
  });

  test("are set up, and reach each other", async () => {
    expect(await lab.run("ping -c 1 -W 2 192.0.2.2", "left")).toMatch(/ 1 received/);
    expect(await lab.run("ping -c 1 -W 2 198.51.100.1", "right")).toMatch(/ 1 received/);
    expect(await lab.run("cat /sys/class/net/eth1/address; hostname", "left")).toBe("02:00:00:00:00:01\nleft\n");
    expect(await lab.drift()).toEqual([]);
  });

  test("have files, an environment and daemons of their own", async () => {
    expect(await lab.run("cat /etc/motd; /opt/tools/hello; cat /etc/greeting", "left")).toBe(
      "left\nhello from left\nit's me\n",
    );
    expect(await lab.run("echo $GREETING", "left")).toBe("it's me\n");
    expect(existsSync("/etc/greeting"), "the host has it").toBe(false);
    expect(await lab.run("ls /etc/greeting 2>&1 || true", "right")).toMatch(/No such file/);
    expect(await lab.run("pgrep -x sleep >/dev/null && echo runs", "left")).toBe("runs\n");
  });

  test("note what of their set-up failed", async () => {
    expect(await lab.run("cat /run/bird/setup.failed", "left")).toBe("ip link set dev none up: exit code 1\n");
    expect(await lab.run("cat /run/bird/setup.failed", "right")).toBe("");
  });

  test("can't change the host's kernel settings, nor see its sockets", async () => {
    expect(await lab.run("echo 1 >/proc/sys/kernel/msgmax || true; ls /run", "left")).toBe("bird\nlock\nnodes\n");
  });

  test.each([
    ["an address", "left", "ip address del 192.0.2.1/24 dev eth1", /eth1: address 192\.0\.2\.1\/24 missing/],
    ["a route", "right", "ip route del default", /route 0\.0\.0\.0\/0 via 192\.0\.2\.1 missing/],
    ["a file", "left", "echo changed >/etc/motd", /file \/etc\/motd: edited/],
    ["a daemon", "left", "kill $(cat /run/bird/sleeper.pid)", /daemon sleeper: not running/],
    ["an interface", "right", "ip link del dev eth1", /eth1.*missing/],
  ])("are made anew when %s was taken away", async (_what, node, command, drift) => {
    await lab.run(command, node);
    const seen = await lab.drift();
    expect(seen.join("\n")).toMatch(drift);
    await lab.up();
    expect(await lab.drift()).toEqual([]);
    expect(await lab.run("ping -c 1 -W 2 192.0.2.2", "left")).toMatch(/ 1 received/);
  });

  test("follow a changed declaration", async () => {
    const { machines, ...rest } = lab.declarations;
    await lab.up({
      ...rest,
      machines: machines.map((machine) =>
        machine.inputs.name === "left"
          ? { ...machine, inputs: { ...machine.inputs, setup: ["ip address add 192.0.2.9/24 dev eth1"] } }
          : machine,
      ),
    });
    expect(await lab.run("ip -4 -o addr show dev eth1", "left")).toMatch(/192\.0\.2\.9/);
    expect(await lab.run("ip -4 -o addr show dev eth1", "left")).not.toMatch(/192\.0\.2\.1\//);
    expect(existsSync(insidePath(lab.holder, `${machineRoot("left")}/etc/greeting`))).toBe(false);
  });
});
