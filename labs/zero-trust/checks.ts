/** What must hold on the running lab. */
import { all, exits, prints } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";
import { identityOf, ports } from "./topology.ts";

type Callee = keyof typeof ports.outbound;

/** A call as a service makes it: plain HTTP to its own sidecar. */
export function calls(on: string, callee: Callee, expect: Expectation): CheckStep {
  return {
    on,
    command: `curl -s --max-time 5 -w '%{http_code}\n' http://127.0.0.1:${ports.outbound[callee]}/`,
    expect,
  };
}

export const answered = (callee: Callee): Expectation =>
  all(prints(new RegExp(`^answer of ${callee}$`, "m")), prints(/^200$/m));

export const denied = all(prints(/RBAC: access denied/), prints(/403$/m));

/** The steps, and then what the sidecar of `node` says of them. */
export function logged(node: string, pattern: string, ...steps: readonly CheckStep[]): CheckStep[] {
  return [
    { on: node, command: `sh /run/bird/log.sh mark '${pattern}'`, expect: exits(0) },
    ...steps,
    { on: node, command: `sh /run/bird/log.sh since '${pattern}'`, expect: exits(0) },
  ];
}

const fromWorkload = (name: string, code: string): string => `from ${identityOf(name)} .*: ${code}`;

export function zeroTrustChecks(): readonly Check[] {
  return [
    {
      name: "allowed-calls",
      title: "Who is allowed is answered, and the service's sidecar knows who called",
      proves: [],
      steps: [
        ...logged("orders", fromWorkload("web", "200"), calls("web", "orders", answered("orders"))),
        ...logged("payments", fromWorkload("orders", "200"), calls("orders", "payments", answered("payments"))),
      ],
    },
    {
      name: "other-identity",
      title: "A good certificate with another identity is refused, whether the caller is allowed elsewhere or nowhere",
      proves: [],
      steps: [
        ...logged("orders", fromWorkload("batch", "403 rbac_access_denied"), calls("batch", "orders", denied)),
        ...logged("payments", fromWorkload("web", "403 rbac_access_denied"), calls("web", "payments", denied)),
      ],
    },
    {
      name: "other-address",
      title: "The identity of an allowed caller is answered at another address too",
      proves: [],
      steps: logged("orders", fromWorkload("web", "200"), calls("replica", "orders", answered("orders"))),
    },
    {
      name: "same-address",
      title: "Another workload on the node of an allowed one, so with its address, is refused",
      proves: [],
      steps: logged("orders", fromWorkload("job", "403 rbac_access_denied"), {
        on: "web",
        // Who is asked isn't looked at here: a certificate of SPIFFE has no host name.
        command: `cd /run/bird/job && curl -sk --max-time 5 -w '%{http_code}\n' --cert identity.pem --key identity.key https://orders:${ports.sidecar}/`,
        expect: denied,
      }),
    },
    {
      name: "other-trust-domain",
      title: "The identity of an allowed caller from another trust domain's authority is refused",
      proves: [],
      steps: logged("orders", "refused: .*CERTIFICATE_VERIFY_FAILED", calls("outsider", "orders", prints(/503$/m))),
    },
    {
      name: "no-certificate",
      title: "A caller without a certificate is refused",
      proves: [],
      steps: logged("orders", "refused: .*PEER_DID_NOT_RETURN_A_CERTIFICATE", {
        on: "web",
        command: `curl -sk --max-time 5 https://orders:${ports.sidecar}/ >/dev/null || echo refused`,
        expect: prints(/^refused$/m),
      }),
    },
    {
      name: "plain-text",
      title: "Plain text is refused",
      proves: [],
      steps: logged("orders", "refused: .*HTTP_REQUEST", {
        on: "web",
        command: `curl -s --max-time 5 http://orders:${ports.sidecar}/ >/dev/null || echo refused`,
        expect: prints(/^refused$/m),
      }),
    },
    {
      name: "no-way-around",
      title: "Nothing but the sidecar of a service is to be reached from the network",
      proves: [],
      steps: (["orders", "payments"] as const).map((callee) => ({
        on: "batch",
        command: `curl -s --max-time 5 http://${callee}:${ports.service}/`,
        expect: exits(7),
      })),
    },
  ];
}
