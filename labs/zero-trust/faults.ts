/** What may be broken, and how it is mended. */
import { all, exits, prints } from "../expect.ts";
import type { Fault } from "../lab.ts";
import { answered, calls, logged } from "./checks.ts";
import { identityOf, ports, withCertificate, withLoopback, withProxy } from "./topology.ts";

const wrongCaller: Fault = {
  name: "batch-reads-orders",
  title: "The sidecar of orders allows batch as well.",
  hints: [
    "Who is answered by orders, and who should be?",
    "`lab logs zero-trust orders` names each caller and what it got.",
    "The policy is in /run/bird/proxy/envoy.json on orders: `principals`.",
  ],
  breaks: (healthy) =>
    withProxy(healthy, "orders", (proxy) => ({
      ...proxy,
      inbound: { to: ports.service, allows: ["web", "batch"].map(identityOf) },
    })),
  symptoms: () => [
    {
      name: "batch-is-answered",
      title: "batch gets the answer of orders",
      proves: [],
      steps: [calls("batch", "orders", answered("orders"))],
    },
  ],
  fails: ["other-identity"],
  solutions: [
    {
      name: "allow-web-alone",
      title: "The sidecar of orders allows web alone.",
      solves: (broken) =>
        withProxy(broken, "orders", (proxy) => ({
          ...proxy,
          inbound: { to: ports.service, allows: [identityOf("web")] },
        })),
    },
  ],
};

const around: Fault = {
  name: "payments-without-log",
  title: "The service payments listens on the network itself, beside its sidecar.",
  hints: [
    "Somebody has an answer of payments, and its sidecar never saw them.",
    "`ss -ltn` on payments: what listens where?",
  ],
  breaks: (healthy) => withLoopback(healthy, "payments", false),
  symptoms: () => [
    {
      name: "answered-without-certificate",
      title: "batch, which no sidecar allows, gets the answer of payments in plain text",
      proves: [],
      steps: [
        {
          on: "batch",
          command: `curl -s --max-time 5 http://payments:${ports.service}/`,
          expect: all(exits(0), prints(/^answer of payments$/m)),
        },
      ],
    },
  ],
  fails: ["no-way-around"],
  solutions: [
    {
      name: "loopback-only",
      title: "The service listens on the loopback interface only.",
      solves: (broken) => withLoopback(broken, "payments", true),
    },
  ],
};

const otherDomain: Fault = {
  name: "orders-is-a-stranger",
  title: "The certificate of orders comes from another trust domain's authority.",
  hints: [
    "Its name is right, and nobody talks to orders any more. Nor does payments talk to it.",
    "`lab logs zero-trust web`: why did the connection fail?",
    "`openssl x509 -in /run/bird/proxy/identity.pem -noout -issuer` on orders and on payments.",
  ],
  breaks: (healthy) => withCertificate(healthy, "orders", (certificate) => ({ ...certificate, issuer: "other" })),
  symptoms: () => [
    {
      name: "callers-refuse-orders",
      title: "Callers of orders refuse its certificate, and payments refuses it as a caller",
      proves: [],
      steps: [
        ...logged("web", "outbound .* to orders .*CERTIFICATE_VERIFY_FAILED", calls("web", "orders", prints(/503$/m))),
        ...logged("payments", "refused: .*CERTIFICATE_VERIFY_FAILED", calls("orders", "payments", prints(/503$/m))),
      ],
    },
  ],
  fails: ["allowed-calls", "other-identity", "other-address", "other-trust-domain"],
  solutions: [
    {
      name: "own-authority",
      title: "The certificate of orders comes from the shop's authority.",
      solves: (broken) => withCertificate(broken, "orders", (certificate) => ({ ...certificate, issuer: "issuing" })),
    },
  ],
};

const wrongName: Fault = {
  name: "web-hangs-up",
  title: "The sidecar of web expects another identity of orders than it has.",
  hints: [
    "batch gets an answer of orders' sidecar, if only a refusal. web gets none.",
    "`lab logs zero-trust web` tells which identity it met. Which one did it want?",
  ],
  breaks: (healthy) => expecting(healthy, "order"),
  symptoms: () => [
    {
      name: "web-refuses-orders",
      title: "web refuses orders for its name",
      proves: [],
      steps: logged(
        "web",
        "outbound .* to orders .*verify_cert_failed:_SAN_matcher",
        calls("web", "orders", prints(/503$/m)),
      ),
    },
  ],
  fails: ["allowed-calls"],
  solutions: [
    {
      name: "right-name",
      title: "It expects the identity that orders has.",
      solves: (broken) => expecting(broken, "orders"),
    },
  ],
};

function expecting(spec: Parameters<typeof withProxy>[0], workload: string): ReturnType<typeof withProxy> {
  return withProxy(spec, "web", ({ outbound = {}, ...proxy }) => ({
    ...proxy,
    outbound: Object.fromEntries(
      Object.entries(outbound).map(([name, each]) => [
        name,
        name === "orders" ? { ...each, identity: identityOf(workload) } : each,
      ]),
    ),
  }));
}

const expired: Fault = {
  name: "web-since-this-morning",
  title: "The certificate of web has expired.",
  hints: [
    "web is refused everywhere, others aren't.",
    "`lab logs zero-trust orders` tells why it refused a connection.",
  ],
  breaks: (healthy) =>
    withCertificate(healthy, "web", (certificate) => ({ ...certificate, mistakes: { validity: "expired" } })),
  symptoms: () => [
    {
      name: "web-has-expired",
      title: "orders refuses web's certificate, which has ended",
      proves: [],
      steps: logged("orders", "refused: .*certificate_has_expired", calls("web", "orders", prints(/503$/m))),
    },
  ],
  fails: ["allowed-calls", "other-identity"],
  solutions: [
    {
      name: "renew-it",
      title: "web gets a new certificate.",
      solves: (broken) => withCertificate(broken, "web", ({ mistakes: _, ...certificate }) => certificate),
    },
  ],
};

export const faults: readonly Fault[] = [wrongCaller, around, otherDomain, wrongName, expired];
