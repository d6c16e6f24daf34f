/** Checks of resource inputs. A property that is absent isn't known yet. */
import type { Problem } from "../topology/problem.ts";

export function requireText(inputs: object, property: string): Problem[] {
  const value = (inputs as Record<string, unknown>)[property];
  if (value === undefined || (typeof value === "string" && value !== "")) return [];
  return [
    {
      code: "wrong-type",
      path: property,
      found: value,
      expected: "a text that isn't empty",
      hint: "Set this property.",
    },
  ];
}

/** A network namespace's name is a file name under /run/netns and a word in commands. */
export function requireNodeName(inputs: object, property: string): Problem[] {
  const value = (inputs as Record<string, unknown>)[property];
  if (value === undefined || (typeof value === "string" && /^[a-z][a-z0-9-]{0,62}$/.test(value))) return [];
  return [
    {
      code: "bad-name",
      path: property,
      found: value,
      expected: "1 to 63 lower-case letters, digits and hyphens, a letter first",
      hint: "Rename the node.",
    },
  ];
}

/** An interface's name as the kernel takes it (dev_valid_name in net/core/dev.c). */
export function requireInterfaceName(value: unknown, path: string): Problem[] {
  if (typeof value === "string" && /^[^\s/:]{1,15}$/.test(value) && value !== "." && value !== ".." && value !== "lo")
    return [];
  return [
    {
      code: "bad-interface-name",
      path,
      found: value,
      expected: "1 to 15 characters without blanks, slashes and colons",
      hint: "Shorten or rename the interface.",
    },
  ];
}

export function requireAddress(value: unknown, path: string): Problem[] {
  if (typeof value === "string" && /^[0-9a-f.:]+\/\d{1,3}$/.test(value)) return [];
  return [
    {
      code: "bad-address",
      path,
      found: value,
      expected: "an address with its prefix length, e.g. 192.0.2.1/24",
      hint: "Correct the address.",
    },
  ];
}

export function requireMtu(inputs: object): Problem[] {
  const value = (inputs as Record<string, unknown>)["mtu"];
  if (value === undefined || (typeof value === "number" && Number.isInteger(value) && value >= 68 && value <= 65_535))
    return [];
  return [
    {
      code: "mtu-out-of-range",
      path: "mtu",
      found: value,
      expected: "68 to 65535 bytes",
      hint: "Set an MTU that a veth pair can have.",
    },
  ];
}
