import { X509Certificate } from "node:crypto";
import { issue } from "../../certs/certificate.ts";
import { generateKey } from "../../certs/keys.ts";
import { requireText } from "../checks.ts";
import type { Resource } from "../resource.ts";
import { reasonToIssue } from "./judge.ts";
import { reasonToReplace, revocations, revocationsChange } from "./revocations.ts";
import type { CertificateInputs, CertificatesInputs, CertificatesOutputs } from "./schema.ts";
import { periodOf, validityOf } from "./validity.ts";

/** `labwright:pki:Certificates`; see CertificatesInputs. `clock`: for tests. */
export function certificatesResource(
  clock = (): Date => new Date(),
): Resource<CertificatesInputs, CertificatesOutputs> {
  return {
    type: "labwright:pki:Certificates",
    changes: { authority: "replace", issuer: "live", certificates: "live" },
    secrets: ["privateKeys"],
    check: (inputs) => requireText(inputs, "authority"),
    id: (inputs) => inputs.authority,
    predict: () => ({}),
    unsettled(inputs, state) {
      const due = reasons(inputs, state, clock());
      const issued = Object.entries(inputs.certificates).map(([name, { revoked }]) => ({
        certificate: state.issued[name],
        revoked,
        isDue: due.has(name),
      }));
      return [
        ...[...due.keys()].flatMap((name) => [`issued.${name}`, `privateKeys.${name}`]),
        ...(revocationsChange(state.revocations, issued, clock()) ? ["revocations"] : []),
      ];
    },
    async observe(inputs, state) {
      if (state === undefined) return undefined;
      return { drift: [...reasons(inputs, state, clock())].map(([name, why]) => `certificate ${name}: ${why}`) };
    },
    async reconcile(inputs, previous) {
      const due = reasons(inputs, previous, clock());
      const made = await Promise.all(
        Object.entries(inputs.certificates).map(async ([name, declared]) => {
          const [certificate, privateKey] = [previous?.issued[name], previous?.privateKeys[name]];
          if (!due.has(name) && certificate !== undefined && privateKey !== undefined)
            return { name, certificate, privateKey };
          return { name, ...(await issueOne(declared, inputs.issuer, clock())) };
        }),
      );
      const issued = Object.fromEntries(made.map(({ name, certificate }) => [name, certificate]));
      return {
        ...inputs,
        issued,
        privateKeys: Object.fromEntries(made.map(({ name, privateKey }) => [name, privateKey])),
        revocations: revocations(
          previous?.revocations,
          Object.entries(inputs.certificates).map(([name, { revoked }]) => ({ certificate: issued[name], revoked })),
          clock(),
        ),
      };
    },
    async remove() {},
  };
}

async function issueOne(
  declared: CertificateInputs,
  issuer: CertificatesInputs["issuer"],
  now: Date,
): Promise<{ readonly certificate: string; readonly privateKey: string }> {
  const { subject, lifetime, validity, digest, names, usages, selfSigned } = declared;
  const privateKey = await generateKey(declared.key);
  const above = selfSigned ? undefined : periodOf(new X509Certificate(issuer.certificate));
  const template = { subject, digest, ...validityOf(lifetime, validity, now, above) };
  const profile = { kind: "end", names, usages } as const;
  return {
    certificate: await issue({ ...template, profile }, privateKey, selfSigned ? undefined : issuer),
    privateKey,
  };
}

/** Why certificates are to be issued, by name. */
function reasons(inputs: CertificatesInputs, state: CertificatesOutputs | undefined, now: Date): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, declared] of Object.entries(inputs.certificates)) {
    const held = { certificate: state?.issued[name], privateKey: state?.privateKeys[name] };
    const issuer = declared.selfSigned ? undefined : inputs.issuer;
    const why =
      reasonToReplace(declared.revoked, state?.revocations, held.certificate) ??
      reasonToIssue(declared, state?.certificates[name], held, issuer, now);
    if (why !== undefined) found.set(name, why);
  }
  return found;
}
