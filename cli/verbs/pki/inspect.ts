import type { Context } from "../../context.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { table } from "../../output/table.ts";
import { inventoryOf, type AuthorityEntry, type CertificateEntry, type Inventory } from "../../pki/inventory.ts";
import type { NodeFile } from "../../pki/judge-file.ts";
import { verify } from "../../pki/verify.ts";
import type { Stack } from "../../stacks/stack.ts";

/** The stack and what there is of its PKI. @throws CommandError where it has none, or isn't up. */
export async function openPki(context: Context, lab: string): Promise<{ stack: Stack; inventory: Inventory }> {
  const stack = await context.stack(lab);
  refuseWithout(stack);
  const resources = (await (await context.engine()).resources(lab)) ?? [];
  const inventory = inventoryOf(stack.topology, resources);
  if (inventory.authorities.length === 0)
    throw new CommandError(`The lab ${lab} is not up.`, `\`lab up ${lab}\` brings it up.`, exitCodes.failed);
  return { stack, inventory };
}

export function refuseWithout(stack: Stack): void {
  if (stack.topology.pki.authorities.length === 0)
    throw new CommandError(`The lab ${stack.lab.name} has no PKI.`, "Declare one in `pki` of its topology.");
}

/** Authorities and certificates as a tree, with their ends and what uses them. */
export async function showPki(context: Context, lab: string): Promise<number> {
  const { inventory } = await openPki(context, lab);
  const now = new Date();
  const rows: string[][] = [];
  const row = (entry: AuthorityEntry | CertificateEntry, depth: number): void => {
    const state = entry.revoked === undefined ? left(entry.notAfter, now) : `revoked: ${entry.revoked}`;
    rows.push([
      `${"  ".repeat(depth)}${entry.name}`,
      entry.subject,
      String(entry.generation),
      state,
      entry.uses.join(", "),
    ]);
  };
  const below = (issuer: string | undefined, depth: number): void => {
    for (const authority of inventory.authorities.filter((each) => each.issuer === issuer)) {
      row(authority, depth);
      for (const certificate of inventory.certificates.filter((each) => each.issuer === authority.name))
        row(certificate, depth + 1);
      below(authority.name, depth + 1);
    }
  };
  below(undefined, 0);
  context.output.result(table(["NAME", "SUBJECT", "GENERATION", "ENDS", "USED BY"], rows));
  context.output.json({
    stack: lab,
    authorities: inventory.authorities.map(({ pem: _, revocations: __, generations, list, ...entry }) => ({
      ...entry,
      generations: Object.keys(generations).map(Number),
      ...(list === undefined ? {} : { list: { number: list.number, nextUpdate: list.nextUpdate } }),
    })),
    certificates: inventory.certificates.map(({ pem: _, ...entry }) => entry),
  });
  return exitCodes.good;
}

function left(notAfter: string, now: Date): string {
  const hours = (Date.parse(notAfter) - now.getTime()) / 3_600_000;
  const day = notAfter.slice(0, 10);
  if (hours < 0) return `${day} (over)`;
  return hours < 48 ? `${day} (${Math.floor(hours)} h)` : `${day} (${Math.floor(hours / 24)} d)`;
}

/** Certificates and revocation lists, and the files on the nodes. */
export async function verifyPki(context: Context, lab: string): Promise<number> {
  const { stack, inventory } = await openPki(context, lab);
  const { sandbox } = await context.running(lab);
  const read = async (node: string, path: string): Promise<NodeFile | undefined> => {
    const script = 'stat -c %a -- "$1" && cat -- "$1"';
    const { exitCode, stdout } = await sandbox.exec(node, ["sh", "-c", script, "sh", `/run/bird/${path}`]);
    const [mode = ""] = stdout.split("\n", 1);
    return exitCode === 0 ? { mode, text: stdout.slice(mode.length + 1) } : undefined;
  };
  const findings = await verify(inventory, stack.topology, read, new Date());
  const wrong = findings.filter((finding) => finding.wrong !== undefined);
  context.output.result(
    [
      ...findings.map(({ what, wrong: why }) =>
        why === undefined
          ? `${context.output.paint("good", "ok")}      ${what}`
          : `${context.output.paint("bad", "wrong")}   ${what}: ${why}`,
      ),
      `${findings.length - wrong.length} of ${findings.length} are as they should be.`,
    ].join("\n"),
  );
  context.output.json({ stack: lab, findings });
  return wrong.length === 0 ? exitCodes.good : exitCodes.failed;
}
