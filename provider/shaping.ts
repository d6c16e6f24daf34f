/** Impairments of links and segments carried out: what `impairments/` plans, on the veth pairs of `kernel/`. */
import { rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ProblemsError } from "../topology/problem.ts";
import type { Impairments } from "../topology/topology.ts";
import {
  askRelay,
  differences,
  planImpairments,
  relayNamespace,
  relaySocket,
  type EndPlan,
  type Features,
  type Place,
  type Plan,
  type Target,
} from "./impairments/index.ts";
import { hereDocument, quote } from "./kernel/shell.ts";
import { memberName, portEnd, type Wire, type WireEnd, type Wiring } from "./kernel/wire.ts";
import { makeDirectory } from "./sandbox/files.ts";
import { insidePath, type Holder } from "./sandbox/holder.ts";
import { scriptInside } from "./sandbox/run.ts";
import type { LinkInputs, SegmentInputs } from "./schema.ts";

/** A plan for a link that isn't impaired asks nothing of the machine. */
const noFeatures: Features = { netem: false, tbf: false, nftNetdev: false, relay: false };

export function linkTargets(link: LinkInputs): Target[] {
  const [a, b] = link.ends.map((end): Place => ({ node: end.node, interface: end.interface })) as [Place, Place];
  return [{ name: link.name, path: `link ${link.name}`, mtu: link.mtu, ends: [a, b], directions: "both" }];
}

export function segmentTargets(segment: SegmentInputs): Target[] {
  return segment.members.map((member) => ({
    name: memberName(segment, member),
    path: `segment ${segment.name}`,
    mtu: segment.mtu,
    ends: [{ node: member.node, interface: member.interface }, { interface: portEnd(segment, member).interface }],
    directions: "forward",
  }));
}

export function isImpaired(impairments: Impairments): boolean {
  return Object.values(impairments).some((value) => value !== undefined && value !== 0);
}

/** One plan for each target. Throws a ProblemsError with all that this machine can't do. */
export function plansFor(
  targets: readonly Target[],
  impairments: Impairments,
  features: Features = noFeatures,
): Plan[] {
  const plans = targets.map((target) => planImpairments(impairments, features, target));
  const refusals = plans.flatMap((plan) => (plan.kind === "refusal" ? plan.problems : []));
  if (refusals.length > 0) throw new ProblemsError("Impairments on this machine", refusals);
  return plans.filter((plan) => plan.kind === "plan");
}

/** Puts the relay between the two ends of each wire whose plan uses it. Wires and plans go in step. */
export function shapedWiring(wiring: Wiring, plans: readonly Plan[]): Wiring {
  return {
    bridges: wiring.bridges,
    wires: wiring.wires.flatMap((wire, index): Wire[] => {
      const plan = plans[index];
      if (plan === undefined) return [wire];
      const [a, b] = wire.ends.map((end, side): WireEnd => ({
        ...end,
        shaped: plan.ends[side]?.qdisc.kind !== "none",
      })) as [WireEnd, WireEnd];
      if (!plan.relay.used) return [{ ends: [a, b], mtu: wire.mtu }];
      const [toA, toB] = plan.relay.interfaces.map((name): WireEnd => ({
        namespace: relayNamespace,
        interface: name,
        addresses: [],
        routes: [],
        foreign: true,
      })) as [WireEnd, WireEnd];
      return [
        { ends: [a, toA], mtu: wire.mtu },
        { ends: [b, toB], mtu: wire.mtu },
      ];
    }),
  };
}

/** Makes queueing disciplines, loss rules and the relay's pairs as planned; `previous` plans' pairs go. */
export async function shape(holder: Holder, plans: readonly Plan[], previous: readonly Plan[]): Promise<void> {
  const script = plans.flatMap((plan) => plan.ends.flatMap(changeLines)).join("\n");
  const result = await scriptInside(holder, `set -e\n${script}`);
  if (result.exitCode !== 0)
    throw new Error(`An impairment was not taken by the kernel: ${result.stderr.trim().replaceAll("\n", "; ")}`);
  const gone = previous.filter(
    (plan) => plan.relay.used && !plans.some((next) => next.relay.used && next.relay.file === plan.relay.file),
  );
  for (const plan of gone) await rm(insidePath(holder, plan.relay.file), { force: true });
  const relayed = plans.filter((plan) => plan.relay.used);
  for (const plan of relayed) {
    const path = insidePath(holder, plan.relay.file);
    await makeDirectory(holder, dirname(plan.relay.file));
    await writeFile(path, plan.relay.content, { mode: 0o600 });
  }
  if (gone.length + relayed.length > 0) await askRelay(insidePath(holder, relaySocket), "reload");
}

/** What of the plans isn't there, for people. */
export async function shapingDifferences(holder: Holder, plans: readonly Plan[]): Promise<string[]> {
  const ends = plans.flatMap((plan) => plan.ends);
  const script = ends.map((end, index) => `echo "@@end ${index}"; ${lookLines(end)}`).join("\n");
  const sections = (await scriptInside(holder, script)).stdout.split(/^@@end \d+\n/m).slice(1);
  const relay = plans.some((plan) => plan.relay.used)
    ? await askRelay(insidePath(holder, relaySocket), "state")
    : undefined;
  const seen = (at: number): { qdiscs: string; nft: string } => {
    const [qdiscs = "", nft = ""] = (sections[at] ?? "").split("@@nft\n");
    return { qdiscs, nft };
  };
  return plans.flatMap((plan, index) => differences(plan, { ends: [seen(2 * index), seen(2 * index + 1)], relay }));
}

function changeLines(end: EndPlan): string[] {
  const { tc, nft } = end.onChange;
  return [
    ...(tc.length === 0 ? [] : [hereDocument(`${enter(end)} tc -batch -`, tc.join("\n"))]),
    ...(nft === "" ? [] : [hereDocument(`${enter(end)} nft -f -`, nft)]),
  ];
}

function lookLines(end: EndPlan): string {
  const table = `${enter(end)} nft -j list table netdev ${end.table} 2>/dev/null`;
  return `${enter(end)} tc -j qdisc show dev ${quote(end.place.interface)} 2>/dev/null; echo @@nft; ${end.loss > 0 ? table : ":"}`;
}

function enter(end: EndPlan): string {
  return end.place.node === undefined ? "" : `nsenter --net=/run/netns/${end.place.node}`;
}
