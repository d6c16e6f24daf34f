import { X509Certificate } from "node:crypto";
import { issue, type Template } from "../../certs/certificate.ts";
import { generateKey, kindOf } from "../../certs/keys.ts";
import { generationName } from "../../topology/pki/distinguished-name.ts";
import { requireText } from "../checks.ts";
import type { Resource } from "../resource.ts";
import { reasonToIssue } from "./judge.ts";
import { reasonToReplace, revocations, revocationsChange } from "./revocations.ts";
import type { AuthorityInputs, AuthorityOutputs } from "./schema.ts";
import { periodOf, validityOf } from "./validity.ts";

/** `labwright:pki:Authority`; see AuthorityInputs. `clock`: for tests. */
export function authorityResource(clock = (): Date => new Date()): Resource<AuthorityInputs, AuthorityOutputs> {
  return {
    type: "labwright:pki:Authority",
    changes: {
      name: "replace",
      subject: "live",
      key: "live",
      lifetime: "live",
      renewBefore: "live",
      digest: "live",
      validity: "live",
      issuer: "live",
      pathLength: "live",
      nameConstraints: "live",
      notAnAuthority: "live",
      generation: "live",
      generations: "live",
      revoked: "live",
    },
    secrets: ["privateKeys", "privateKey"],
    check: (inputs) => requireText(inputs, "name"),
    id: (inputs) => inputs.name,
    predict: () => ({}),
    unsettled(inputs, state) {
      const due = reasons(inputs, state, clock());
      const signs = {
        certificate: state.certificates[inputs.generation],
        revoked: inputs.revoked,
        isDue: due.has(inputs.generation),
      };
      return [
        ...(due.size > 0 ? ["certificates", "privateKeys"] : []),
        ...(due.size > 0 || inputs.generation !== state.generation ? ["certificate", "privateKey"] : []),
        ...(revocationsChange(state.revocations, [signs], clock()) ? ["revocations"] : []),
      ];
    },
    async observe(inputs, state) {
      if (state === undefined) return undefined;
      return { drift: [...reasons(inputs, state, clock())].map(([generation, why]) => told(inputs, generation, why)) };
    },
    async reconcile(inputs, previous) {
      const due = reasons(inputs, previous, clock());
      const certificates: Record<string, string> = {};
      const privateKeys: Record<string, string> = {};
      for (const generation of inputs.generations) {
        const held = previous?.privateKeys[generation];
        const key = held !== undefined && kindOf(held) === inputs.key ? held : await generateKey(inputs.key);
        const certificate = previous?.certificates[generation];
        privateKeys[generation] = key;
        certificates[generation] =
          certificate === undefined || due.has(generation)
            ? await issue(templateOf(inputs, generation, clock()), key, inputs.issuer)
            : certificate;
      }
      return {
        ...inputs,
        certificates,
        privateKeys,
        certificate: certificates[inputs.generation] ?? "",
        privateKey: privateKeys[inputs.generation] ?? "",
        revocations: revocations(
          previous?.revocations,
          [{ certificate: certificates[inputs.generation], revoked: inputs.revoked }],
          clock(),
        ),
      };
    },
    async remove() {},
  };
}

/** Why certificates are to be issued, by generation. */
function reasons(inputs: AuthorityInputs, state: AuthorityOutputs | undefined, now: Date): Map<number, string> {
  const found = new Map<number, string>();
  for (const generation of inputs.generations) {
    const held = { certificate: state?.certificates[generation], privateKey: state?.privateKeys[generation] };
    const signs = generation === inputs.generation;
    const why =
      (signs ? reasonToReplace(inputs.revoked, state?.revocations, held.certificate) : undefined) ??
      reasonToIssue(contentOf(inputs), state && contentOf(state), held, inputs.issuer, now);
    if (why !== undefined) found.set(generation, why);
  }
  return found;
}

/** What is in its certificates, whichever generation signs. */
function contentOf(inputs: AuthorityInputs): Omit<AuthorityInputs, "name" | "generation" | "generations"> {
  const { subject, key, lifetime, renewBefore, digest, validity, pathLength, nameConstraints, notAnAuthority } = inputs;
  return {
    subject,
    key,
    lifetime,
    renewBefore,
    digest,
    notAnAuthority,
    ...(validity === undefined ? {} : { validity }),
    ...(pathLength === undefined ? {} : { pathLength }),
    ...(nameConstraints === undefined ? {} : { nameConstraints }),
  };
}

function templateOf(inputs: AuthorityInputs, generation: number, now: Date): Template {
  const issuer = inputs.issuer === undefined ? undefined : periodOf(new X509Certificate(inputs.issuer.certificate));
  return {
    subject: generationName(inputs.subject, generation),
    ...validityOf(inputs.lifetime, inputs.validity, now, issuer),
    digest: inputs.digest,
    profile: authorityProfile(inputs),
  };
}

/** What its certificates are for. */
export function authorityProfile({
  notAnAuthority,
  pathLength,
  nameConstraints,
}: Pick<AuthorityInputs, "notAnAuthority" | "pathLength" | "nameConstraints">): Template["profile"] {
  if (notAnAuthority) return { kind: "end", usages: [], names: { dns: [], addresses: [], uris: [], emails: [] } };
  return {
    kind: "authority",
    ...(pathLength === undefined ? {} : { pathLength }),
    ...(nameConstraints === undefined ? {} : { nameConstraints }),
  };
}

function told({ name, generations }: AuthorityInputs, generation: number, why: string): string {
  return `authority ${name}${generations.length > 1 ? `, generation ${generation}` : ""}: ${why}`;
}
