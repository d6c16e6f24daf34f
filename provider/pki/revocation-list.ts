import { revocationList } from "../../certs/revocation-list.ts";
import { requireText } from "../checks.ts";
import { sameValue, type Resource } from "../resource.ts";
import { has, withSigned } from "./revocations.ts";
import type { RevocationInputs, RevocationListInputs, RevocationListOutputs } from "./schema.ts";
import { backdate } from "./validity.ts";

/** `labwright:pki:RevocationList`; see RevocationListInputs. `clock`: for tests. */
export function revocationListResource(
  clock = (): Date => new Date(),
): Resource<RevocationListInputs, RevocationListOutputs> {
  return {
    type: "labwright:pki:RevocationList",
    changes: { authority: "replace", issuers: "live", revoked: "live", lifetime: "live" },
    check: (inputs) => requireText(inputs, "authority"),
    id: (inputs) => inputs.authority,
    predict: () => ({}),
    unsettled: (inputs, state) =>
      reason(inputs, state, clock()) === undefined ? [] : ["lists", "listed", "number", "nextUpdate"],
    async observe(inputs, state) {
      if (state === undefined) return undefined;
      const why = reason(inputs, state, clock());
      return { drift: why === undefined ? [] : [`revocation list of ${inputs.authority}: ${why}`] };
    },
    async reconcile(inputs, previous) {
      const now = clock();
      if (previous !== undefined && reason(inputs, previous, now) === undefined) {
        const { lists, number, nextUpdate } = previous;
        return { ...inputs, lists, listed: listedBy(previous), number, nextUpdate };
      }
      // The time is greater than any number of a list that was there once and is forgotten.
      const number = Math.max((previous?.number ?? 0) + 1, Math.floor(now.getTime() / 1000));
      const thisUpdate = new Date(now.getTime() - backdate * 1000);
      const nextUpdate = new Date(now.getTime() + inputs.lifetime * 1000);
      const listed = toList(inputs, previous, now);
      const revoked = listed.map(({ serialNumber, reason, date }) => ({ serialNumber, reason, date: new Date(date) }));
      const lists: Record<string, string> = {};
      for (const [generation, issuer] of Object.entries(inputs.issuers))
        lists[generation] = await revocationList({ number, thisUpdate, nextUpdate, revoked }, issuer);
      return { ...inputs, lists, listed, number, nextUpdate: nextUpdate.toISOString() };
    },
    async remove() {},
  };
}

/** With what was listed before until its certificate ends by itself, whatever became of the resource that it was of. */
function toList(
  { issuers, revoked }: RevocationListInputs,
  previous: RevocationListOutputs | undefined,
  now: Date,
): RevocationInputs[] {
  const before = previous === undefined ? [] : listedBy(previous);
  const kept = before.filter((each) => Date.parse(each.notAfter) > now.getTime() || has(revoked, each.serialNumber));
  const certificates = Object.values(issuers).map(({ certificate }) => certificate);
  return withSigned(kept, certificates, revoked);
}

function listedBy({ listed, revoked }: RevocationListOutputs): readonly RevocationInputs[] {
  return listed ?? revoked;
}

/** Why a new list is to be signed: in the last third of its time it is. */
function reason(inputs: RevocationListInputs, state: RevocationListOutputs, now: Date): string | undefined {
  const before = listedBy(state);
  if (toList(inputs, state, now).some(({ serialNumber }) => !has(before, serialNumber)))
    return "other certificates are revoked";
  if (!sameValue(inputs.issuers, state.issuers)) return "its issuer has another certificate";
  if (inputs.lifetime !== state.lifetime) return "declared anew: lifetime";
  const due = new Date(Date.parse(state.nextUpdate) - (inputs.lifetime * 1000) / 3);
  return now < due ? undefined : `ends ${state.nextUpdate}`;
}
