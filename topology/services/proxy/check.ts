/** Names, ports and paths of a proxy. */
import type { NodeSpec } from "../../spec.ts";
import { member, type Report } from "../../validation/report.ts";
import { isInside } from "../paths.ts";
import type { ProxySpec } from "./spec.ts";

/** `path`: of the service. */
export function checkProxy({ tls, inbound, outbound = {} }: ProxySpec, path: string, report: Report): void {
  for (const [property, file] of Object.entries(tls))
    if (!isInside(file))
      report.add(
        "bad-path",
        `${path}.tls.${property}`,
        file,
        "a path inside the node's directory",
        "Use a relative path.",
      );
  if (folderOf(tls.certificate) !== folderOf(tls.key)) {
    const hint = "They are read together when one of them changes.";
    report.add("credentials-apart", `${path}.tls.key`, tls.key, `a file beside ${tls.certificate}`, hint);
  }
  if (inbound !== undefined) {
    checkPort(inbound.to, `${path}.inbound.to`, report);
    for (const [index, identity] of inbound.allows.entries())
      checkIdentity(identity, `${path}.inbound.allows[${index}]`, report);
  }
  for (const [name, { nodePort, identity }] of Object.entries(outbound)) {
    const at = member(`${path}.outbound`, name);
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
      report.add(
        "bad-name",
        at,
        name,
        "1 to 63 lower-case letters, digits and hyphens, a letter first",
        "Choose another.",
      );
    if (nodePort !== undefined) checkPort(nodePort, `${at}.nodePort`, report);
    checkIdentity(identity, `${at}.identity`, report);
  }
}

/** That services which it calls are on nodes that there are. */
export function checkUpstreams(
  { outbound = {} }: ProxySpec,
  nodes: Readonly<Record<string, NodeSpec>>,
  path: string,
  report: Report,
): void {
  for (const [name, { node }] of Object.entries(outbound))
    if (!Object.hasOwn(nodes, node))
      report.unknownReference(`${member(`${path}.outbound`, name)}.node`, node, "a node", Object.keys(nodes));
}

/** The folder of a path, with its slash; empty for the node's directory itself. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

function checkPort(port: number, path: string, report: Report): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return;
  report.add("port-out-of-range", path, port, "a whole number from 1 to 65535", "Choose another port.");
}

/** SPIFFE ID: a trust domain, and a path that isn't empty as that of a workload isn't. */
function checkIdentity(identity: string, path: string, report: Report): void {
  const [, domain, segments] = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)+)$/.exec(identity) ?? [];
  if (domain !== undefined && !(segments ?? "").split("/").some((each) => each === "." || each === "..")) return;
  const expected = "a SPIFFE ID: spiffe://, a trust domain in lower case, a path";
  report.add("bad-identity", path, identity, expected, "Such as `spiffe://shop.example/orders`.");
}
