/**
 * The form of a PkiSpec, property by property as in spec.ts. Which words there are for keys, profiles, usages and the like
 * is checked with the PKI's other values, so that its author is told of all of them at once.
 */
import { boolean, list, number, object, oneOf, record, string, stringOrList, type Form } from "../validation/form.ts";

const subject = object(
  {},
  {
    country: string,
    state: string,
    locality: string,
    organization: string,
    organizationalUnit: stringOrList,
    domainComponents: list(string),
    commonName: string,
  },
);

const subtrees = object({}, { names: list(string), addresses: list(string), uris: list(string), emails: list(string) });

const issued = {
  subject,
  key: string,
  lifetime: string,
  renewBefore: string,
  generation: number,
  revoked: string,
};

const authority = object(
  {},
  {
    issuer: string,
    ...issued,
    pathLength: number,
    nameConstraints: object({}, { permitted: subtrees, excluded: subtrees }),
    trusted: list(number),
    revocationListLifetime: string,
    mistakes: object({}, { exceedsPathLength: boolean, notAnAuthority: boolean, validity: string, digest: string }),
  },
);

const certificate = object(
  { issuer: string, profile: string },
  {
    node: string,
    names: list(string),
    addresses: list(string),
    uris: list(string),
    emails: list(string),
    ...issued,
    mistakes: object(
      {},
      {
        validity: string,
        withoutAlternativeNames: boolean,
        usages: list(string),
        digest: string,
        selfSigned: boolean,
        violatesNameConstraints: boolean,
      },
    ),
  },
);

export const pkiForm = object({ authorities: record(authority) }, { certificates: record(certificate) });

const ofCertificate = object(
  { certificate: string, content: oneOf("certificate", "chain", "key", "combined") },
  { mistakes: object({}, { reversed: boolean }) },
);
const ofAuthority = object({ authority: string, content: oneOf("certificate", "chain", "key", "bundle", "crl") });

/** Of a certificate, unless it names an authority. */
export const credentialForm: Form = (value, path, report) =>
  (typeof value === "object" && value !== null && "authority" in value ? ofAuthority : ofCertificate)(
    value,
    path,
    report,
  );
