/** From when until when a certificate is valid, and whether it is time for a new one. Pure. */
import type { X509Certificate } from "node:crypto";
import type { ValidityMistake } from "../../topology/pki/spec.ts";

/** Seconds by which what is signed begins before it is made, for those whose clocks are behind. */
export const backdate = 300;

/** The first that a certificate says without a doubt: of earlier years it has two digits alone (RFC 5280, 4.1.2.5.1). */
const earliest = new Date("1950-01-01T00:00:00Z");

export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Inside the issuer's, if there is one. One that is over or hasn't begun is so on purpose, as authorities are renewed before
 * what they sign: what is signed below it has a time of its own, so that the mistake is the issuer's alone, and is over
 * with it. `lifetime`: seconds.
 */
export function validityOf(lifetime: number, mistake: ValidityMistake | undefined, now: Date, issuer?: Period): Period {
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  switch (mistake) {
    case "expired":
      return { notBefore: later(at(-3600 - lifetime), earliest), notAfter: at(-3600) };
    case "not-yet-valid":
      return { notBefore: at(86_400), notAfter: at(86_400 + lifetime) };
    case undefined: {
      const own = { notBefore: at(-backdate), notAfter: at(lifetime) };
      if (issuer === undefined || now < issuer.notBefore || now >= issuer.notAfter) return own;
      return {
        notBefore: later(own.notBefore, issuer.notBefore),
        notAfter: earlier(own.notAfter, issuer.notAfter),
      };
    }
  }
}

/** When a new one is due: not where it is to end with its issuer, as a new one would last no longer. */
export function renewalOf({ notAfter }: Period, renewBefore: number, now: Date, issuer?: Period): Date | undefined {
  if (now < notAfter && issuer?.notAfter.getTime() === notAfter.getTime()) return undefined;
  return new Date(notAfter.getTime() - renewBefore * 1000);
}

export function periodOf(certificate: X509Certificate): Period {
  return { notBefore: certificate.validFromDate, notAfter: certificate.validToDate };
}

/** To the minute, UTC. */
export function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other;
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
