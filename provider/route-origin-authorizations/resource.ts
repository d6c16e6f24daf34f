import { readFile } from "node:fs/promises";
import { requireNodeName, requireText } from "../checks.ts";
import { nodeDirectory } from "../kernel/observe.ts";
import type { Resource } from "../resource.ts";
import { PartialFailure } from "../rpc/service.ts";
import { insidePath, type Holder } from "../sandbox/holder.ts";
import type { RoaInputs, RouteOriginAuthorizationsInputs, RouteOriginAuthorizationsOutputs } from "../schema.ts";
import { waitFor } from "../wait.ts";
import type { World } from "../world.ts";
import { Krill, NotAnswering } from "./krill.ts";

type Inputs = RouteOriginAuthorizationsInputs;

/** `labwright:net:RouteOriginAuthorizations`; see RouteOriginAuthorizationsInputs. */
export function routeOriginAuthorizationsResource(world: World): Resource<Inputs, RouteOriginAuthorizationsOutputs> {
  return {
    type: "labwright:net:RouteOriginAuthorizations",
    changes: {
      sandbox: "replace",
      node: "replace",
      authority: "replace",
      daemon: "live",
      socket: "live",
      root: "live",
      roas: "live",
    },
    check: (inputs) => [
      ...["sandbox", "daemon", "socket", "root", "authority"].flatMap((property) => requireText(inputs, property)),
      ...requireNodeName(inputs, "node"),
    ],
    id: (inputs) => `${inputs.sandbox}/${inputs.node}/${inputs.authority}`,
    predict: () => ({}),
    async observe(inputs, state) {
      const sandbox = await world.find(inputs.sandbox);
      if (sandbox === undefined) return undefined;
      const krill = krillOf(sandbox.holder, inputs);
      try {
        const outputs = await whatToTrust(sandbox.holder, inputs, krill);
        const signed = await krill.roas(inputs.authority);
        const replaced = state !== undefined && state.locator !== outputs.locator;
        const drift = signed === undefined ? [`CA ${inputs.authority}: missing`] : roaDifferences(inputs, signed);
        return { drift: [...(replaced ? ["trust anchor: another one"] : []), ...drift], outputs };
      } catch (error) {
        return { drift: [`Krill on ${inputs.node}: ${(error as Error).message}`] };
      }
    },
    async reconcile(inputs, previous) {
      const { holder } = await world.get(inputs.sandbox);
      const krill = krillOf(holder, inputs);
      try {
        await answering(holder, inputs, krill);
        await makeEqual(inputs, krill);
        await published(inputs, krill);
        return { ...inputs, ...(await whatToTrust(holder, inputs, krill)) };
      } catch (error) {
        const message = `Krill on ${inputs.node}: ${(error as Error).message}`;
        throw previous === undefined ? new Error(message) : new PartialFailure(message);
      }
    },
    async remove(state) {
      const sandbox = await world.find(state.sandbox);
      if (sandbox === undefined) return;
      const krill = krillOf(sandbox.holder, state);
      try {
        const signed = (await krill.roas(state.authority)) ?? [];
        const own = signed.filter((roa) => Object.hasOwn(state.roas, textOf(roa)));
        if (own.length > 0) await krill.update(state.authority, [], own);
      } catch (error) {
        // Where Krill is gone its ROAs are too.
        if (!(error instanceof NotAnswering)) throw error;
      }
    },
  };
}

/** As Krill and its command krillc write it. */
export function textOf({ prefix, maxLength, asn }: RoaInputs): string {
  return `${prefix}-${maxLength} => ${asn}`;
}

export function roaDifferences({ roas }: Pick<Inputs, "roas">, signed: readonly RoaInputs[]): string[] {
  const texts = signed.map(textOf);
  return [
    ...Object.keys(roas)
      .filter((text) => !texts.includes(text))
      .map((text) => `ROA ${text}: missing`),
    ...texts.filter((text) => !Object.hasOwn(roas, text)).map((text) => `ROA ${text}: not declared`),
  ];
}

function krillOf(holder: Holder, { node, socket }: Inputs): Krill {
  return new Krill(insidePath(holder, `${nodeDirectory(node)}/${socket}`));
}

/** Waits until Krill, which makes RSA keys at its first start, takes orders. */
async function answering(holder: Holder, { node, daemon }: Inputs, krill: Krill): Promise<void> {
  const file = (name: string): Promise<string> =>
    readFile(insidePath(holder, `${nodeDirectory(node)}/${daemon}.${name}`), "utf8").catch(() => "");
  await waitFor("its answer", 60_000, async () => {
    try {
      await krill.locator();
      return undefined;
    } catch (error) {
      if (!(error instanceof NotAnswering)) throw error;
      const pid = (await file("pid")).trim();
      const alive = pid !== "" && (await readFile(insidePath(holder, `/proc/${pid}/stat`)).catch(() => undefined));
      if (alive) return error.message;
      throw new Error(`it ended; the end of its log: ${(await file("log")).trim().split("\n").slice(-3).join("; ")}`);
    }
  });
}

async function makeEqual({ authority, roas }: Inputs, krill: Krill): Promise<void> {
  const signed = await krill.roas(authority);
  if (signed === undefined) return krill.create(authority, Object.values(roas));
  const texts = signed.map(textOf);
  const added = Object.entries(roas).flatMap(([text, roa]) => (texts.includes(text) ? [] : [roa]));
  const removed = signed.filter((roa) => !Object.hasOwn(roas, textOf(roa)));
  if (added.length + removed.length === 0) return;
  await nextSecond();
  await krill.update(authority, added, removed);
}

/**
 * A manifest has its time in whole seconds, and a relying party keeps what it has unless the time is later (RFC 9286,
 * 4.2.1): of two changes of a CA in one second it may miss the second.
 */
function nextSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));
}

/** Krill answers before it has published. */
async function published({ authority }: Inputs, krill: Krill): Promise<void> {
  await waitFor("its publication of the ROAs", 30_000, async () => {
    const wanted = (await krill.roas(authority))?.flatMap(({ uris }) => uris) ?? [];
    const there = await krill.published(authority);
    if (there === undefined) return "it is being replaced";
    const missing = wanted.find((uri) => !there.includes(uri));
    const withdrawn = there.find((uri) => !wanted.includes(uri));
    if (missing !== undefined) return `${missing} isn't there`;
    return withdrawn === undefined ? undefined : `${withdrawn} is still there`;
  });
}

async function whatToTrust(
  holder: Holder,
  { node, root }: Inputs,
  krill: Krill,
): Promise<Pick<RouteOriginAuthorizationsOutputs, "locator" | "certificate">> {
  const locator = await krill.locator();
  const certificate = await readFile(insidePath(holder, `${nodeDirectory(node)}/${root}`), "utf8");
  return { locator, certificate };
}
