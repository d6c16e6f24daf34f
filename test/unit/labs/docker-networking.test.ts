import { describe, expect, test } from "vitest";
import { hasRules, inspects, sameKinds, veths } from "../../../labs/docker-networking/answers.ts";
import type { CommandResult, Expectation } from "../../../labs/lab.ts";

const judge = (expectation: Expectation, stdout: string): string | undefined =>
  expectation.evaluate({ stdout, stderr: "", exitCode: 0 } satisfies CommandResult);

describe("docker network inspect", () => {
  const expected = inspects({ subnet: "172.30.1.0/24", gateway: "172.30.1.1", mtu: 1400, containers: ["web", "cart"] });
  const network = (gateway: string, ...names: readonly string[]): string =>
    JSON.stringify([
      {
        Name: "shop",
        IPAM: { Config: [{ Subnet: "172.30.1.0/24", Gateway: gateway }] },
        Containers: Object.fromEntries(names.map((name) => [`id of ${name}`, { Name: name }])),
        Options: { "com.docker.network.driver.mtu": "1400" },
      },
    ]);

  test("is as declared, in whatever order it tells containers", () => {
    expect(judge(expected, network("172.30.1.1", "web", "cart"))).toBeUndefined();
    expect(judge(expected, network("172.30.1.1", "cart", "web"))).toBeUndefined();
  });

  test("says each difference", () => {
    expect(judge(expected, network("172.30.1.9", "web"))).toBe("gateway 172.30.1.9, containers web");
    expect(judge(expected, network("172.30.1.1", "web", "cart", "x"))).toBe("containers cart web x");
    expect(judge(expected, "[]")).toBe('"[]"');
    expect(judge(expected, "Error: No such network")).toBe('"Error: No such network"');
  });
});

describe("ports of bridges", () => {
  const expected = veths({ web: "br-shop", old: "docker0" });
  const port = (index: number, peer: number, bridge: string): string =>
    `${index}: vetha${index}@if${peer}: <BROADCAST,UP> mtu 1400 master ${bridge} state forwarding priority 32 cost 2 `;
  const own = (name: string, index: number, peer: number): string =>
    `${name}: ${index}: eth0@if${peer}: <BROADCAST,UP> mtu 1400 qdisc noqueue`;
  const lines = (...each: readonly string[]): string => each.join("\n");

  test("belong to the containers that have their other ends", () => {
    const good = lines(port(7, 6, "docker0"), port(9, 8, "br-shop"), own("web", 8, 9), own("old", 6, 7));
    expect(judge(expected, good)).toBeUndefined();
  });

  test("are told when they are of another bridge, another container's, missing or too many", () => {
    const both = [own("web", 8, 9), own("old", 6, 7)] as const;
    expect(judge(expected, lines(port(7, 6, "docker0"), port(9, 8, "docker0"), ...both))).toBe("web at docker0");
    expect(judge(expected, lines(port(7, 6, "docker0"), port(9, 5, "br-shop"), ...both))).toBe(
      "no port with index 9 for web",
    );
    const more = lines(port(7, 6, "docker0"), port(9, 8, "br-shop"), port(11, 10, "br-shop"), both[0]);
    expect(judge(expected, more)).toBe("old without an eth0, 3 ports");
  });
});

test("a bridge and its ports are compared by kind and MTU, however many ports there are", () => {
  const device = (mtu: number, kind: string, slave?: string): object => ({
    ifname: `${kind}0`,
    mtu,
    linkinfo: { info_kind: kind, ...(slave === undefined ? {} : { info_slave_kind: slave }) },
  });
  const list = (...devices: readonly object[]): string => JSON.stringify(devices);
  const [bridge, veth] = [device(1400, "bridge"), device(1400, "veth", "bridge")];
  const hand = `---\n${list(bridge)}\n${list(veth)}\n`;
  expect(judge(sameKinds(), `${list(bridge)}\n${list(veth, veth)}\n${hand}`)).toBeUndefined();
  expect(judge(sameKinds(), `${list(bridge)}\n${list(device(1500, "veth", "bridge"))}\n${hand}`)).toBe(
    "bridge with MTU 1400, veth as port of a bridge with MTU 1500 of Docker, bridge with MTU 1400, veth as port of a bridge with MTU 1400 by hand",
  );
  expect(judge(sameKinds(), `${list(bridge)}\n---\n${list(bridge)}\n`)).toBeDefined();
});

test("each rule made by hand must be among Docker's, but for the address that Docker chose", () => {
  const masquerade = "-A POSTROUTING -s 172.30.1.0/24 ! -o br-shop -j MASQUERADE";
  const forward = (address: string): string =>
    `-A DOCKER ! -i br-shop -p tcp -m tcp --dport 8080 -j DNAT --to-destination ${address}:80`;
  const docker = ["-P INPUT ACCEPT", masquerade, "-A DOCKER -i br-shop -j RETURN", forward("172.30.1.3")];
  const compare = (...hand: readonly string[]) => judge(hasRules(), [...docker, "---", ...hand].join("\n"));
  expect(compare("-N DOCKER", masquerade, forward("172.30.1.2"))).toBeUndefined();
  expect(compare(masquerade.replace("br-shop", "docker0"))).toMatch(/^Docker without "-A POSTROUTING/);
  expect(compare(forward("172.30.1.2").replace(":80", ":81"))).toMatch(/^Docker without "-A DOCKER/);
  expect(compare()).toBeDefined();
});
