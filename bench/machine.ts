import { cpus, loadavg, release, totalmem } from "node:os";
import type { Machine } from "./figures.ts";

export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    memory: totalmem(),
    kernel: release(),
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  };
}
