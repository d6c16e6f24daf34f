/** The networks and containers of a node's Docker daemon, by Pulumi's docker provider. */
import { createRequire } from "node:module";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { findImage, type ImageName } from "../../images/index.ts";
import {
  dockerSocket,
  type DockerContainer,
  type DockerHost,
  type DockerNetwork,
} from "../../topology/services/docker.ts";
import { Image } from "../image.ts";
import type { Node, Sandbox } from "../net.ts";

export interface DockerObjectsArgs {
  readonly host: DockerHost;
  /** Key of the sandbox. */
  readonly key: string;
  readonly sandbox: Sandbox;
  /** Where the daemon runs. */
  readonly node: Node;
}

/** Loaded by labs that have containers only. */
const sdk = (): typeof docker => createRequire(import.meta.url)("@pulumi/docker") as typeof docker;

/** `opts`: of everything, as it all ends with the sandbox. */
export function dockerObjects(
  name: string,
  { host: { node, networks, containers }, key, sandbox, node: daemon }: DockerObjectsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { Provider, Network, Container } = sdk();
  const host = pulumi.interpolate`unix:///proc/${sandbox.pid}/root/run/nodes/${node}/${dockerSocket}`;
  const provider = new Provider(name, { host }, { ...opts, dependsOn: daemon });
  // A daemon begins without anything: with a sandbox that was started again, all of it is made anew.
  const labels = pulumi.output(sandbox.startTime).apply((start) => [
    { label: "labwright.sandbox", value: key },
    { label: "labwright.started", value: String(start) },
  ]);
  const child = { ...opts, provider, dependsOn: daemon, deleteBeforeReplace: true };
  const made = new Map(
    networks.map((network) => [
      network.name,
      new Network(`${name}-${network.name}`, { ...networkSettings(network), labels }, child),
    ]),
  );
  const images = new Map<string, Image>();
  const reference = (image: string): pulumi.Input<string> => {
    if (findImage(image) === undefined) return image;
    const ours =
      images.get(image) ??
      new Image(`${name}-${image}`, { image: image as ImageName, host }, { ...opts, dependsOn: daemon });
    images.set(image, ours);
    return ours.reference;
  };
  const before: pulumi.Resource[] = [];
  for (const container of containers) {
    const { network, image, waits } = container;
    const settings = {
      ...containerSettings(container),
      image: reference(image),
      networkMode: (network === undefined ? undefined : made.get(network)?.name) ?? "bridge",
      labels,
    };
    const dependsOn = [daemon, ...(waits ? before : [])];
    before.push(new Container(`${name}-${container.name}`, settings, { ...child, dependsOn }));
  }
  return [...made.values(), ...before];
}

/** Pure, as what follows. */
export function networkSettings({ name, subnet, address, gateway, mtu, bridge }: DockerNetwork) {
  return {
    name,
    driver: "bridge",
    ipamConfigs: [
      {
        ...{ subnet, gateway: address },
        // The bridge driver's way to give containers another gateway than the bridge.
        ...(gateway === address ? {} : { auxAddress: { DefaultGatewayIPv4: gateway } }),
      },
    ],
    options: { "com.docker.network.bridge.name": bridge, "com.docker.network.driver.mtu": String(mtu) },
  };
}

export function containerSettings({ name, command, ports = {}, dns = [] }: DockerContainer) {
  return {
    name,
    command: [...command],
    ...(dns.length === 0 ? {} : { dns: [...dns] }),
    ...(Object.keys(ports).length === 0
      ? {}
      : {
          ports: Object.entries(ports)
            .map(([external, internal]) => ({ internal, external: Number(external) }))
            // As the official plugin reads them.
            .sort((one, other) => one.internal - other.internal),
        }),
    // It comes back with its daemon.
    restart: "unless-stopped",
  };
}
