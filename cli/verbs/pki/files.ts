import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle, bundleKinds, bundleOf, pems, type BundleKind, type Material } from "../../../certs/bundles.ts";
import type { AuthorityOutputs, CertificatesOutputs } from "../../../provider/pki/schema.ts";
import type { Context } from "../../context.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { authoritiesAbove, type Inventory } from "../../pki/inventory.ts";
import { isRecord } from "../../stacks/project.ts";
import { openPki } from "./inspect.ts";

export interface ExportOptions {
  /** A kind of bundle; default: everything, in files of their own. */
  readonly as?: string;
  /** What the bundle is made of, with commas between. */
  readonly name?: string;
}

/** Writes a PKI's certificates, chains, lists and private keys into a folder that its owner alone can read. */
export async function exportPki(
  context: Context,
  lab: string,
  directory: string,
  options: ExportOptions,
): Promise<number> {
  const { inventory } = await openPki(context, lab);
  const wanted = wantedBundle(options, inventory, lab);
  const keys = await keysOf(context, lab);
  const files =
    wanted === undefined ? everything(inventory, keys) : filesOf(wanted.kind, wanted.names, inventory, keys);
  write(directory, files);
  const names = [...files.keys()].sort();
  context.output.result(
    `${names.length === 1 ? "1 file is" : `${names.length} files are`} in ${directory}, with private keys; yours alone to read.${wanted === undefined ? "" : `\n${names.join(", ")}: ${bundleOf(wanted.kind).purpose}.`}`,
  );
  context.output.json({ stack: lab, directory, files: names });
  return exitCodes.good;
}

/** @throws CommandError with everything that is wrong. */
function wantedBundle(
  { as, name }: ExportOptions,
  { authorities, certificates }: Inventory,
  lab: string,
): { readonly kind: BundleKind; readonly names: readonly string[] } | undefined {
  if (as === undefined && name === undefined) return undefined;
  const kind = bundleKinds.find((each) => each === as);
  const kinds = bundleKinds.join(", ");
  if (kind === undefined)
    throw new CommandError(
      as === undefined ? "`--name` goes with `--as`." : `There is no bundle ${JSON.stringify(as)}.`,
      `\`--as\` takes one of ${kinds}.`,
      exitCodes.failed,
    );
  const { of, authority } = bundleOf(kind);
  const names = (name ?? "").split(",").filter((each) => each !== "");
  const among = (authority ? authorities : certificates).map((each) => each.name);
  const wrong = [
    ...(names.length === of.length
      ? []
      : [`It takes ${of.length === 1 ? "one name" : `${of.length} names`}: ${of.join(", ")}; found ${names.length}.`]),
    ...names
      .filter((each) => !among.includes(each))
      .map(
        (each) => `${each} is no ${authority ? "authority" : "certificate"} of ${lab}; those are ${among.join(", ")}.`,
      ),
  ];
  if (wrong.length > 0)
    throw new CommandError(
      [`${kind} can't be made of ${name ?? "nothing"}.`, ...wrong].join("\n"),
      `Such as \`lab pki export ${lab} FOLDER --as ${kind} --name ${of.map((_, index) => among[index] ?? "NAME").join(",")}\`.`,
      exitCodes.failed,
    );
  return { kind, names };
}

type Keys = Awaited<ReturnType<typeof keysOf>>;

function filesOf(
  kind: BundleKind,
  names: readonly string[],
  inventory: Inventory,
  keys: Keys,
): ReadonlyMap<string, string | Buffer> {
  const materials = names.map((name) => materialOf(name, inventory, keys));
  const problem = bundleOf(kind).refuse?.(materials);
  if (problem !== undefined)
    throw new CommandError(
      `${kind} can't be made of ${names.join(",")}: ${problem}.`,
      "Choose others.",
      exitCodes.failed,
    );
  return new Map(Object.entries(bundle(kind, materials, randomBytes(16).toString("hex"))));
}

