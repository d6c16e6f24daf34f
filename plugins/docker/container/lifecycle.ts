/** Whether the container runs, and what becomes of it. */
import { boolean, number, oneOf } from "../../../topology/validation/form.ts";
import { property } from "./property.ts";

export const lifecycleProperties = {
  restart: property<string>({
    form: oneOf("no", "on-failure", "always", "unless-stopped"),
    change: "update",
    default: "no",
    write: ({ host }, value) => (host.RestartPolicy = { MaximumRetryCount: 0, ...host.RestartPolicy, Name: value }),
    read: (seen) => seen.HostConfig.RestartPolicy?.Name || "no",
  }),
  maxRetryCount: property<number>({
    form: number,
    change: "update",
    write: ({ host }, value) => (host.RestartPolicy = { Name: "no", ...host.RestartPolicy, MaximumRetryCount: value }),
    read: (seen) => seen.HostConfig.RestartPolicy?.MaximumRetryCount || undefined,
  }),
  rm: property<boolean>({
    form: boolean,
    // Official: taken without a replacement, and then nothing is done.
    change: "replace",
    default: false,
    write: ({ host }, value) => (host.AutoRemove = value),
    read: (seen) => seen.HostConfig.AutoRemove ?? false,
  }),
  start: property<boolean>({ form: boolean, change: "update", default: true }),
  mustRun: property<boolean>({ form: boolean, change: "update", default: true }),
  wait: property<boolean>({ form: boolean, change: "update", default: false }),
  waitTimeout: property<number>({ form: number, change: "update", default: 60 }),
  attach: property<boolean>({ form: boolean, change: "update", default: false }),
  logs: property<boolean>({ form: boolean, change: "update", default: false }),
  removeVolumes: property<boolean>({ form: boolean, change: "update", default: true }),
  destroyGraceSeconds: property<number>({ form: number, change: "update" }),
  // How long the official plugin waits for a container to run; here none is waited for.
  containerReadRefreshTimeoutMilliseconds: property<number>({ form: number, change: "update", default: 15_000 }),
};
