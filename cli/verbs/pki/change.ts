import { rotationSteps, type PkiOperations } from "../../../topology/pki/operations.ts";
import { revocationReasons, type RevocationReason } from "../../../topology/pki/spec.ts";
import { requireName, type Context } from "../../context.ts";
import { exitCodes } from "../../errors.ts";
import { operationsOf, writePkiOperations, type Stack } from "../../stacks/stack.ts";
import { bringUp } from "../bring-up.ts";
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
  for (const { title, to } of steps) {
    const before = await operationsOf(context.project, stack);
    const revocations = new Map([...before.revocations].filter(([each]) => each !== name));
    const { changes, seconds } = await apply(context, lab, `Rotating ${name}: ${title}`, {
      generations: new Map([...before.generations, [name, to]]),
      revocations,
    });
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
  const before = await operationsOf(context.project, stack);
  const { changes, seconds } = await apply(context, lab, `Revoking ${name}`, {
    ...before,
    revocations: new Map([...before.revocations, [name, reason as RevocationReason]]),
  });
  const text = `${context.output.paint("good", `${name} is revoked`)}; ${changesText(changes)}.`;
  context.output.result(`${text}\n\`lab pki rotate ${lab} ${name}\` gives it a new certificate.`);
  context.output.json({ stack: lab, name, reason, seconds, changes });
  return exitCodes.good;
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
  const file = await operationsOf(context.project, await context.stack(lab));
  await writePkiOperations(context.project, lab, operations);
  try {
    return await bringUp(context, await context.stack(lab), { title });
  } catch (error) {
    // What the topology doesn't allow, such as to revoke a root, leaves the settings as they were.
    if (error instanceof Error && error.name === "ProblemsError") await writePkiOperations(context.project, lab, file);
    throw error;
  }
}
