/** The kernel's table of neighbours (ARP), which all network namespaces of a machine share. */
import { readFileSync } from "node:fs";

/** How often a neighbour was refused so far because the table was full. 0 where the kernel doesn't tell. */
export function refusedNeighbours(): number {
  try {
    return parseRefused(readFileSync("/proc/net/stat/arp_cache", "utf8"));
  } catch {
    return 0;
  }
}

/** A heading, then a line for each processor, in hexadecimal. */
export function parseRefused(text: string): number {
  const [heading = "", ...rows] = text.trim().split("\n");
  const column = heading.trim().split(/\s+/).indexOf("table_fulls");
  return column === -1 ? 0 : rows.reduce((sum, row) => sum + parseInt(row.trim().split(/\s+/)[column] ?? "0", 16), 0);
}

/** Why a topology failed, where the table overflowed meanwhile; empty otherwise. */
export function neighbourHint(refusedBefore: number): string {
  if (refusedNeighbours() <= refusedBefore) return "";
  let limit = "";
  try {
    limit = ` of ${readFileSync("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "utf8").trim()} entries`;
  } catch {
    // A sandbox's own view of /proc/sys may lack it.
  }
  return (
    `; the kernel's neighbour table${limit}, which all labs of the machine share, overflowed: ` +
    "end other labs, or raise net.ipv4.neigh.default.gc_thresh3"
  );
}
