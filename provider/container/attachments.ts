/** Which containers' network namespaces are plugged into a sandbox: a file each, that counts while its process lives. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { insidePath, startTimeOf, type Holder } from "../sandbox/holder.ts";

export interface Attachment {
  /** Id of the container. */
  readonly container: string;
  /** Of the container's first process, on the host. */
  readonly pid: number;
  /** With it, a pid names one process for ever. */
  readonly startTime: number;
}

const folder = "/run/labwright/containers";

/** By node; undefined where the container has ended since: if it was started again, it has another namespace. */
export async function attachments(holder: Holder): Promise<ReadonlyMap<string, Attachment | undefined>> {
  const nodes = await readdir(insidePath(holder, folder)).catch(() => []);
  return new Map(nodes.map((node) => [node, attachmentOf(holder, node)]));
}

/** Whether a node's container was ever plugged in. */
export function isContainer(holder: Holder, node: string): boolean {
  return existsSync(insidePath(holder, `${folder}/${node}`));
}

/** Whether a node's container has ended since it was plugged in. */
export function wasStartedAgain(holder: Holder, node: string): boolean {
  const known = recordOf(holder, node);
  return known !== undefined && startTimeOf(known.pid) !== known.startTime;
}

/** Of a node whose container runs, and whose namespace is the container's. */
export function attachmentOf(holder: Holder, node: string): Attachment | undefined {
  const known = recordOf(holder, node);
  if (known === undefined || startTimeOf(known.pid) !== known.startTime) return undefined;
  const plugged = inodeOf(insidePath(holder, `/run/netns/${node}`));
  return plugged !== undefined && plugged === inodeOf(`/proc/${known.pid}/ns/net`) ? known : undefined;
}

function recordOf(holder: Holder, node: string): Attachment | undefined {
  if (!isContainer(holder, node)) return undefined;
  return JSON.parse(readFileSync(insidePath(holder, `${folder}/${node}`), "utf8")) as Attachment;
}

/** A namespace is known by the inode of its file (namespaces(7)). */
function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

export async function recordAttachment(holder: Holder, node: string, attachment: Attachment): Promise<void> {
  await writeFile(insidePath(holder, `${folder}/${node}`), JSON.stringify(attachment), { mode: 0o600 });
}

/** Lines of a script that unplug a node's container, with what is plugged into it. */
export function detachLines(node: string): string[] {
  return [`umount /run/netns/${node} 2>/dev/null || true`, `rm -f /run/netns/${node} ${folder}/${node}`];
}