function materialOf(name: string, inventory: Inventory, keys: Keys): Material {
  const entry = [...inventory.authorities, ...inventory.certificates].find((each) => each.name === name);
  if (entry === undefined) throw new Error(`no ${name}`);
  const key = keys.authorities.get(name) ?? keys.certificates.get(name) ?? "";
  const above = authoritiesAbove(entry, inventory);
  const path = [entry, ...above];
  const root = inventory.authorities.find((each) => each.name === path.at(-1)?.name);
  const lists = inventory.authorities.filter((each) => above.includes(each));
  return {
    name,
    certificate: entry.pem,
    chain: path.filter(({ issuer }) => issuer !== undefined).flatMap(({ pem }) => pems(pem)),
    key,
    roots: root === undefined ? "" : root.trusted.map((generation) => root.generations[generation] ?? "").join(""),
    lists: lists.map(({ list }) => list?.pem ?? "").join(""),
  };
}

function everything(inventory: Inventory, keys: Keys): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, pem, generations, trusted, list } of inventory.authorities) {
    files.set(`authorities/${name}.pem`, pem);
    files.set(`authorities/${name}-bundle.pem`, trusted.map((generation) => generations[generation] ?? "").join(""));
    if (list !== undefined) files.set(`authorities/${name}-crl.pem`, list.pem);
  }
  for (const entry of inventory.certificates) {
    const intermediates = authoritiesAbove(entry, inventory).filter(({ issuer }) => issuer !== undefined);
    files.set(`certificates/${entry.name}.pem`, [entry, ...intermediates].map(({ pem }) => pem).join(""));
  }
  for (const [name, key] of keys.authorities) files.set(`authorities/${name}.key`, key);
  for (const [name, key] of keys.certificates) files.set(`certificates/${name}.key`, key);
  return files;
}

/** In a folder of an export before; in no other one, as it is closed to all but its owner. */
const marker = ".lab-pki-export";

function write(directory: string, files: ReadonlyMap<string, string | Buffer>): void {
  const before = ownEntriesOf(directory);
  if (before.length > 0 && !before.includes(marker))
    throw new CommandError(
      `${directory} has other files in it, and is left as it is: an export makes its folder one that you alone can read.`,
      `Take one that is new or empty, such as ${join(directory, "pki")}, or one of an export before.`,
      exitCodes.failed,
    );
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // A folder of before may be open to others, and so may a file: it keeps its mode when it is written over.
  chmodSync(directory, 0o700);
  for (const path of files.keys()) mkdirSync(join(directory, dirname(path)), { recursive: true, mode: 0o700 });
  for (const [path, text] of [[marker, ""] as const, ...files]) {
    rmSync(join(directory, path), { force: true });
    writeFileSync(join(directory, path), text, { mode: 0o600, flag: "wx" });
  }
}

/** What is in a folder; nothing where there is none. @throws CommandError where it isn't the user's own. */
function ownEntriesOf(directory: string): string[] {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const wrong = !found.isDirectory() ? "a file" : found.uid !== process.getuid?.() ? "another user's" : undefined;
  if (wrong === undefined) return readdirSync(directory);
  throw new CommandError(
    `${directory} is ${wrong}.`,
    "Take a folder of your own; it is made where there is none.",
    exitCodes.failed,
  );
}

async function keysOf(
  context: Context,
  lab: string,
): Promise<Record<"authorities" | "certificates", ReadonlyMap<string, string>>> {
  const resources = await (await context.engine()).resourcesWithSecrets(lab);
  const authorities = new Map<string, string>();
  const certificates = new Map<string, string>();
  for (const { type, outputs } of resources) {
    if (type === "labwright:pki:Authority") {
      const { name, privateKey } = outputs as unknown as AuthorityOutputs;
      authorities.set(name, String(plain(privateKey)));
    } else if (type === "labwright:pki:Certificates") {
      const keys = plain((outputs as unknown as CertificatesOutputs).privateKeys);
      for (const [name, key] of Object.entries(isRecord(keys) ? keys : {})) certificates.set(name, String(key));
    }
  }
  return { authorities, certificates };
}

/** An exported secret: its text is JSON. */
function plain(value: unknown): unknown {
  return isRecord(value) && typeof value["plaintext"] === "string" ? JSON.parse(value["plaintext"]) : value;
}
