/** What the container may do, and what of the host it shares. */
import { boolean, list, object, record, string } from "../../../topology/validation/form.ts";
import { unordered } from "../../stand-in.ts";
import { filled, property, text } from "./property.ts";

interface Capabilities {
  readonly adds?: readonly string[];
  readonly drops?: readonly string[];
}

/** `NET_ADMIN` and `CAP_NET_ADMIN` are the same; so are an empty list and none. */
const capability = (name: string): string => name.toUpperCase().replace(/^CAP_/, "");
const capabilities = ({ adds = [], drops = [] }: Capabilities): unknown => [
  unordered(adds.map(capability)),
  unordered(drops.map(capability)),
];

export const isolationProperties = {
  privileged: property<boolean>({
    form: boolean,
    change: "replace",
    canonical: (value) => value || undefined,
    write: ({ host }, value) => (host.Privileged = value),
    read: (seen) => seen.HostConfig.Privileged || undefined,
  }),
  capabilities: property<Capabilities>({
    form: object({}, { adds: list(string), drops: list(string) }),
    change: "replace",
    canonical: capabilities,
    write: ({ host }, { adds = [], drops = [] }) => {
      host.CapAdd = [...adds];
      host.CapDrop = [...drops];
    },
    read: (seen, declared) => {
      const has = {
        ...(seen.HostConfig.CapAdd?.length ? { adds: seen.HostConfig.CapAdd as string[] } : {}),
        ...(seen.HostConfig.CapDrop?.length ? { drops: seen.HostConfig.CapDrop as string[] } : {}),
      };
      const equal =
        declared !== undefined && JSON.stringify(capabilities(has)) === JSON.stringify(capabilities(declared));
      return equal ? declared : filled(has);
    },
  }),
  securityOpts: property<readonly string[]>({
    form: list(string),
    change: "replace",
    canonical: unordered,
    write: ({ host }, value) => (host.SecurityOpt = [...value]),
    read: (seen) => filled(seen.HostConfig.SecurityOpt),
  }),
  sysctls: property<Readonly<Record<string, string>>>({
    form: record(string),
    change: "replace",
    write: ({ host }, value) => (host.Sysctls = { ...value }),
    read: (seen) => filled(seen.HostConfig.Sysctls),
  }),
  groupAdds: property<readonly string[]>({
    form: list(string),
    change: "replace",
    canonical: unordered,
    write: ({ host }, value) => (host.GroupAdd = [...value]),
    read: (seen) => filled(seen.HostConfig.GroupAdd),
  }),
  pidMode: mode("PidMode", () => true),
  // A daemon decides it where nothing is declared.
  ipcMode: mode("IpcMode", () => true),
  usernsMode: mode("UsernsMode", () => true),
  cgroupnsMode: mode("CgroupnsMode", (declared) => declared !== undefined),
  cgroupParent: mode("CgroupParent", () => true),
  runtime: mode("Runtime", () => true),
};

type Mode = "PidMode" | "IpcMode" | "UsernsMode" | "CgroupnsMode" | "CgroupParent" | "Runtime";

function mode(name: Mode, told: (declared: string | undefined) => boolean) {
  return property<string>({
    form: string,
    change: "replace",
    canonical: text,
    write: ({ host }, value) => void ((host as Record<Mode, string>)[name] = value),
    read: (seen, declared) =>
      told(declared) ? text((seen.HostConfig as Partial<Record<Mode, string>>)[name]) : undefined,
  });
}
