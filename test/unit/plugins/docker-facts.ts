/**
 * What the official docker plugin does about a change of each property, and what a property is where it isn't declared:
 * facts out of its schema (provider v5.1 with what came after it, over terraform-provider-docker 4.5). @pulumi/docker
 * 5.2 has `deviceCgroupRules` too, about which they say nothing.
 */
export interface Facts {
  readonly replaces: string;
  readonly updates: string;
  readonly defaults: Readonly<Record<string, unknown>>;
}

export const facts: Readonly<Record<"Container" | "Network" | "RemoteImage", Facts>> = {
  Container: {
    replaces: `capabilities cgroupParent cgroupnsMode command cpus deviceRequests devices dns dnsOpts dnsSearches
      domainname entrypoints envs gpus groupAdds hostname hosts image ipcMode labels logDriver logOpts mounts name
      networkMode networksAdvanced pidMode platform ports privileged publishAllPorts readOnly runtime securityOpts
      shmSize stdinOpen stopSignal stopTimeout storageOpts sysctls tty ulimits uploads user usernsMode volumes
      workingDir`,
    updates: `attach containerReadRefreshTimeoutMilliseconds cpuPeriod cpuQuota cpuSet cpuShares destroyGraceSeconds
      deviceReadBps deviceReadIops deviceWriteBps deviceWriteIops healthcheck init logs maxRetryCount memory
      memoryReservation memorySwap mustRun removeVolumes restart rm start tmpfs wait waitTimeout`,
    defaults: {
      attach: false,
      containerReadRefreshTimeoutMilliseconds: 15_000,
      logs: false,
      memoryReservation: 0,
      mustRun: true,
      networkMode: "bridge",
      readOnly: false,
      removeVolumes: true,
      restart: "no",
      rm: false,
      start: true,
      stdinOpen: false,
      tty: false,
      wait: false,
      waitTimeout: 60,
    },
  },
  Network: {
    replaces: "attachable driver ingress internal ipamConfigs ipamDriver ipamOptions ipv6 labels name options",
    updates: "",
    defaults: { ipamDriver: "default" },
  },
  RemoteImage: {
    replaces: "name platform pullTriggers triggers",
    updates: "build forceRemove keepLocally",
    defaults: {},
  },
};
