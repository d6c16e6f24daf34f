/** Small helpers for building BIRD's configuration text. */
import type { Family } from "../spec.ts";

export function familyOf(addressOrPrefix: string): Family {
  return addressOrPrefix.includes(":") ? "ipv6" : "ipv4";
}

/** "4" or "6", the ending of protocol names. */
export function familyDigit(family: Family): "4" | "6" {
  return family === "ipv4" ? "4" : "6";
}

/** `head { … }` with the body indented by two spaces. */
export function block(head: string, body: readonly string[], end = ""): string[] {
  return [`${head} {`, ...body.map((line) => (line === "" ? "" : `  ${line}`)), `}${end}`];
}
