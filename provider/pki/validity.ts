/** From when until when a certificate is valid, and whether it is time for a new one. Pure. */
import type { X509Certificate } from "node:crypto";
import type { ValidityMistake } from "../../topology/pki/spec.ts";

/** Seconds by which it begins before it is made, for those whose clocks are behind. */
const backdate = 300;

export interface Period {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Inside the issuer's, if there is one. `lifetime`: seconds. */
export function validityOf(lifetime: number, mistake: ValidityMistake | undefined, now: Date, issuer?: Period): Period {
  const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
  switch (mistake) {
    case "expired":
      return { notBefore: at(-3600 - lifetime), notAfter: at(-3600) };
    case "not-yet-valid":
      return { notBefore: at(86_400), notAfter: at(86_400 + lifetime) };
    case undefined:
      return {
        notBefore: later(at(-backdate), issuer?.notBefore),
        notAfter: earlier(at(lifetime), issuer?.notAfter),
      };
  }
}

/** When a new one is due: not where its issuer's end lets a new one last no longer. */
export function renewalOf({ notAfter }: Period, renewBefore: number, issuer?: Period): Date | undefined {
  if (issuer !== undefined && issuer.notAfter.getTime() <= notAfter.getTime()) return undefined;
  return new Date(notAfter.getTime() - renewBefore * 1000);
}

export function periodOf(certificate: X509Certificate): Period {
  return { notBefore: certificate.validFromDate, notAfter: certificate.validToDate };
}

function later(one: Date, other: Date | undefined): Date {
  return other === undefined || one > other ? one : other;
}

function earlier(one: Date, other: Date | undefined): Date {
  return other === undefined || one < other ? one : other;
}
