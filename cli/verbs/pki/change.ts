import { listedAuthorities } from "../../../components/pki/declarations.ts";
import { isRotating, rotated, rotationSteps, type PkiOperations } from "../../../topology/pki/operations.ts";
import { revocationReasons, type RevocationReason } from "../../../topology/pki/spec.ts";
import type { Pki } from "../../../topology/pki/pki.ts";
import type { Topology } from "../../../topology/topology.ts";
import { ProblemsError } from "../../../topology/problem.ts";
import { requireName, type Context } from "../../context.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { BusyError } from "../../engine/locks.ts";
import { operationsOf, writePkiOperations, type Stack } from "../../stacks/stack.ts";
import { bringUp, requireForStack } from "../bring-up.ts";
import { changesText } from "../up.ts";
import { refuseWithout } from "./inspect.ts";

/** Gives an authority or a certificate its next generation, step by step; `step`: the next step alone. */
export async function rotatePki(
  context: Context,
  lab: string,
  name: string,
  { step = false }: { readonly step?: boolean },
): Promise<number> {
  const stack = await named(context, lab, name);
  const steps = rotationSteps(stack.topology.pki, name).slice(0, step ? 1 : undefined);
  const done: object[] = [];
  // The settings say how far a rotation is that has begun, and nodes may not be: each step is sound from the last one only.
  if (isRotating(stack.topology.pki, name))
    await bringUp(context, stack, { title: `Rotating ${name}: as far as it was begun` });
  for (const { title, to } of steps) {
    const now = await context.stack(lab);
    const operations = rotated(await operationsOf(context.project, now), now.topology.pki, name, to);
    const { changes, seconds } = await apply(context, lab, `Rotating ${name}: ${title}`, operations);
    context.output.result(`${context.output.paint("good", name)}: ${title}; ${changesText(changes)}.`);
    done.push({ title, ...to, seconds, changes });
  }
  context.output.json({ stack: lab, name, steps: done });
  return exitCodes.good;
}

/** Revokes an authority's or a certificate's present certificate. */
export async function revokePki(
  context: Context,
  lab: string,
  name: string,
  { reason = "unspecified" }: { readonly reason?: string },
): Promise<number> {
  const stack = await named(context, lab, name);
  requireName(reason, revocationReasons, "reason", "RFC 5280");
  refuseUnlisted(stack.topology, lab, name);
  const before = await operationsOf(context.project, stack);
  const { changes, seconds } = await apply(context, lab, `Revoking ${name}`, {
    ...before,
    revocations: new Map([...before.revocations, [name, reason as RevocationReason]]),
  });
  const text = `${context.output.paint("good", `${name} is revoked`)}; ${changesText(changes)}.`;
  context.output.result(
    `${text}\nRefused by those that look at the list: it is on ${listHolders(stack.topology, name).join(", ")}.\n` +
      `\`lab pki rotate ${lab} ${name}\` gives it a new certificate.`,
  );
  context.output.json({ stack: lab, name, reason, seconds, changes });
  return exitCodes.good;
}

/** Nodes that have a revocation list of the one that issued it. */
function listHolders({ pki, nodes }: Topology, name: string): string[] {
  const issuer = issuerOf(pki, name) ?? "";
  return nodes.filter((node) => listedAuthorities(pki, [node]).has(issuer)).map((node) => node.name);
}

function issuerOf({ authorities, certificates }: Pki, name: string): string | undefined {
  return [...authorities, ...certificates].find((each) => each.name === name)?.issuer;
}

/** A revocation of which no node hears would be none. A root's is refused by the topology's checks. */
function refuseUnlisted(topology: Topology, lab: string, name: string): void {
  const issuer = issuerOf(topology.pki, name);
  if (issuer === undefined || listHolders(topology, name).length > 0) return;
  throw new CommandError(
    `No node of ${lab} has a revocation list of ${issuer}, so ${name} would be taken as before. Nothing was changed.`,
    `\`lab pki rotate ${lab} ${name}\` gives it another key; or declare a credential { authority: "${issuer}", content: "crl" } for those who are to refuse it.`,
    exitCodes.failed,
  );
}

async function named(context: Context, lab: string, name: string): Promise<Stack> {
  const stack = await context.stack(lab);
  refuseWithout(stack);
  const { authorities, certificates } = stack.topology.pki;
  requireName(
    name,
    [...authorities, ...certificates].map((each) => each.name),
    "authority or certificate",
    `The PKI of ${lab}`,
  );
  return stack;
}

async function apply(
  context: Context,
  lab: string,
  title: string,
  operations: PkiOperations,
): ReturnType<typeof bringUp> {
  const before = await context.stack(lab);
  const file = await operationsOf(context.project, before);
  // Settings that no `up` was begun with would take effect with somebody else's: what can't begin leaves them as they were.
  await requireForStack(context, before);
  await writePkiOperations(context.project, lab, operations);
  try {
    return await bringUp(context, await context.stack(lab), { title });
  } catch (error) {
    // So does what the topology doesn't allow, such as to revoke a root, and a run that another one keeps from beginning.
    if (error instanceof ProblemsError || error instanceof BusyError)
      await writePkiOperations(context.project, lab, file);
    throw error;
  }
}
