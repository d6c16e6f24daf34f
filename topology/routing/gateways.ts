/** Hosts' default routes. */
import type { AddressPlan } from "../addressing/plan.ts";
import { formatAddress } from "../addressing/address.ts";
import type { Attachment, Draft, DraftEnd, DraftHost } from "../draft.ts";
import type { Route } from "../topology.ts";
import type { Report } from "../validation/report.ts";

/** Where a host and a router meet. */
interface Meeting {
  readonly host: DraftEnd;
  readonly router: DraftEnd;
}

/** By host, one route for each family in which it meets its gateway with addresses. */
export function planGateways(
  draft: Draft,
  plan: AddressPlan,
  interfaces: ReadonlyMap<DraftEnd, string>,
  report: Report,
): ReadonlyMap<string, readonly Route[]> {
  const attachmentsOf = new Map<string, Attachment[]>();
  for (const attachment of draft.attachments) {
    for (const end of attachment.ends) {
      if (!draft.hosts.has(end.node)) continue;
      const attachments = attachmentsOf.get(end.node);
      if (attachments === undefined) attachmentsOf.set(end.node, [attachment]);
      else attachments.push(attachment);
    }
  }
  const routes = new Map<string, readonly Route[]>();
  for (const host of draft.hosts.values()) {
    const meetings = routersMet(host, attachmentsOf.get(host.name) ?? [], draft);
    const gateway = chooseGateway(host, meetings, report);
    const own: Route[] = [];
    for (const family of gateway === undefined ? [] : draft.families) {
      const meeting = meetings.find(
        ({ host: end, router }) =>
          router.node === gateway &&
          plan.addressOf(end, family) !== undefined &&
          plan.addressOf(router, family) !== undefined,
      );
      const via = meeting && plan.addressOf(meeting.router, family);
      if (meeting === undefined || via === undefined) continue;
      const destination = family === "ipv4" ? "0.0.0.0/0" : "::/0";
      own.push({ destination, via: formatAddress(via), interface: interfaces.get(meeting.host) ?? "" });
    }
    routes.set(host.name, own);
  }
  return routes;
}

function routersMet(host: DraftHost, attachments: readonly Attachment[], draft: Draft): readonly Meeting[] {
  return attachments.flatMap(({ ends }) => {
    const own = ends.find((end) => end.node === host.name);
    const routers = ends.filter((end) => draft.routers.has(end.node));
    return own === undefined ? [] : routers.map((router) => ({ host: own, router }));
  });
}

/** The one declared, otherwise the only router there. */
function chooseGateway(host: DraftHost, meetings: readonly Meeting[], report: Report): string | undefined {
  const met = new Set(meetings.map((meeting) => meeting.router.node));
  const path = `${host.path}.gateway`;
  const declared = host.spec.gateway;
  if (declared !== undefined) {
    if (met.has(declared)) return declared;
    const expected = `a router on a link or segment of ${host.name}`;
    report.add(
      "unreachable-gateway",
      path,
      declared,
      expected,
      `Join ${host.name} and ${declared}, or name another router.`,
    );
    return undefined;
  }
  if (met.size < 2) return [...met][0];
  report.add(
    "ambiguous-gateway",
    path,
    undefined,
    `one of ${[...met].join(", ")}`,
    "The host meets several routers: name its gateway.",
  );
  return undefined;
}
