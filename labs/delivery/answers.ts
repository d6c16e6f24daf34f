import { expectation, seen } from "../expect.ts";
import type { Expectation } from "../lab.ts";

/** Of `ping -n`: exactly these addresses answered, each at least once. */
export function answeredBy(addresses: readonly string[]): Expectation {
  const wanted = [...addresses].sort();
  return expectation(`answers of ${wanted.join(", ")} and nobody else`, (result) => {
    const answered = [
      ...new Set([...result.stdout.matchAll(/ bytes from (\S+?):? icmp_seq=/g)].map((match) => match[1] ?? "")),
    ].sort();
    if (answered.join() === wanted.join()) return undefined;
    return answered.length === 0 ? seen(result) : `answers of ${answered.join(", ")}`;
  });
}
