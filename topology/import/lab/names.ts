/** Names of another lab's nodes as names here: lower-case letters, digits and hyphens (a DNS label). */

/** The nearest name that can be one. */
export function nodeName(original: string): string {
  const name = original
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  return /^[a-z]/.test(name) && !reserved.has(name) ? name : `n-${name}`.slice(0, 63).replace(/-+$/, "");
}

const reserved = new Set(["sandbox", "localhost"]);

/** Gives each of several names one of its own here, numbered where two would be the same. */
export function nodeNames(originals: Iterable<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const original of originals) {
    const wanted = nodeName(original);
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted.slice(0, 60)}-${number}`;
    taken.add(name);
    names.set(original, name);
  }
  return names;
}

/** A name for a lab: 1 to 40 lower-case letters, digits and hyphens. */
export function labName(original: string): string {
  return nodeName(original).slice(0, 40).replace(/-+$/, "");
}

/** Whether it can be a host name of the lab's /etc/hosts. */
export function isHostName(text: string): boolean {
  return /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(text) && text.length <= 253;
}
