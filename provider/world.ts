/** The sandboxes as this provider process knows them: found once, looked at once, changed in batches. */
import { connectDocker } from "../toolchain/docker/client.ts";
import { Batch } from "./batch.ts";
import { attachmentOf, wasStartedAgain } from "./container/attachments.ts";
import { nodeContainers, type NodeContainer } from "./container/docker.ts";
import { ensureAll, looksFor, type EnsureRequest } from "./kernel/ensure.ts";
import {
  knownSysctls,
  namespaces,
  nodesWithRuleset,
  observeNodes,
  sandboxNamespace,
  type Look,
  type ObservedNode,
} from "./kernel/observe.ts";
import { probeFeatures, relayStart, type Features } from "./impairments/index.ts";
import { scriptInside } from "./sandbox/run.ts";
import type { Depth } from "./resource.ts";
import { ensureHolder, findHolder, isAlive, type Holder } from "./sandbox/holder.ts";
import type { NodeInputs } from "./schema.ts";
import type { Wiring } from "./kernel/wire.ts";

export class World {
  readonly #sandboxes = new Map<string, Promise<SandboxWorld | undefined>>();

  /** The running sandbox of that key, if there is one. Many ask at once: one search answers them all. */
  async find(key: string): Promise<SandboxWorld | undefined> {
    const search = this.#sandboxes.get(key) ?? this.#search(key);
    const found = await search;
    if (found === undefined || isAlive(found.holder)) return found;
    if (this.#sandboxes.get(key) === search) this.#sandboxes.delete(key);
    return this.find(key);
  }

  #search(key: string): Promise<SandboxWorld | undefined> {
    const search = findHolder(key).then((holder) =>
      holder === undefined ? undefined : new SandboxWorld(holder, false),
    );
    this.#sandboxes.set(key, search);
    return search;
  }

  /** As `find`, but a missing one is an error with a way out. */
  async get(key: string): Promise<SandboxWorld> {
    const sandbox = await this.find(key);
    if (sandbox === undefined)
      throw new Error("The lab's sandbox isn't running any more. Run `up` again: it makes a new one.");
    return sandbox;
  }

  /** `directory`: as for ensureHolder. */
  async ensure(key: string, lab: string, directory?: string): Promise<SandboxWorld> {
    const existing = await this.find(key);
    if (existing !== undefined && existing.holder.directory === directory) return existing;
    const { holder, created } = await ensureHolder(key, lab, directory);
    const sandbox = new SandboxWorld(holder, created);
    this.#sandboxes.set(key, Promise.resolve(sandbox));
    return sandbox;
  }

  forget(key: string): void {
    this.#sandboxes.delete(key);
  }
}

export class SandboxWorld {
  readonly holder: Holder;
  /** Made by this process: what hasn't been ensured yet can't be there. */
  readonly #isNew: boolean;
  readonly #ensured = new Set<string>();
  readonly #ensures: Batch<{ readonly id: string; readonly request: EnsureRequest }>;
  #looked: Promise<Map<string, ObservedNode>> | undefined;
  #features: Promise<Features> | undefined;
  #relay: Promise<void> | undefined;
  #containers: Promise<readonly NodeContainer[]> | undefined;

  constructor(holder: Holder, isNew: boolean) {
    this.holder = holder;
    this.#isNew = isNew;
    this.#ensures = new Batch(async (items) => {
      const isNewToAll = this.#isNew && items.every((item) => !this.#ensured.has(item.id));
      for (const item of items) this.#ensured.add(item.id);
      await ensureAll(
        this.holder,
        items.map((item) => item.request),
        isNewToAll,
      );
    });
  }

  /** Carries out a request together with others that come at the same time. `id` names the resource. */
  async ensure(id: string, request: EnsureRequest): Promise<void> {
    await this.#ensures.add({ id, request });
  }

  /**
   * What there is of these nodes and wirings. The engine asks for one resource after the other, so the first question
   * looks at the whole sandbox, once in the life of this process, which is one engine operation; `forgetLook` makes it
   * look again.
   */
  async observe(
    nodes: readonly NodeInputs[],
    wirings: readonly Wiring[],
    depth: Depth,
  ): Promise<Map<string, ObservedNode>> {
    this.#looked ??= lookAtAll(this.holder, depth);
    const all = await this.#looked;
    const observed = new Map<string, ObservedNode>();
    const missing: Look[] = [];
    for (const look of looksFor(nodes, wirings, depth === "full")) {
      const found = all.get(look.node);
      if (found === undefined) continue;
      observed.set(look.node, found);
      // A sysctl or a rule set that a changed declaration is the first to name.
      if (look.sysctls.some((name) => !(name in found.sysctls)) || (look.ruleset && !found.rulesetSeen))
        missing.push(look);
    }
    if (missing.length > 0)
      for (const [node, found] of await observeNodes(this.holder, missing)) observed.set(node, found);
    return observed;
  }

  /** What the first look at the whole sandbox saw. */
  observeAll(): Promise<ReadonlyMap<string, ObservedNode>> {
    this.#looked ??= lookAtAll(this.holder, "quick");
    return this.#looked;
  }

  /** Why a node's container isn't plugged in as it is declared, for people; undefined where it is. */
  async unplugged(node: string, container: string): Promise<string | undefined> {
    this.#containers ??= connectDocker().then((docker) => nodeContainers(docker, this.holder.key));
    const state = (await this.#containers).find(({ id }) => id === container)?.state;
    if (state === undefined) return "removed";
    if (state !== "running") return state === "paused" ? "paused" : "stopped";
    if (attachmentOf(this.holder, node)?.container === container) return undefined;
    return wasStartedAgain(this.holder, node) ? "started again" : "not plugged in";
  }

  /** What this machine can do to a link; tried out once, when the first link is impaired. */
  features(): Promise<Features> {
    this.#features ??= probeFeatures((script) => scriptInside(this.holder, script));
    return this.#features;
  }

  /** Starts the delay relay unless it runs. */
  startRelay(): Promise<void> {
    this.#relay ??= scriptInside(this.holder, relayStart()).then(({ exitCode, stderr }) => {
      if (exitCode !== 0) throw new Error(`The delay relay did not start: ${stderr.trim()}`);
    });
    return this.#relay;
  }

  forgetLook(): void {
    this.#looked = undefined;
  }
}

async function lookAtAll(holder: Holder, depth: Depth): Promise<Map<string, ObservedNode>> {
  const [nodes, sysctls, rulesets] = await Promise.all([
    namespaces(holder),
    knownSysctls(holder),
    nodesWithRuleset(holder),
  ]);
  const looks = [sandboxNamespace, ...nodes].map((node) => ({
    node,
    sysctls: node === sandboxNamespace ? [] : sysctls,
    ruleset: node !== sandboxNamespace && (depth === "full" || rulesets.has(node)),
  }));
  return observeNodes(holder, looks);
}
