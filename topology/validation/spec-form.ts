/** The form of a TopologySpec, property by property as in spec.ts. */
import { credentialForm, pkiForm } from "../pki/form.ts";
import { daemonForm, serviceForm } from "../services/form.ts";
import { boolean, list, number, object, oneOf, record, string, stringOr, stringOrFalse, variant } from "./form.ts";

const impairments = object({}, { rate: number, loss: number, delay: number, jitter: number });

const end = stringOr(object({ node: string }, { interface: string, ipv4: string, ipv6: string, mac: string }));

const attachment = { ipv4: stringOrFalse, ipv6: stringOrFalse, mtu: number, impairments };

const addressing = object(
  {},
  { links4: string, links6: string, segments4: string, segments6: string, loopbacks4: string, loopbacks6: string },
);

const autonomousSystem = object(
  { asn: number },
  {
    title: string,
    ibgp: variant({ "full-mesh": object({}), "route-reflectors": object({ reflectors: list(string) }) }),
    igp: oneOf("ospf", "none"),
    policy: object(
      {},
      {
        roles: boolean,
        originValidation: boolean,
        pathEnd: list(string),
        customerPrefixes: boolean,
        maximumPrefixes: number,
        leaks: boolean,
        localPreferences: record(number),
        multipath: boolean,
      },
    ),
  },
);

const runtime = oneOf("namespace", "container");

const anyNode = {
  addresses: list(string),
  files: record(string),
  credentials: record(credentialForm),
  services: record(serviceForm),
  sysctls: record(string),
  ruleset: string,
  iptables: string,
  ip6tables: string,
  runtime,
  container: object({}, { image: string, memory: number, cpus: number }),
};

const node = variant({
  router: object(
    { as: string },
    {
      daemon: oneOf("bird", "frr", "gobgp", "openbgpd"),
      originates: list(string),
      anycast: list(string),
      loopback: object({}, { ipv4: string, ipv6: string }),
      hijacks: list(object({ prefix: string }, { behind: string })),
      routeServer: boolean,
      ...anyNode,
    },
  ),
  host: object({}, { gateway: string, clock: number, ...anyNode }),
  machine: object(
    {},
    {
      image: string,
      files: record(string),
      environment: record(string),
      setup: list(string),
      services: record(daemonForm),
      sysctls: record(string),
      forwarding: boolean,
      after: list(string),
      runtime,
    },
  ),
});

const relation = variant({
  transit: object({ provider: string, customer: string }),
  peer: object({ between: list(string, 2) }),
  sibling: object({ between: list(string, 2) }),
  "route-server": object({ server: string, members: list(string) }),
});

const timers = object(
  {},
  { hold: number, keepalive: number, connectDelay: number, connectRetry: number, ospfHello: number },
);

export const topologyForm = object(
  { nodes: record(node) },
  {
    families: list(oneOf("ipv4", "ipv6")),
    runtime,
    addressing,
    autonomousSystems: record(autonomousSystem),
    links: list(object({ ends: list(end, 2) }, { name: string, ...attachment })),
    segments: record(object({ members: list(end) }, { ...attachment, multicastQuerier: boolean })),
    relations: list(relation),
    pki: pkiForm,
    roas: list(object({ prefix: string, as: string }, { maxLength: number })),
    names: record(string),
    resolver: string,
    timers,
  },
);
