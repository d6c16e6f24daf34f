/** The form of a PkiSpec, property by property as in spec.ts. */
import { revocationReasons } from "./spec.ts";
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
  key: oneOf("ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-2048", "rsa-3072", "rsa-4096"),
  lifetime: string,
  renewBefore: string,
  generation: number,
  revoked: oneOf(...revocationReasons),
};

const validity = oneOf("expired", "not-yet-valid");
const digest = oneOf("sha1");

const authority = object(
  {},
  {
    issuer: string,
    ...issued,
    pathLength: number,
    nameConstraints: object({}, { permitted: subtrees, excluded: subtrees }),
    trusted: list(number),
    revocationListLifetime: string,
    mistakes: object({}, { exceedsPathLength: boolean, notAnAuthority: boolean, validity, digest }),
  },
);

const certificate = object(
  { issuer: string, profile: oneOf("server", "client", "peer", "spiffe", "mongodb-member", "mongodb-client") },
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
        validity,
        withoutAlternativeNames: boolean,
        usages: list(
          oneOf("serverAuth", "clientAuth", "codeSigning", "emailProtection", "timeStamping", "ocspSigning"),
        ),
        digest,
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
