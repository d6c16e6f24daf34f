/** Distinguished names: out of what an author writes, of an authority's generations, and what is wrong with one. Pure. */
import type { AttributeType, DistinguishedName } from "./pki.ts";
import type { SubjectSpec } from "./spec.ts";

/** Upper bounds of RFC 5280, appendix A.1; of a domain component, a DNS label's. */
const longest = { C: 2, ST: 128, L: 128, O: 64, OU: 64, CN: 64, DC: 63 } as const;

export function distinguishedName(subject: SubjectSpec): DistinguishedName {
  const attributes: readonly (readonly [AttributeType, string | readonly string[] | undefined])[] = [
    // From the top of the domain downwards (RFC 4519, 2.4): DC=example, DC=lab.
    ["DC", [...(subject.domainComponents ?? [])].reverse()],
    ["C", subject.country],
    ["ST", subject.state],
    ["L", subject.locality],
    ["O", subject.organization],
    ["OU", subject.organizationalUnit],
    ["CN", subject.commonName],
  ];
  return attributes.flatMap(([type, value]) =>
    (value === undefined ? [] : typeof value === "string" ? [value] : value).map((each) => [type, each] as const),
  );
}

/** Names tell generations apart, as keys alone don't for everybody who looks for an issuer. */
export function generationName(subject: DistinguishedName, generation: number): DistinguishedName {
  if (generation === 1) return subject;
  const last = subject.at(-1);
  if (last?.[0] !== "CN") return [...subject, ["CN", `G${generation}`]];
  return [...subject.slice(0, -1), ["CN", `${last[1]} G${generation}`]];
}

export interface BadAttribute {
  /** `C=Germany`. */
  readonly found: string;
  readonly expected: string;
}

/** The attributes that no certificate may have. */
export function badAttributes(name: DistinguishedName): BadAttribute[] {
  return name.flatMap(([type, value]) => {
    const expected = expectation(type, value);
    return expected === undefined ? [] : [{ found: `${type}=${value}`, expected }];
  });
}

/** What the attribute should be; undefined where it is. */
function expectation(type: AttributeType, value: string): string | undefined {
  const limit = longest[type];
  switch (type) {
    case "C":
      return /^[A-Z]{2}$/.test(value) ? undefined : "two capital letters";
    case "DC":
      return /^[A-Za-z0-9-]+$/.test(value) && value.length <= limit
        ? undefined
        : `1 to ${limit} letters, digits and hyphens`;
    default:
      return value !== "" && value.length <= limit && !/\p{Cc}/u.test(value) && value === value.trim()
        ? undefined
        : `1 to ${limit} characters without control characters, and no blanks around them`;
  }
}
