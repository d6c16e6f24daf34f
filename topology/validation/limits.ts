/** Numbers within their limits. */
import type { Draft } from "../draft.ts";
import type { TimersSpec, TopologySpec } from "../spec.ts";
import { member, type Report } from "./report.ts";

export function checkLimits({ spec, attachments }: Draft, report: Report): void {
  if (spec.families?.length === 0) {
    report.add("no-families", "families", undefined, "ipv4, ipv6 or both", "Leave it out to have both.");
  }
  for (const { path, mtu, impairments } of attachments) {
    if (mtu !== undefined && !isWhole(mtu, 1280, 65535)) {
      const hint = "1280 is the least that IPv6 works with (RFC 8200).";
      report.add("mtu-out-of-range", `${path}.mtu`, mtu, "a whole number of bytes from 1280 to 65535", hint);
    }
    const { rate, loss, delay, jitter } = impairments;
    const at = `${path}.impairments`;
    if (rate !== undefined && !isWhole(rate, 8, Number.MAX_SAFE_INTEGER)) {
      report.add(
        "rate-out-of-range",
        `${at}.rate`,
        rate,
        "a whole number of bits a second, 8 or more",
        "1 Mbit/s is 1000000.",
      );
    }
    if (loss !== undefined && !(loss >= 0 && loss <= 1)) {
      report.add("loss-out-of-range", `${at}.loss`, loss, "a probability from 0 to 1", "1 percent is 0.01.");
    }
    if (delay !== undefined && !(delay >= 0 && delay <= 60000)) {
      report.add("delay-out-of-range", `${at}.delay`, delay, "milliseconds from 0 to 60000", "One second is 1000.");
    }
    if (jitter !== undefined && !(jitter >= 0 && jitter <= (delay ?? 0))) {
      const expected = `milliseconds from 0 to the delay, ${delay ?? 0}`;
      report.add("jitter-out-of-range", `${at}.jitter`, jitter, expected, "Lower the jitter or raise the delay.");
    }
  }
  for (const [node, declared] of Object.entries(spec.nodes))
    if (
      declared.kind === "host" &&
      declared.clock !== undefined &&
      !isWhole(declared.clock, -maximumClock, maximumClock)
    ) {
      const hint = "A day is 86400; a clock that is behind has a negative number.";
      const expected = `a whole number of seconds from -${maximumClock} to ${maximumClock}`;
      report.add("clock-out-of-range", `${member("nodes", node)}.clock`, declared.clock, expected, hint);
    }
  for (const [node, { sysctls = {} }] of Object.entries(spec.nodes))
    for (const [name, value] of Object.entries(sysctls)) {
      const path = member(`${member("nodes", node)}.sysctls`, name);
      if (!/^net(\.[\w-]+)+$/.test(name)) {
        const hint = "A node can only set sysctls of its own network namespace.";
        report.add("bad-sysctl", path, name, "a name below net, such as net.ipv4.ip_forward", hint);
      } else if (!/^\S+( \S+)*$/.test(value))
        report.add("bad-sysctl", path, value, "a value on one line", 'Such as "1".');
    }
  checkContainers(spec.nodes, report);
  checkTimers(spec.timers ?? {}, report);
}

/** Ten years. */
const maximumClock = 315_360_000;

function checkContainers(nodes: TopologySpec["nodes"], report: Report): void {
  for (const [node, spec] of Object.entries(nodes)) {
    if (spec.kind === "machine") continue;
    const path = `${member("nodes", node)}.container`;
    const { image, memory, cpus } = spec.container ?? {};
    if (image !== undefined && !/^[a-z0-9][\w.:/@-]*$/.test(image))
      report.add("bad-image", `${path}.image`, image, "the name or reference of an image", "Such as router.");
    // Docker's own least.
    if (memory !== undefined && !isWhole(memory, 6, Number.MAX_SAFE_INTEGER))
      report.add("memory-out-of-range", `${path}.memory`, memory, "a whole number of MiB, 6 or more", "BIRD needs 16.");
    if (cpus !== undefined && !(cpus >= 0.01))
      report.add("cpus-out-of-range", `${path}.cpus`, cpus, "a number, 0.01 or more", "Half a processor is 0.5.");
  }
}

function checkTimers({ hold, keepalive, connectDelay, connectRetry, ospfHello }: TimersSpec, report: Report): void {
  const check = (name: string, value: number | undefined, least: number, most: number): void => {
    if (value === undefined || isWhole(value, least, most)) return;
    const hint = "Leave it out to have the default.";
    report.add(
      "timer-out-of-range",
      `timers.${name}`,
      value,
      `a whole number of seconds from ${least} to ${most}`,
      hint,
    );
  };
  if (hold !== undefined && hold !== 0 && !isWhole(hold, 3, 65535)) {
    const expected = "0, or a whole number of seconds from 3 to 65535";
    report.add(
      "hold-time-out-of-range",
      "timers.hold",
      hold,
      expected,
      "RFC 4271 rules out 1 and 2; 0 means no keepalives at all.",
    );
  } else if (hold === 0) check("keepalive", keepalive, 0, 0);
  else check("keepalive", keepalive, 1, (hold ?? 90) - 1);
  check("connectDelay", connectDelay, 1, 65535);
  check("connectRetry", connectRetry, 1, 65535);
  check("ospfHello", ospfHello, 1, 16383);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
