/** Names: that they can be names, that no two things have the same, that what they refer to is declared. */
import type { Draft } from "../draft.ts";
import { isReservedInterfaceName, longestInterfaceName } from "../interfaces.ts";
import { member, type Report } from "./report.ts";

/** A DNS label (RFC 1123) that starts with a letter. */
const namePattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const nameRule = "1 to 63 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";

/** Names that stand for something else where a node's name is expected. */
const reservedNodeNames = new Set(["sandbox", "localhost"]);

export function checkNames(draft: Draft, report: Report): void {
  checkDeclaredNames(draft, report);
  checkAttachmentNames(draft, report);
  checkEnds(draft, report);
  checkInterfaceNames(draft, report);
  checkNodeReferences(draft, report);
  checkAutonomousSystems(draft, report);
  checkRelationReferences(draft, report);
  checkHostNames(draft, report);
}

function checkHostNames({ spec }: Draft, report: Report): void {
  for (const [name, node] of Object.entries(spec.names ?? {})) {
    const path = member("names", name);
    if (!/^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/.test(name) || name.length > 253)
      report.add("bad-name", path, name, "a host name in lower case such as whois.radb.net", "Choose another name.");
    else if (Object.hasOwn(spec.nodes, name))
      report.add("reserved-name", path, name, "a name that no node has", "The node goes by it already.");
    if (!Object.hasOwn(spec.nodes, node)) report.unknownReference(path, node, "a node", Object.keys(spec.nodes));
  }
  if (spec.resolver === undefined) return;
  const resolver = Object.hasOwn(spec.nodes, spec.resolver) ? spec.nodes[spec.resolver] : undefined;
  if (resolver === undefined) report.unknownReference("resolver", spec.resolver, "a node", Object.keys(spec.nodes));
  else if (!Object.values(resolver.services ?? {}).some(({ kind }) => kind === "dns"))
    report.add("not-a-name-server", "resolver", spec.resolver, "a node with a service of kind dns", "Give it one.");
}

function checkDeclaredNames({ spec }: Draft, report: Report): void {
  for (const collection of ["autonomousSystems", "nodes", "segments"] as const) {
    for (const name of Object.keys(spec[collection] ?? {})) {
      const path = member(collection, name);
      if (!namePattern.test(name)) report.add("bad-name", path, name, nameRule, "Choose another name.");
      else if (collection === "nodes" && reservedNodeNames.has(name)) {
        report.add("reserved-name", path, name, "a name that stands for nothing else", "Choose another name.");
      }
    }
  }
}

function checkAttachmentNames({ attachments }: Draft, report: Report): void {
  const declaredAt = new Map<string, string>();
  for (const { kind, name, named, path } of attachments) {
    if (kind === "link" && named && !/^[A-Za-z0-9][A-Za-z0-9#._-]{0,139}$/.test(name)) {
      const expected = "1 to 140 letters, digits and #._- that start with a letter or digit";
      report.add("bad-name", `${path}.name`, name, expected, "Choose another name.");
    }
    const earlier = declaredAt.get(name);
    if (earlier === undefined) declaredAt.set(name, path);
    else {
      const hint = `${earlier} has this name already; name one of them otherwise.`;
      report.add("duplicate-link-name", path, name, "a name that no other link or segment has", hint);
    }
  }
}

function checkEnds({ spec, attachments }: Draft, report: Report): void {
  for (const { kind, path, ends } of attachments) {
    const seen = new Set<string>();
    for (const end of ends) {
      if (!Object.hasOwn(spec.nodes, end.node)) {
        report.unknownReference(end.nodePath, end.node, "a node", Object.keys(spec.nodes));
      } else if (seen.has(end.node)) {
        if (kind === "link")
          report.add("self-link", path, end.node, "two different nodes", "Join it to another node, or leave it out.");
        // A machine may have two interfaces on one segment, such as one for each of two uses; a router's would be a mistake.
        else if (end.interface === undefined || spec.nodes[end.node]?.kind !== "machine")
          report.add("duplicate-member", end.nodePath, end.node, "each member once", "Leave it out here.");
      }
      seen.add(end.node);
    }
  }
}

function checkInterfaceNames({ attachments }: Draft, report: Report): void {
  const declaredAt = new Map<string, string>();
  for (const end of attachments.flatMap((attachment) => attachment.ends)) {
    if (end.mac !== undefined && !/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(end.mac))
      report.add(
        "bad-mac",
        `${end.path}.mac`,
        end.mac,
        "an interface's Ethernet address",
        "Such as 02:00:00:00:00:01.",
      );
    const name = end.interface;
    if (name === undefined) continue;
    const path = `${end.path}.interface`;
    if (name.length > longestInterfaceName) {
      const expected = `at most ${longestInterfaceName} characters`;
      report.add("interface-name-too-long", path, name, expected, "Shorten it, or leave it out to have one made.");
    } else if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
      const expected = "letters, digits and _.- that start with a letter or digit";
      report.add("bad-interface-name", path, name, expected, "Choose another name.");
    } else if (isReservedInterfaceName(name)) {
      report.add("bad-interface-name", path, name, "a name that the kernel doesn't use itself", "Choose another name.");
    }
    const earlier = declaredAt.get(`${end.node} ${name}`);
    if (earlier === undefined) declaredAt.set(`${end.node} ${name}`, end.path);
    else {
      const expected = `a name that no other interface of ${end.node} has`;
      report.add("duplicate-interface", path, name, expected, `${earlier} has this name already; change one of them.`);
    }
  }
}

