import { revocationList } from "../../certs/revocation-list.ts";
import { requireText } from "../checks.ts";
import { sameValue, type Resource } from "../resource.ts";
import type { RevocationListInputs, RevocationListOutputs } from "./schema.ts";

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
      reason(inputs, state, clock()) === undefined ? [] : ["lists", "number", "nextUpdate"],
    async observe(inputs, state) {
      if (state === undefined) return undefined;
      const why = reason(inputs, state, clock());
      return { drift: why === undefined ? [] : [`revocation list of ${inputs.authority}: ${why}`] };
    },
    async reconcile(inputs, previous) {
      const now = clock();
      if (previous !== undefined && reason(inputs, previous, now) === undefined)
        return { ...inputs, lists: previous.lists, number: previous.number, nextUpdate: previous.nextUpdate };
      const number = (previous?.number ?? 0) + 1;
      const nextUpdate = new Date(now.getTime() + inputs.lifetime * 1000);
      const revoked = inputs.revoked.map(({ serialNumber, reason, date }) => ({
        serialNumber,
        reason,
        date: new Date(date),
      }));
      const lists: Record<string, string> = {};
      for (const [generation, issuer] of Object.entries(inputs.issuers))
        lists[generation] = await revocationList({ number, thisUpdate: now, nextUpdate, revoked }, issuer);
      return { ...inputs, lists, number, nextUpdate: nextUpdate.toISOString() };
    },
    async remove() {},
  };
}

/** Why a new list is to be signed: in the last third of its time it is. */
function reason(inputs: RevocationListInputs, state: RevocationListOutputs, now: Date): string | undefined {
  if (!sameValue(inputs.revoked, state.revoked)) return "other certificates are revoked";
  if (!sameValue(inputs.issuers, state.issuers)) return "its issuer has another certificate";
  if (inputs.lifetime !== state.lifetime) return "declared anew: lifetime";
  const due = new Date(Date.parse(state.nextUpdate) - (inputs.lifetime * 1000) / 3);
  return now < due ? undefined : `ends ${state.nextUpdate}`;
}
