/** The docker stand-in beside the package that programs are written with, and beside the official plugin's rules. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { containerResource } from "../../../plugins/docker/container/container.ts";
import { networkResource } from "../../../plugins/docker/network.ts";
import { remoteImageResource } from "../../../plugins/docker/remote-image.ts";
import type { Property } from "../../../plugins/stand-in.ts";
import { projectDirectory } from "../../../toolchain/paths.mjs";
import { Report } from "../../../topology/validation/report.ts";
import { facts } from "./docker-facts.ts";

const noDocker = (): never => {
  throw new Error("no daemon is asked");
};
const standIns = {
  Container: { file: "container", properties: containerResource(noDocker).properties },
  Network: { file: "network", properties: networkResource(noDocker).properties },
  RemoteImage: { file: "remoteImage", properties: remoteImageResource(noDocker).properties },
};
type Name = keyof typeof standIns;
const names = Object.keys(standIns) as Name[];

/** What the stand-in refuses by name, and docs/docker.md says so. */
const lacking: Readonly<Record<Name, readonly string[]>> = {
  Container: [
    ...["deviceCgroupRules", "deviceReadBps", "deviceReadIops", "deviceRequests", "deviceWriteBps", "deviceWriteIops"],
    ...["gpus", "healthcheck.startInterval", "mounts.volumeOptions.driverName", "mounts.volumeOptions.driverOptions"],
    ...["mounts.volumeOptions.labels", "mounts.volumeOptions.subpath", "networksAdvanced.gwPriority", "platform"],
    ...["uploads.group", "uploads.owner"],
  ],
  Network: [],
  RemoteImage: ["build"],
};

/** Where the stand-in replaces a container and the official plugin reports success, having changed nothing. */
const replacesHere = ["healthcheck", "init", "rm", "tmpfs"];

const sdk = (file: string): string =>
  readFileSync(join(projectDirectory, "node_modules/@pulumi/docker", `${file}.d.ts`), "utf8");
const types = sdk("types/input");
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** Name and type of each property of an interface. */
function members(source: string, name: string): [name: string, type: string][] {
  const body = new RegExp(`^export interface ${name} \\{\n(.*?)^\\}`, "ms").exec(source)?.[1];
  if (body === undefined) throw new Error(`@pulumi/docker has no ${name}.`);
  return [...body.matchAll(/^ {4}(\w+)\??: (.*)$/gm)].map(([, member = "", type = ""]) => [member, type]);
}

/** Paths below a property that the SDK takes and `form` doesn't; `around` puts a value in its place. */
function refusedBelow(
  type: string,
  path: string,
  form: Property["form"],
  around: (value: unknown) => unknown,
): string[] {
  const inner = /inputs\.(\w+)/.exec(type)?.[1];
  if (inner === undefined) return [];
  const place = (value: unknown): unknown => around(type.includes("[]") ? [value] : value);
  return members(types, inner).flatMap(([name, innerType]) => {
    const below = `${path}.${name}`;
    const report = new Report();
    form(place({ [name]: null }), "", report);
    const isRefused = report.problems.some((each) => each.code === "unknown-property" && each.path.endsWith(name));
    return isRefused ? [below] : refusedBelow(innerType, below, form, (value) => place({ [name]: value }));
  });
}

describe.each(names)("%s", (name) => {
  const { file, properties } = standIns[name];
  const official = facts[name];
  const declarable = members(sdk(file), `${name}Args`);

  test("every property of the package is one of the stand-in's, or among those that it refuses", () => {
    const refused = declarable.flatMap(([property, type]) => {
      const form = properties[property]?.form;
      return form === undefined ? [property] : refusedBelow(type, property, form, (value) => value);
    });
    expect(refused.sort()).toEqual(lacking[name]);
    const page = readFileSync(join(projectDirectory, "docs/docker.md"), "utf8");
    for (const property of lacking[name]) expect(page).toContain(`\`${property}\``);
  });

  test("the package has every property of the stand-in, and all that is known of the official plugin's", () => {
    const known = declarable.map(([property]) => property);
    expect(Object.keys(properties).filter((property) => !known.includes(property))).toEqual([]);
    const table = [...words(official.replaces), ...words(official.updates)];
    expect(known.filter((property) => !table.includes(property))).toEqual(
      name === "Container" ? ["deviceCgroupRules"] : [],
    );
    expect(table.filter((property) => !known.includes(property))).toEqual([]);
  });

  test("a change does what it does to the official plugin's, but for what is documented", () => {
    const replaces = Object.entries(properties)
      .filter(([, { change }]) => (typeof change === "string" ? change : change(1, 2)) === "replace")
      .map(([property]) => property);
    const here = words(official.replaces).filter((property) => property in properties);
    expect(replaces.sort()).toEqual([...here, ...(name === "Container" ? replacesHere : [])].sort());
  });

  test("defaults are the official plugin's", () => {
    const defaults = Object.entries(properties).flatMap(([property, { default: value }]) =>
      value === undefined ? [] : [[property, value]],
    );
    expect(Object.fromEntries(defaults)).toEqual(official.defaults);
  });
});
