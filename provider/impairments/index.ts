/**
 * Impairments of links and of segments' members: rate, loss, delay, jitter.
 *
 * A machine's abilities are found out once (`probeFeatures`). `planImpairments` then gives a plan for each link or
 * segment member, or a refusal whose problems go to the user. A plan is data; its owner carries it out:
 *
 * Create
 * 1. Not `plan.relay.used`: make the veth pair between the two ends as always.
 *    `plan.relay.used`: run `relayStart()` in the sandbox (it does nothing when the relay runs; serialise it), then make
 *    two pairs, at once with their final names and places, since the relay looks for its peers there:
 *    `link add IF netns NODE mtu MTU type veth peer name RELAY-IF netns .relay mtu 65535`, with RELAY-IF from
 *    `plan.relay.interfaces`. The relay brings its own ends up, and passes on a loss of carrier from end to end.
 * 2. Each end's `onCreate`, in its namespace (tc -batch, nft -f).
 * 3. `plan.relay.used`: write `plan.relay.content` to `plan.relay.file` and `askRelay(socket, "reload")`. Many links can
 *    share one reload. Interfaces that come later are taken up by themselves.
 *
 * Change, on the running link
 * - `plan.relay.used` as before: each end's `onChange`; with the relay write the file and reload. Nothing is interrupted.
 * - `plan.relay.used` differs (no delay became some delay, or the reverse, on a kernel without netem): the veth pairs must
 *   be plugged anew, i.e. removed and created; addresses and routes on them are to be set again. With netem never.
 *
 * Observe: `differences(plan, observed)` is empty when all is as planned. `observed.relay` is `askRelay(socket, "state")`.
 * Where the relay has died it runs again after `relayStart()`, with the pairs that are in its directory.
 *
 * Remove: each end's `onRemove`; `plan.relay.used`: remove `plan.relay.file` and reload; delete the interfaces (with the
 * relay both ends', each takes its peer away).
 *
 * The node's own rule set: tables `netdev labwright_*` belong to this folder. What lists or flushes a node's rule set
 * must leave them alone.
 */
export { planImpairments, describeImpairments, relayDirectory, relayNamespace } from "./plan.ts";
export type { Commands, EndPlan, Place, Plan, Qdisc, Refusal, RelayPlan, Target } from "./plan.ts";
export { differences } from "./differences.ts";
export type { Observed, ObservedEnd } from "./differences.ts";
export { probeFeatures } from "./features.ts";
export type { Features } from "./features.ts";
export { askRelay, relaySocket, relayStart } from "./relay.ts";
