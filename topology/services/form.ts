/** The form of a ServiceSpec, property by property as in spec.ts. */
import { boolean, list, number, object, oneOf, record, string, variant } from "../validation/form.ts";

const port = object({ protocol: oneOf("tcp", "udp"), port: number });

const daemon = object(
  { command: list(string) },
  { files: record(string), reload: oneOf("HUP", "USR1", "USR2"), listens: list(port), interfaces: list(string) },
);

const tls = object(
  { certificate: string, key: string },
  { clients: object({ authorities: string }, { revocations: string }), versions: list(oneOf("1.2", "1.3")) },
);

/** Of machines, which have services of this kind alone. */
export const daemonForm = variant({ daemon });

export const serviceForm = variant({
  daemon,
  rtr: object({}, { port: number }),
  krill: object({}),
  "relying-party": object({ authority: string }, { port: number }),
  dns: object(
    {
      zones: record(
        list(
          object({ name: string, type: oneOf("A", "AAAA", "CNAME", "NS", "PTR", "TXT", "MX", "SRV"), value: string }),
        ),
      ),
    },
    { lookups: boolean },
  ),
  http: object(
    { answer: string },
    { port: number, loopback: boolean, tls, mistakes: object({}, { endsAtStart: boolean }) },
  ),
  registry: object({}),
  multicast: object(
    {},
    {
      joins: list(object({ group: string, interface: string })),
      routes: list(object({ group: string, from: string, to: list(string) })),
    },
  ),
  docker: object(
    {},
    {
      bridge: object({}, { address: string, mtu: number }),
      networks: record(object({ subnet: string }, { gateway: string, mtu: number })),
      containers: record(
        object({ command: list(string) }, { image: string, network: string, ports: record(number), dns: list(string) }),
      ),
    },
  ),
  "health-check": object({ command: string }, { interval: number, timeout: number, rise: number, fall: number }),
  postgresql: object(
    {
      access: list(
        object(
          { connection: oneOf("hostssl", "hostnossl", "host"), method: oneOf("cert", "trust", "reject") },
          { databases: list(string), roles: list(string), address: string, map: string, clientName: oneOf("CN", "DN") },
        ),
      ),
    },
    {
      port: number,
      tls: object({ certificate: string, key: string }, { authorities: string, revocations: string }),
      maps: record(list(object({ certificate: string, role: string }))),
      roles: list(string),
      databases: record(object({}, { owner: string, statements: list(string) })),
    },
  ),
  proxy: object(
    { tls: object({ certificate: string, key: string, authorities: string }) },
    {
      inbound: object({ to: number, allows: list(string) }, { port: number }),
      outbound: record(object({ port: number, node: string, identity: string }, { nodePort: number })),
    },
  ),
});
