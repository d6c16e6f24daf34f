/** Services with SPIFFE identities behind sidecars, and callers that they don't know. */
import type { AuthoritySpec, CertificateSpec, CredentialSpec } from "../../topology/pki/spec.ts";
import type { ProxySpec } from "../../topology/services/proxy/spec.ts";
import type { HostSpec, TopologySpec } from "../../topology/spec.ts";

export const trustDomain = "shop.example";

export function identityOf(workload: string): string {
  return `spiffe://${trustDomain}/${workload}`;
}

/** Ports of a service itself, of its sidecar, and of the node's own loopback interface for calls to others. */
export const ports = { service: 8080, sidecar: 8443, outbound: { orders: 9001, payments: 9002 } } as const;

type Callee = keyof typeof ports.outbound;

/** Tells what a sidecar's log says of one attempt and not of earlier ones. */
const logTool = `# log.sh mark PATTERN: from here on. log.sh since PATTERN: waits up to 3 s for a line that matches.
cd /run/bird
mark=mark.$(printf %s "$2" | cksum | cut -d ' ' -f 1)
case $1 in
  mark) wc -l <proxy.log >"$mark" ;;
  since)
    new() { tail -n "+$(($(cat "$mark") + 1))" proxy.log; }
    tries=0
    until new | grep -E -- "$2"; do
      [ $((tries += 1)) -le 30 ] || { new; exit 1; }
      sleep 0.1
    done
    ;;
esac
`;

interface Workload {
  readonly calls: readonly Callee[];
  /** Workloads that may call it; absent where it serves nothing. */
  readonly allows?: readonly string[];
}

const workloads: Readonly<Record<string, Workload>> = {
  web: { calls: ["orders", "payments"] },
  orders: { calls: ["payments"], allows: ["web"] },
  payments: { calls: [], allows: ["orders"] },
  batch: { calls: ["orders", "payments"] },
  replica: { calls: ["orders"] },
  outsider: { calls: ["orders"] },
};

function proxy({ calls, allows }: Workload): ProxySpec {
  return {
    kind: "proxy",
    tls: { certificate: "proxy/identity.pem", key: "proxy/identity.key", authorities: "proxy/authorities.pem" },
    ...(allows === undefined ? {} : { inbound: { to: ports.service, allows: allows.map(identityOf) } }),
    outbound: Object.fromEntries(
      calls.map((callee) => [callee, { port: ports.outbound[callee], node: callee, identity: identityOf(callee) }]),
    ),
  };
}

function host(name: string, workload: Workload): HostSpec {
  const credentials: Record<string, CredentialSpec> = {
    "proxy/identity.pem": { certificate: name, content: "chain" },
    "proxy/identity.key": { certificate: name, content: "key" },
    "proxy/authorities.pem": { authority: "root", content: "bundle" },
    // A second workload on the node of an allowed one.
    ...(name === "web"
      ? {
          "job/identity.pem": { certificate: "job", content: "chain" },
          "job/identity.key": { certificate: "job", content: "key" },
        }
      : {}),
  };
  return {
    kind: "host",
    files: { "log.sh": logTool },
    credentials,
    services: {
      ...(workload.allows === undefined
        ? {}
        : { app: { kind: "http" as const, port: ports.service, answer: `answer of ${name}`, loopback: true } }),
      proxy: proxy(workload),
    },
  };
}

const svid = (workload: string, issuer = "issuing"): CertificateSpec => ({
  issuer,
  profile: "spiffe",
  uris: [identityOf(workload)],
  lifetime: "7d",
});

export function zeroTrustTopology(): TopologySpec {
  const root = (organization: string): AuthoritySpec => ({ subject: { organization, commonName: "Root" } });
  return {
    families: ["ipv4"],
    nodes: Object.fromEntries(Object.entries(workloads).map(([name, each]) => [name, host(name, each)])),
    segments: { lan: { members: Object.keys(workloads) } },
    pki: {
      authorities: {
        root: root("Shop"),
        issuing: { issuer: "root", subject: { organization: "Shop", commonName: "Workloads" }, pathLength: 0 },
        other: root("Another trust domain"),
      },
      certificates: {
        web: svid("web"),
        orders: svid("orders"),
        payments: svid("payments"),
        batch: svid("batch"),
        job: svid("job"),
        // The same workload a second time, at another address.
        replica: svid("web"),
        // The name of an allowed caller, from somebody else's authority.
        outsider: svid("web", "other"),
      },
    },
  };
}

function withHost(spec: TopologySpec, name: string, change: (host: HostSpec) => HostSpec): TopologySpec {
  const node = spec.nodes[name];
  if (node?.kind !== "host") throw new Error(`the lab has no host ${name}`);
  return { ...spec, nodes: { ...spec.nodes, [name]: change(node) } };
}

export function withProxy(spec: TopologySpec, name: string, change: (proxy: ProxySpec) => ProxySpec): TopologySpec {
  return withHost(spec, name, (node) => {
    const sidecar = node.services?.["proxy"];
    if (sidecar?.kind !== "proxy") throw new Error(`${name} has no proxy`);
    return { ...node, services: { ...node.services, proxy: change(sidecar) } };
  });
}

/** Whether the service itself listens on the loopback interface only. */
export function withLoopback(spec: TopologySpec, name: string, loopback: boolean): TopologySpec {
  return withHost(spec, name, (node) => {
    const app = node.services?.["app"];
    if (app?.kind !== "http") throw new Error(`${name} has no service`);
    return { ...node, services: { ...node.services, app: { ...app, loopback } } };
  });
}

export function withCertificate(
  spec: TopologySpec,
  name: string,
  change: (certificate: CertificateSpec) => CertificateSpec,
): TopologySpec {
  const certificate = spec.pki?.certificates?.[name];
  if (spec.pki === undefined || certificate === undefined) throw new Error(`the lab has no certificate ${name}`);
  return { ...spec, pki: { ...spec.pki, certificates: { ...spec.pki.certificates, [name]: change(certificate) } } };
}
