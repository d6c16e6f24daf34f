/** File systems and files of the container. */
import { boolean, list, number, object, oneOf, record, string } from "../../../topology/validation/form.ts";
import { unordered } from "../../stand-in.ts";
import { filled, property } from "./property.ts";

interface Mount {
  readonly target: string;
  readonly type: "bind" | "volume" | "tmpfs";
  readonly source?: string;
  readonly readOnly?: boolean;
  readonly bindOptions?: { readonly propagation?: string };
  readonly volumeOptions?: { readonly noCopy?: boolean };
  readonly tmpfsOptions?: { readonly sizeBytes?: number; readonly mode?: number };
}

interface ApiMount {
  readonly Type: Mount["type"];
  readonly Target: string;
  readonly Source?: string;
  readonly ReadOnly?: boolean;
  readonly BindOptions?: { readonly Propagation?: string };
  readonly VolumeOptions?: { readonly NoCopy?: boolean };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
}

interface Volume {
  readonly containerPath?: string;
  readonly hostPath?: string;
  readonly volumeName?: string;
  readonly fromContainer?: string;
  readonly readOnly?: boolean;
  readonly selinuxRelabel?: string;
}

export interface Upload {
  readonly file: string;
  readonly content?: string;
  readonly contentBase64?: string;
  readonly source?: string;
  readonly sourceHash?: string;
  readonly executable?: boolean;
  readonly permissions?: string;
}

const sources = oneOf("private", "rprivate", "shared", "rshared", "slave", "rslave");

export const storageProperties = {
  readOnly: property<boolean>({
    form: boolean,
    change: "replace",
    default: false,
    write: ({ host }, value) => (host.ReadonlyRootfs = value),
    read: (seen) => seen.HostConfig.ReadonlyRootfs ?? false,
  }),
  mounts: property<readonly Mount[]>({
    form: list(
      object(
        { target: string, type: oneOf("bind", "volume", "tmpfs") },
        {
          source: string,
          readOnly: boolean,
          bindOptions: object({}, { propagation: sources }),
          volumeOptions: object({}, { noCopy: boolean }),
          tmpfsOptions: object({}, { sizeBytes: number, mode: number }),
        },
      ),
    ),
    change: "replace",
    canonical: (value) => unordered(value.map(apiMount)),
    write: ({ host }, value) => (host.Mounts = value.map(apiMount) as never),
    read: (seen, declared) => {
      const mounts = (seen.HostConfig.Mounts ?? []) as unknown as readonly ApiMount[];
      const has = mounts.map(declaredMount);
      const same =
        declared !== undefined &&
        JSON.stringify(unordered(has.map(apiMount))) === JSON.stringify(unordered(declared.map(apiMount)));
      return same ? declared : filled(has);
    },
  }),
  volumes: property<readonly Volume[]>({
    form: list(
      object(
        {},
        {
          ...{ containerPath: string, hostPath: string, volumeName: string, fromContainer: string },
          ...{ readOnly: boolean, selinuxRelabel: oneOf("z", "Z") },
        },
      ),
    ),
    change: "replace",
    canonical: (value) => unordered([...value.flatMap(bind), ...value.flatMap(from), ...value.flatMap(anonymous)]),
    write: ({ config, host }, value) => {
      host.Binds = value.flatMap(bind);
      host.VolumesFrom = value.flatMap(from);
      config.Volumes = Object.fromEntries(value.flatMap(anonymous).map((path) => [path, {}]));
    },
    read: (seen, declared) => {
      const { Binds: binds = [], VolumesFrom: volumesFrom = [] } = seen.HostConfig;
      if (declared !== undefined) return declared;
      return filled([
        ...(binds ?? []).map(declaredVolume),
        ...((volumesFrom as readonly string[] | null) ?? []).map((name) => ({ fromContainer: name.split(":")[0] })),
      ]);
    },
  }),
  // Official: taken without a replacement, and then nothing is done.
  tmpfs: property<Readonly<Record<string, string>>>({
    form: record(string),
    change: "replace",
    write: ({ host }, value) => (host.Tmpfs = { ...value }),
    read: (seen) => filled(seen.HostConfig.Tmpfs as Record<string, string> | undefined),
  }),
  storageOpts: property<Readonly<Record<string, string>>>({
    form: record(string),
    change: "replace",
    write: ({ host }, value) => (host.StorageOpt = { ...value }),
    read: (seen) => filled(seen.HostConfig.StorageOpt),
  }),
  uploads: property<readonly Upload[]>({
    form: list(
      object(
        { file: string },
        {
          ...{ content: string, contentBase64: string, source: string, sourceHash: string },
          ...{ executable: boolean, permissions: string },
        },
      ),
    ),
    change: "replace",
    canonical: (value) => unordered(value.map((upload) => Object.entries({ executable: false, ...upload }).sort())),
  }),
};

function apiMount(mount: Mount): ApiMount {
  const { target, type, source = "", readOnly = false, bindOptions, volumeOptions, tmpfsOptions } = mount;
  return {
    Type: type,
    Target: target,
    Source: source,
    ReadOnly: readOnly,
    ...(bindOptions?.propagation === undefined ? {} : { BindOptions: { Propagation: bindOptions.propagation } }),
    ...(volumeOptions?.noCopy === undefined ? {} : { VolumeOptions: { NoCopy: volumeOptions.noCopy } }),
    ...(tmpfsOptions === undefined
      ? {}
      : { TmpfsOptions: { SizeBytes: tmpfsOptions.sizeBytes ?? 0, Mode: tmpfsOptions.mode ?? 0 } }),
  };
}

function declaredMount(mount: ApiMount): Mount {
  const {
    Type: type,
    Target: target,
    Source: source,
    ReadOnly: readOnly,
    BindOptions,
    VolumeOptions,
    TmpfsOptions,
  } = mount;
  return {
    type,
    target,
    ...(source ? { source } : {}),
    ...(readOnly === true ? { readOnly } : {}),
    ...(BindOptions?.Propagation ? { bindOptions: { propagation: BindOptions.Propagation } } : {}),
    ...(VolumeOptions?.NoCopy === true ? { volumeOptions: { noCopy: true } } : {}),
    ...(TmpfsOptions === undefined
      ? {}
      : { tmpfsOptions: { sizeBytes: TmpfsOptions.SizeBytes ?? 0, mode: TmpfsOptions.Mode ?? 0 } }),
  };
}

/** `SOURCE:TARGET:OPTIONS`, as `docker run --volume` takes it. */
function bind({ containerPath, hostPath, volumeName, readOnly, selinuxRelabel }: Volume): string[] {
  const source = hostPath ?? volumeName;
  if (source === undefined || containerPath === undefined) return [];
  return [
    `${source}:${containerPath}:${[readOnly === true ? "ro" : "rw", ...(selinuxRelabel ? [selinuxRelabel] : [])].join(",")}`,
  ];
}

function from({ fromContainer }: Volume): string[] {
  return fromContainer === undefined ? [] : [fromContainer];
}

function anonymous({ containerPath, hostPath, volumeName, fromContainer }: Volume): string[] {
  const named = hostPath ?? volumeName ?? fromContainer;
  return named === undefined && containerPath !== undefined ? [containerPath] : [];
}

function declaredVolume(text: string): Volume {
  const [source = "", containerPath = "", options = ""] = text.split(":");
  return {
    containerPath,
    ...(source.startsWith("/") ? { hostPath: source } : { volumeName: source }),
    ...(options.split(",").includes("ro") ? { readOnly: true } : {}),
  };
}
