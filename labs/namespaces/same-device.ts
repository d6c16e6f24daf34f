import { expectation, seen } from "../expect.ts";
import type { Expectation } from "../lab.ts";

/**
 * Of what `ip link` and `ip addr` tell of two devices, with a line `---` between: they are alike in everything but
 * what is each one's own (index, hardware address, where the other end is). `what` names the two.
 */
export function sameDevice(what: string): Expectation {
  return expectation(`${what} described alike`, (result) => {
    const [one, other, ...more] = result.stdout.split(/^---$/m).map(comparable);
    if (one === undefined || other === undefined || more.length > 0 || one.length === 0) return seen(result);
    const length = Math.max(one.length, other.length);
    for (let index = 0; index < length; index++)
      if (one[index] !== other[index])
        return `${JSON.stringify(one[index] ?? "")} in one and ${JSON.stringify(other[index] ?? "")} in the other`;
    return undefined;
  });
}

function comparable(text: string): string[] {
  return text
    .replaceAll(/^\d+: /gm, "")
    .replaceAll(/@[^:\s]+:/g, ":")
    .replaceAll(/link\/ether [0-9a-f:]+/g, "link/ether")
    .replaceAll(/link-netns(id)? \S+/g, "")
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "))
    .filter((line) => line !== "");
}
