/** What runs in the container, and as whom. */
import { boolean, list, number, object, record, string } from "../../../topology/validation/form.ts";
import { unordered } from "../../stand-in.ts";
import { duration, seconds } from "./duration.ts";
import { filled, property, text } from "./property.ts";

interface Label {
  readonly label: string;
  readonly value: string;
}

interface Healthcheck {
  readonly tests?: readonly string[];
  readonly interval?: string;
  readonly timeout?: string;
  readonly startPeriod?: string;
  readonly retries?: number;
}

export const processProperties = {
  image: property<string>({
    form: string,
    change: "replace",
    required: true,
    write: ({ config }, value) => (config.Image = value),
    read: (seen, declared) => (declared?.startsWith("sha256:") ? seen.Image : seen.Config.Image),
  }),
  command: property<readonly string[]>({
    form: list(string),
    change: "replace",
    write: ({ config }, value) => (config.Cmd = [...value]),
    read: (seen) => filled(seen.Config.Cmd),
  }),
  entrypoints: property<readonly string[]>({
    form: list(string),
    change: "replace",
    write: ({ config }, value) => (config.Entrypoint = [...value]),
    read: (seen) => {
      const { Entrypoint: entrypoint } = seen.Config;
      return typeof entrypoint === "string" ? [entrypoint] : filled(entrypoint);
    },
  }),
  envs: property<readonly string[]>({
    form: list(string),
    change: "replace",
    canonical: unordered,
    write: ({ config }, value) => (config.Env = [...value]),
    // The image's own variables are in it too, so only those that are declared can be told.
    read: (seen, declared) => filled(declared?.filter((each) => seen.Config.Env.includes(each))),
  }),
  labels: property<readonly Label[]>({
    form: list(object({ label: string, value: string })),
    change: "replace",
    canonical: unordered,
    write: ({ config }, value) => (config.Labels = Object.fromEntries(value.map((each) => [each.label, each.value]))),
    read: (seen, declared) => filled(declared?.filter(({ label, value }) => seen.Config.Labels[label] === value)),
  }),
  user: property<string>({
    form: string,
    change: "replace",
    canonical: text,
    write: ({ config }, value) => (config.User = value),
    read: (seen) => text(seen.Config.User),
  }),
  workingDir: property<string>({
    form: string,
    change: "replace",
    canonical: text,
    write: ({ config }, value) => (config.WorkingDir = value),
    read: (seen) => text(seen.Config.WorkingDir),
  }),
  hostname: property<string>({
    form: string,
    change: "replace",
    write: ({ config }, value) => (config.Hostname = value),
    read: (seen) => text(seen.Config.Hostname),
  }),
  domainname: property<string>({
    form: string,
    change: "replace",
    write: ({ config }, value) => (config.Domainname = value),
    read: (seen) => text(seen.Config.Domainname),
  }),
  tty: property<boolean>({
    form: boolean,
    change: "replace",
    default: false,
    write: ({ config }, value) => (config.Tty = value),
    read: (seen) => seen.Config.Tty,
  }),
  stdinOpen: property<boolean>({
    form: boolean,
    change: "replace",
    default: false,
    write: ({ config }, value) => (config.OpenStdin = value),
    read: (seen) => seen.Config.OpenStdin,
  }),
  stopSignal: property<string>({
    form: string,
    change: "replace",
    write: ({ config }, value) => (config.StopSignal = value),
    read: (seen) => text((seen.Config as { StopSignal?: string }).StopSignal),
  }),
  stopTimeout: property<number>({
    form: number,
    change: "replace",
    write: ({ config }, value) => (config.StopTimeout = value),
    read: (seen) => (seen.Config as { StopTimeout?: number }).StopTimeout ?? undefined,
  }),
  // The official plugin takes a change of these two without a replacement, and then does nothing.
  healthcheck: property<Healthcheck>({
    form: object({}, { tests: list(string), interval: string, timeout: string, startPeriod: string, retries: number }),
    change: "replace",
    canonical: ({ tests = [], interval = "0s", timeout = "0s", startPeriod = "0s", retries = 0 }) => [
      ...[tests, seconds(interval), seconds(timeout), seconds(startPeriod), retries],
    ],
    write: ({ config }, { tests = [], interval = "0s", timeout = "0s", startPeriod = "0s", retries = 0 }) =>
      (config.Healthcheck = {
        Test: [...tests],
        Interval: seconds(interval) * 1e9,
        Timeout: seconds(timeout) * 1e9,
        StartPeriod: seconds(startPeriod) * 1e9,
        Retries: retries,
      }),
    read: (seen, declared) => {
      const check = seen.Config.Healthcheck;
      if (check === undefined || declared !== undefined) return declared;
      const { Test: tests, Interval = 0, Timeout = 0, StartPeriod = 0, Retries: retries = 0 } = check;
      return {
        ...{ tests, retries },
        ...{ interval: duration(Interval), timeout: duration(Timeout), startPeriod: duration(StartPeriod) },
      };
    },
  }),
  init: property<boolean>({
    form: boolean,
    change: "replace",
    canonical: (value) => value,
    write: ({ host }, value) => (host.Init = value),
    read: (seen) => seen.HostConfig.Init ?? false,
  }),
  logDriver: property<string>({
    form: string,
    change: "replace",
    write: ({ host }, value) => (host.LogConfig = { Config: {}, ...host.LogConfig, Type: value }),
    read: (seen) => text(seen.HostConfig.LogConfig?.Type),
  }),
  logOpts: property<Readonly<Record<string, string>>>({
    form: record(string),
    change: "replace",
    write: ({ host }, value) => (host.LogConfig = { Type: "", ...host.LogConfig, Config: { ...value } }),
    read: (seen, declared) => (declared === undefined ? undefined : filled(seen.HostConfig.LogConfig?.Config)),
  }),
};
