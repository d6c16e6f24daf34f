/** What the container may use of the machine. */
import { list, number, object, string } from "../../../topology/validation/form.ts";
import { unordered, type Change } from "../../stand-in.ts";
import { filled, positive, property, text } from "./property.ts";

interface Device {
  readonly hostPath: string;
  readonly containerPath?: string;
  readonly permissions?: string;
}

interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

const mebibyte = 1024 * 1024;

/** Microseconds in each tenth of a second, which is all that Docker makes of it. */
const quota = (cpus: number | string): number => Math.floor(Math.round(Number(cpus) * 1e9) / 1e4);

/** Docker's `update` takes a limit's new value, and nothing that lifts the limit. */
const live = (_before: unknown, after: unknown): Change => (after === undefined || after === 0 ? "replace" : "update");

export const resourceProperties = {
  memory: property<number>({
    form: number,
    change: live,
    write: ({ host }, value) => {
      host.Memory = value * mebibyte;
      // As a container is made without a word about swap. Left alone, a larger memory would be refused.
      host.MemorySwap ??= 2 * value * mebibyte;
    },
    read: (seen) => positive((seen.HostConfig.Memory ?? 0) / mebibyte),
  }),
  memoryReservation: property<number>({
    form: number,
    change: live,
    default: 0,
    write: ({ host }, value) => (host.MemoryReservation = value * mebibyte),
    read: (seen) => (seen.HostConfig.MemoryReservation ?? 0) / mebibyte,
  }),
  memorySwap: property<number>({
    form: number,
    change: live,
    write: ({ host }, value) => (host.MemorySwap = value > 0 ? value * mebibyte : value),
    read: (seen, declared) => {
      const swap = seen.HostConfig.MemorySwap ?? 0;
      // Kernels without swap accounting have none to tell.
      return swap > 0 ? swap / mebibyte : declared;
    },
  }),
  shmSize: property<number>({
    form: number,
    change: "replace",
    write: ({ host }, value) => (host.ShmSize = value * mebibyte),
    read: (seen) => positive((seen.HostConfig.ShmSize ?? 0) / mebibyte),
  }),
  cpus: property<string>({
    form: string,
    change: "replace",
    canonical: quota,
    write: ({ host }, value) => (host.NanoCpus = Math.round(Number(value) * 1e9)),
    read: (seen, declared) => {
      const cpus = positive((seen.HostConfig.NanoCpus ?? 0) / 1e9);
      if (cpus === undefined) return undefined;
      return declared !== undefined && quota(cpus) === quota(declared) ? declared : String(cpus);
    },
  }),
  cpuShares: property<number>({
    form: number,
    change: live,
    write: ({ host }, value) => (host.CpuShares = value),
    read: (seen) => positive(seen.HostConfig.CpuShares),
  }),
  cpuSet: property<string>({
    form: string,
    change: live,
    write: ({ host }, value) => (host.CpusetCpus = value),
    read: (seen) => text(seen.HostConfig.CpusetCpus),
  }),
  cpuPeriod: property<number>({
    form: number,
    change: live,
    write: ({ host }, value) => (host.CpuPeriod = value),
    read: (seen) => positive(seen.HostConfig.CpuPeriod),
  }),
  cpuQuota: property<number>({
    form: number,
    change: live,
    write: ({ host }, value) => (host.CpuQuota = value),
    read: (seen) => positive(seen.HostConfig.CpuQuota),
  }),
  devices: property<readonly Device[]>({
    form: list(object({ hostPath: string }, { containerPath: string, permissions: string })),
    change: "replace",
    canonical: (value) => unordered(value.map(wholeDevice)),
    write: ({ host }, value) =>
      (host.Devices = value.map(wholeDevice).map(([path, inside, permissions]) => ({
        ...{ PathOnHost: path, PathInContainer: inside, CgroupPermissions: permissions },
      }))),
    read: (seen, declared) =>
      declared ??
      filled(
        (
          seen.HostConfig.Devices as { PathOnHost: string; PathInContainer: string; CgroupPermissions: string }[] | null
        )?.map((device) => ({
          hostPath: device.PathOnHost,
          containerPath: device.PathInContainer,
          permissions: device.CgroupPermissions,
        })),
      ),
  }),
  ulimits: property<readonly Ulimit[]>({
    form: list(object({ name: string, soft: number, hard: number })),
    change: "replace",
    canonical: (value) => unordered(value.map(({ name, soft, hard }) => [name, soft, hard])),
    write: ({ host }, value) =>
      (host.Ulimits = value.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))),
    read: (seen) =>
      filled(
        (seen.HostConfig.Ulimits as { Name: string; Soft: number; Hard: number }[] | null)?.map((limit) => ({
          ...{ name: limit.Name, soft: limit.Soft, hard: limit.Hard },
        })),
      ),
  }),
};

function wholeDevice({ hostPath, containerPath = hostPath, permissions = "rwm" }: Device): [string, string, string] {
  return [hostPath, containerPath, permissions];
}