function checkNodeReferences({ spec, routers, hosts, attachments }: Draft, report: Report): void {
  for (const router of routers.values()) {
    if (!Object.hasOwn(spec.autonomousSystems ?? {}, router.spec.as)) {
      report.unknownReference(`${router.path}.as`, router.spec.as, "an AS", Object.keys(spec.autonomousSystems ?? {}));
    }
  }
  const attached = new Set(attachments.flatMap((attachment) => attachment.ends.map((end) => end.node)));
  for (const host of hosts.values()) {
    if (!attached.has(host.name)) {
      report.add(
        "host-without-link",
        host.path,
        undefined,
        "a link or a segment with it",
        "Add a link to it, or leave it out.",
      );
    }
    const gateway = host.spec.gateway;
    if (gateway === undefined || routers.has(gateway)) continue;
    const path = `${host.path}.gateway`;
    if (hosts.has(gateway)) {
      report.add(
        "gateway-not-a-router",
        path,
        gateway,
        "a router",
        "Name a router on one of the host's links or segments.",
      );
    } else report.unknownReference(path, gateway, "a router", routers.keys());
  }
}

function checkAutonomousSystems({ spec, routers, routersOf }: Draft, report: Report): void {
  const numberOf = new Map<number, string>();
  for (const [name, { asn, title, ibgp }] of Object.entries(spec.autonomousSystems ?? {})) {
    const path = member("autonomousSystems", name);
    if (title !== undefined && /\p{Cc}/u.test(title)) {
      report.add("bad-title", `${path}.title`, title, "one line without control characters", "Take them out.");
    }
    const earlier = numberOf.get(asn);
    if (!Number.isInteger(asn) || asn < 1 || asn > 4294967294 || asn === 23456 || asn === 65535) {
      const expected = "a whole number from 1 to 4294967294, except 23456 (RFC 6793) and 65535 (RFC 7300)";
      report.add(
        "asn-out-of-range",
        `${path}.asn`,
        asn,
        expected,
        "Private numbers are 64512 to 65534 and 4200000000 to 4294967294.",
      );
    } else if (earlier === undefined) numberOf.set(asn, name);
    else {
      report.add(
        "duplicate-asn",
        `${path}.asn`,
        asn,
        "a number that no other AS has",
        `${earlier} has it already; change one of them.`,
      );
    }
    if (ibgp?.kind !== "route-reflectors") continue;
    const reflectorsPath = `${path}.ibgp.reflectors`;
    if (ibgp.reflectors.length === 0) {
      report.add(
        "no-reflectors",
        reflectorsPath,
        undefined,
        "one router at least",
        `Name a router of ${name}, or choose full-mesh.`,
      );
    }
    const own = (routersOf.get(name) ?? []).map((router) => router.name);
    for (const [index, reflector] of ibgp.reflectors.entries()) {
      const at = `${reflectorsPath}[${index}]`;
      if (ibgp.reflectors.indexOf(reflector) < index) {
        report.add("duplicate-reference", at, reflector, "each router once", "Leave it out here.");
      } else if (!routers.has(reflector)) report.unknownReference(at, reflector, "a router", own);
      else if (!own.includes(reflector)) {
        report.add(
          "reflector-outside-as",
          at,
          reflector,
          `a router of ${name}`,
          `It is a router of ${routers.get(reflector)?.spec.as}.`,
        );
      }
    }
  }
}

function checkRelationReferences({ spec, routers, relations }: Draft, report: Report): void {
  const checkAs = (path: string, name: string): void => {
    if (!Object.hasOwn(spec.autonomousSystems ?? {}, name)) {
      report.unknownReference(path, name, "an AS", Object.keys(spec.autonomousSystems ?? {}));
    }
  };
  for (const [index, relation] of relations.entries()) {
    const path = `relations[${index}]`;
    switch (relation.kind) {
      case "transit":
        checkAs(`${path}.provider`, relation.provider);
        checkAs(`${path}.customer`, relation.customer);
        break;
      case "peer":
      case "sibling":
        for (const [side, name] of relation.between.entries()) checkAs(`${path}.between[${side}]`, name);
        break;
      case "route-server":
        if (!routers.has(relation.server))
          report.unknownReference(`${path}.server`, relation.server, "a router", routers.keys());
        for (const [position, name] of relation.members.entries()) checkAs(`${path}.members[${position}]`, name);
        break;
      default:
        relation satisfies never;
    }
  }
}
