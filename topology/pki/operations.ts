/**
 * What has become of a PKI since its author declared it: generations that a rotation has reached, and revocations. Texts
 * as a stack's configuration has them, such as `server=2 root=1:1+2` and `client=keyCompromise`.
 */
import type { Problem } from "../problem.ts";
import type { TopologySpec } from "../spec.ts";
import { nearest } from "../validation/report.ts";
import type { Pki } from "./pki.ts";
import { revocationReasons, type PkiSpec, type RevocationReason } from "./spec.ts";

/** A certificate's generation; of an authority the one that signs, and those that are trusted. */
export interface Generation {
  readonly generation: number;
  readonly trusted?: readonly number[];
}

export interface PkiOperations {
  readonly generations: ReadonlyMap<string, Generation>;
  readonly revocations: ReadonlyMap<string, RevocationReason>;
}

/** Of the texts; every word that can't be read, and every name that `pki` doesn't have, is a problem. */
export function readOperations(
  pki: PkiSpec,
  texts: { readonly generations?: string | undefined; readonly revocations?: string | undefined },
): { readonly operations: PkiOperations; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const names = [...Object.keys(pki.authorities), ...Object.keys(pki.certificates ?? {})];
  const generations = new Map<string, Generation>();
  const revocations = new Map<string, RevocationReason>();
  const each = (
    key: "generations" | "revocations",
    expected: string,
    read: (name: string, value: string) => boolean,
  ): void => {
    for (const word of (texts[key] ?? "").split(/\s+/).filter((part) => part !== "")) {
      const [name = "", value = ""] = word.split("=");
      const close = nearest(name, names);
      if (!names.includes(name))
        problems.push({
          code: "unknown-reference",
          path: key,
          found: word,
          expected: "the name of an authority or a certificate",
          hint: close === undefined ? `Take it away by \`pulumi config rm ${key}\`.` : `Did you mean ${close}?`,
        });
      else if (!read(name, value))
        problems.push({ code: `bad-${key}`, path: key, found: word, expected, hint: "Correct it, or take it away." });
    }
  };
  each("generations", "NAME=GENERATION, of an authority also NAME=GENERATION:TRUSTED+TRUSTED", (name, value) => {
    const [, generation, trusted] = /^([1-9]\d{0,3})(?::([1-9]\d{0,3}(?:\+[1-9]\d{0,3})*))?$/.exec(value) ?? [];
    if (generation === undefined || (trusted !== undefined && !Object.hasOwn(pki.authorities, name))) return false;
    generations.set(name, {
      generation: Number(generation),
      ...(trusted === undefined ? {} : { trusted: trusted.split("+").map(Number) }),
    });
    return true;
  });
  each("revocations", `NAME=REASON, a reason of ${revocationReasons.join(", ")}`, (name, value) => {
    const reason = revocationReasons.find((known) => known === value);
    if (reason === undefined) return false;
    revocations.set(name, reason);
    return true;
  });
  return { operations: { generations, revocations }, problems };
}

/** As a stack's configuration has them; undefined where there are none. */
export function writeOperations({ generations, revocations }: PkiOperations): {
  readonly generations: string | undefined;
  readonly revocations: string | undefined;
} {
  const words = [...generations].map(
    ([name, { generation, trusted }]) => `${name}=${generation}${trusted === undefined ? "" : `:${trusted.join("+")}`}`,
  );
  const reasons = [...revocations].map(([name, reason]) => `${name}=${reason}`);
  return {
    generations: words.length === 0 ? undefined : words.join(" "),
    revocations: reasons.length === 0 ? undefined : reasons.join(" "),
  };
}

/** The topology with the operations in its PKI; a generation takes the place of what is declared, `trusted` too. */
export function withOperations(spec: TopologySpec, { generations, revocations }: PkiOperations): TopologySpec {
  const { pki } = spec;
  if (pki === undefined || generations.size + revocations.size === 0) return spec;
  const operated = <T extends object>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).map(([name, each]) => {
        const revoked = revocations.get(name);
        return [name, { ...each, ...generations.get(name), ...(revoked === undefined ? {} : { revoked }) }];
      }),
    );
  const authorities = Object.fromEntries(
    Object.entries(pki.authorities).map(([name, { trusted, ...each }]) => [
      name,
      trusted === undefined || generations.has(name) ? each : { ...each, trusted },
    ]),
  );
  return {
    ...spec,
    pki: { ...pki, authorities: operated(authorities), certificates: operated(pki.certificates ?? {}) },
  };
}

/** Whether a rotation has begun and not ended, as it was broken off or is done step by step. */
export function isRotating({ authorities }: Pki, name: string): boolean {
  const authority = authorities.find((each) => each.name === name);
  return authority !== undefined && authority.generations.length > 1;
}

/**
 * After a step of a rotation. A revocation goes where another generation signs, as it was of the one before; until then it
 * stays, so that nobody takes what a stolen key has signed.
 */
export function rotated(
  { generations, revocations }: PkiOperations,
  { authorities, certificates }: Pki,
  name: string,
  to: Generation,
): PkiOperations {
  const now = [...authorities, ...certificates].find((each) => each.name === name)?.generation;
  return {
    generations: new Map([...generations, [name, to]]),
    revocations: new Map([...revocations].filter(([each]) => each !== name || now === to.generation)),
  };
}

export interface RotationStep {
  readonly title: string;
  readonly to: Generation;
}

/**
 * The steps, one `up` each, by which something gets its next generation. A certificate: one. An authority: three, as
 * nodes don't read their files at the same moment. Both generations are known to all, in bundles and by their revocation
 * lists; then the new one signs; then the old one goes. Of a rotation that was broken off, those that are left.
 */
export function rotationSteps({ authorities, certificates }: Pki, name: string): readonly RotationStep[] {
  const authority = authorities.find((each) => each.name === name);
  const now = (authority ?? certificates.find((each) => each.name === name))?.generation ?? 1;
  if (authority === undefined)
    return [{ title: `generation ${now + 1} takes the place of ${now}`, to: { generation: now + 1 } }];
  const oldest = Math.min(now, ...authority.trusted);
  const newest = Math.max(now, ...authority.trusted);
  const isAnnounced = newest > now;
  const signs = !isAnnounced && oldest < now;
  const next = isAnnounced || signs ? newest : now + 1;
  const all = [...new Set([...authority.trusted, now, next])].sort((one, other) => one - other);
  return [
    ...(isAnnounced || signs
      ? []
      : [{ title: `generations ${all.join(" and ")} are trusted`, to: { generation: now, trusted: all } }]),
    ...(signs ? [] : [{ title: `generation ${next} signs`, to: { generation: next, trusted: all } }]),
    { title: `generation ${next} alone is trusted`, to: { generation: next } },
  ];
}
