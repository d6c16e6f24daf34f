import { expect, test } from "vitest";
import { containerSettings, networkSettings } from "../../../components/docker/objects.ts";
import { declare } from "../../../components/declarations.ts";
import { resolve } from "../../../topology/resolve.ts";
import { dockerHosts } from "../../../topology/services/docker.ts";

const topology = resolve({
  families: ["ipv4"],
  nodes: {
    machine: {
      kind: "host",
      services: {
        docker: {
          kind: "docker",
          networks: {
            shop: { subnet: "172.30.1.0/24" },
            office: { subnet: "172.30.2.64/26", gateway: "172.30.2.70", mtu: 1400 },
          },
          containers: {
            front: { command: ["a"], network: "shop", ports: { 8080: 443, 8443: 80 }, dns: ["192.0.2.53"] },
            back: { command: ["b"], image: "example/back:1" },
            side: { command: ["c"], ports: { 8081: 80 } },
          },
        },
      },
    },
    other: { kind: "host" },
  },
  links: [{ ends: ["machine", "other"] }],
});
const [host] = dockerHosts(topology);
if (host === undefined) throw new Error("no node has Docker");

test("containers that publish ports wait for all before them, and come after those that publish none", () => {
  expect(host.containers.map(({ name, waits }) => [name, waits])).toEqual([
    ["back", false],
    ["front", true],
    ["side", true],
  ]);
});

test("a network's bridge has its subnet's first address; another gateway is told to the bridge driver", () => {
  expect(host.networks.map(networkSettings)).toEqual([
    {
      name: "shop",
      driver: "bridge",
      ipamConfigs: [{ subnet: "172.30.1.0/24", gateway: "172.30.1.1" }],
      options: { "com.docker.network.bridge.name": "br-shop", "com.docker.network.driver.mtu": "1500" },
    },
    {
      name: "office",
      driver: "bridge",
      ipamConfigs: [
        {
          subnet: "172.30.2.64/26",
          gateway: "172.30.2.65",
          auxAddress: { DefaultGatewayIPv4: "172.30.2.70" },
        },
      ],
      options: { "com.docker.network.bridge.name": "br-office", "com.docker.network.driver.mtu": "1400" },
    },
  ]);
});

test("a container has what is declared of it and no more, and comes back with its daemon", () => {
  const settings = host.containers.map(containerSettings);
  expect(settings).toEqual([
    { name: "back", command: ["b"], restart: "unless-stopped" },
    {
      name: "front",
      command: ["a"],
      dns: ["192.0.2.53"],
      ports: [
        { internal: 80, external: 8443 },
        { internal: 443, external: 8080 },
      ],
      restart: "unless-stopped",
    },
    { name: "side", command: ["c"], ports: [{ internal: 80, external: 8081 }], restart: "unless-stopped" },
  ]);
});

test("the daemon is one of the node's, awaited by its socket, and the node's rules are its own", () => {
  const [machine, other] = declare(topology, 60).nodes;
  expect(machine).toMatchObject({ name: "machine", ownRules: true });
  expect(other).not.toHaveProperty("ownRules");
  expect(machine?.daemons).toEqual([
    {
      name: "docker",
      prepare: ["labwright-docker-prepare", "/run/nodes/machine/docker/daemon.json"],
      command: [
        "dockerd",
        ...["--config-file", "/run/nodes/machine/docker/daemon.json"],
        ...["--host", "unix:///run/nodes/machine/docker.sock"],
        ...["--data-root", "/run/nodes/machine/docker/data", "--exec-root", "/run/nodes/machine/docker/exec"],
        ...["--pidfile", "/run/nodes/machine/docker/dockerd.pid", "--bip", "172.17.0.1/16", "--mtu", "1500"],
      ],
      reads: [],
      socket: "docker.sock",
    },
  ]);
});
