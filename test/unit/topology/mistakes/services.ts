/** Mistakes in services, machines and what they do on a node. */
import { autonomousSystems, host, pair, router, routerOfBlue } from "./parts.ts";

export const serviceMistakes: Readonly<Record<string, unknown>> = {
  "no-rtr-server": {
    ...pair,
    autonomousSystems: { ...autonomousSystems, red: { asn: 64512, policy: { originValidation: true } } },
  },
  "not-an-authority": {
    ...pair,
    nodes: {
      ...pair.nodes,
      ca: {
        kind: "host",
        services: {
          krill: { kind: "krill" },
          other: { kind: "krill" },
          rtr: { kind: "relying-party", authority: "ca" },
        },
      },
      validator: { kind: "host", services: { rtr: { kind: "relying-party", authority: "r1" } } },
    },
  },
  services: {
    ...pair,
    nodes: {
      r1: {
        ...router,
        services: {
          bird: { kind: "rtr" },
          cache: { kind: "rtr", port: 0 },
          web: { kind: "http", port: 53, answer: "" },
          names: {
            kind: "dns",
            zones: {
              "example.com.": [{ name: "www", type: "A", value: "a\nb" }],
              com: [{ name: "a b", type: "TXT", value: "x" }],
            },
          },
          "any-thing": {
            kind: "daemon",
            command: [],
            files: { "../etc/passwd": "" },
            listens: [{ protocol: "tcp", port: 53 }],
          },
        },
      },
      b1: {
        ...routerOfBlue,
        services: {
          web: { kind: "htp" },
          other: { kind: "dns", zones: { com: [{ name: "a", type: "ANY", value: "" }] } },
        },
      },
    },
  },
  multicast: {
    nodes: {
      h1: {
        ...host,
        services: {
          one: {
            kind: "multicast",
            joins: [
              { group: "224.0.0.251", interface: "h2" },
              { group: "10.0.0.1", interface: "h2" },
            ],
            routes: [
              { group: "224.0.0.9", from: "h2", to: [] },
              { group: "ff02::1", from: "h2", to: ["h2"] },
            ],
          },
          two: { kind: "multicast" },
        },
        sysctls: { "kernel.hostname": "x", "net.ipv4.ip_forward": "1\n2" },
      },
      h2: host,
    },
    links: [{ ends: ["h1", "h2"] }],
  },
  "interfaces-of-services": {
    nodes: {
      h1: {
        ...host,
        services: {
          groups: {
            kind: "multicast",
            joins: [{ group: "ff05::1", interface: "h22" }],
            routes: [{ group: "233.252.0.1", from: "eth0", to: ["h2", "h3"] }],
          },
          any: { kind: "daemon", command: ["cat"], interfaces: ["h1"] },
        },
      },
      h2: host,
    },
    links: [{ ends: ["h1", "h2"] }],
  },
  "services-of-the-right-form": {
    ...pair,
    nodes: {
      r1: {
        ...router,
        services: {
          bird: { kind: "rtr" },
          cache: { kind: "rtr", port: 0 },
          web: { kind: "http", port: 53, answer: "" },
          names: {
            kind: "dns",
            zones: {
              "example.com.": [{ name: "www", type: "A", value: "a\nb" }],
              com: [{ name: "a b", type: "TXT", value: "x" }],
            },
          },
          "any-thing": {
            kind: "daemon",
            command: [],
            files: { "../etc/passwd": "" },
            listens: [{ protocol: "tcp", port: 53 }],
          },
        },
      },
      b1: routerOfBlue,
    },
  },
  "health-checks": {
    ...pair,
    nodes: {
      r1: {
        ...router,
        files: { "tools/ask.py": "", "../ask.py": "", "bird.conf": "", "health/state": "" },
        services: {
          health: { kind: "health-check", command: " ", interval: 0, timeout: 4000, rise: 0, fall: 1.5 },
          again: { kind: "health-check", command: "true" },
        },
      },
      b1: routerOfBlue,
    },
  },
  docker: {
    nodes: {
      machine: {
        kind: "host",
        ruleset: "table inet filter {}",
        iptables: "*filter\nCOMMIT",
        services: {
          web: { kind: "http", answer: "", port: 8080 },
          docker: {
            kind: "docker",
            bridge: { address: "fd00::1/64", mtu: 67 },
            networks: {
              shop: { subnet: "172.30.1.0/24", gateway: "172.30.2.1", mtu: 70_000 },
              office: { subnet: "172.30.1.128/25", gateway: "no" },
              bridge: { subnet: "172.30.3.1/24" },
              "a-long-name-of-it": { subnet: "172.30.4.0/30" },
            },
            containers: {
              front: { command: ["true"], network: "shp", ports: { 8080: 80, 70000: 0 }, dns: ["dns.example"] },
              back: { command: ["true"], ports: { 8081: 80 } },
              Side: { command: ["true"], ports: { 8081: 80 } },
            },
          },
          again: { kind: "docker" },
        },
      },
      other: { kind: "host" },
    },
    links: [{ ends: ["machine", "other"] }],
  },
  "docker-subnets": {
    nodes: {
      machine: {
        kind: "host",
        services: { docker: { kind: "docker", networks: { shop: { subnet: "10.1.2.0/24" } } } },
      },
      other: { kind: "host" },
    },
    links: [
      { ends: ["machine", "other"], ipv4: "10.1.2.128/25" },
      { ends: ["machine", "other"], ipv4: "172.17.9.0/24" },
    ],
  },
  postgresql: {
    segments: { lan: { members: ["db"] } },
    nodes: {
      db: {
        kind: "host",
        services: {
          first: {
            kind: "postgresql",
            port: 0,
            tls: { certificate: "/etc/server.pem", key: "../server.key", revocations: "crl.pem" },
            access: [
              {
                connection: "hostssl",
                roles: ["app", "postgres"],
                databases: ["shop", "store"],
                method: "cert",
                map: "apps",
              },
              { connection: "host", method: "trust", address: "anywhere", map: "app", clientName: "DN" },
              { connection: "hostnossl", method: "cert" },
            ],
            maps: {
              app: [
                { certificate: "a\nb", role: "ap" },
                { certificate: "/^(.*)$", role: "\\1" },
              ],
              "a b": [],
            },
            roles: ["app", "app", "pg_app", "postgres", "x y"],
            databases: {
              shop: { owner: "ape", statements: ["", "SELECT 1;"] },
              template1: {},
              "../shop": {},
            },
          },
          second: {
            kind: "postgresql",
            tls: { certificate: "server.pem", key: "server.key" },
            access: [{ connection: "hostssl", method: "cert" }],
          },
        },
      },
    },
  },
  proxies: {
    segments: { lan: { members: ["web", "orders"] } },
    nodes: {
      web: {
        kind: "host",
        services: {
          proxy: {
            kind: "proxy",
            tls: { certificate: "tls/web.pem", key: "web.key", authorities: "/etc/ca.pem" },
            inbound: {
              to: 70000,
              port: 9001,
              allows: [
                "shop.example/web",
                "spiffe://Shop.example/web",
                "spiffe://shop.example",
                "spiffe://shop.example/a/../b",
              ],
            },
            outbound: {
              orders: { port: 9001, node: "order", nodePort: 1.5, identity: "orders" },
              "Pay ments": { port: 9002, node: "orders", identity: "spiffe://shop.example/payments" },
            },
          },
        },
      },
      orders: { kind: "host" },
    },
  },
  "credentials-of-services": {
    segments: { lan: { members: ["db", "web", "orders"] } },
    pki: {
      authorities: { root: {} },
      certificates: { db: { issuer: "root", profile: "server", node: "db" } },
    },
    nodes: {
      db: {
        kind: "host",
        credentials: {
          "postgresql/server.pem": { certificate: "db", content: "chain" },
          "postgresql/server.key": { certificate: "db", content: "key" },
        },
        // Text files serve as well.
        files: { "ca.pem": "mine" },
        services: {
          postgresql: {
            kind: "postgresql",
            tls: {
              certificate: "postgresql/servr.pem",
              key: "postgresql/server.key",
              authorities: "ca.pem",
              revocations: "crl.pem",
            },
            access: [],
          },
        },
      },
      web: {
        kind: "host",
        credentials: { "web/web.pem": { certificate: "db", content: "chain" } },
        files: { "keys/web.key": "mine" },
        services: {
          web: {
            kind: "http",
            answer: "",
            tls: {
              certificate: "web/wb.pem",
              key: "keys/web.key",
              clients: { authorities: "web/ca.pem", revocations: "web/web.pem" },
            },
          },
        },
      },
      orders: {
        kind: "host",
        credentials: { "proxy/identity.pem": { certificate: "db", content: "chain" } },
        services: {
          proxy: {
            kind: "proxy",
            tls: {
              certificate: "proxy/identity.pem",
              key: "proxy/identiy.pem",
              authorities: "proxy/envoy.json",
            },
            inbound: { to: 8080, allows: [] },
          },
        },
      },
    },
  },
  machines: {
    nodes: {
      one: {
        kind: "machine",
        files: { "etc/motd": "", "/etc/../motd": "", "/run/motd": "", "/etc/": "" },
        environment: { "A-B": "", C: "\0" },
        setup: ["true", " "],
        after: ["two", "three", "tow", "host"],
      },
      two: { kind: "machine", after: ["one"] },
      three: { kind: "machine", after: ["three"] },
      host: { kind: "host" },
    },
    links: [
      {
        ends: [
          { node: "one", interface: "eth0", mac: "01:00:00:00:00:01" },
          { node: "host", mac: "2:0:0:0:0:1" },
        ],
      },
    ],
    segments: { lan: { members: ["one", "one", { node: "two", interface: "a" }, { node: "two", interface: "b" }] } },
  },
  "machine-of-the-right-form": {
    nodes: { m: { kind: "machine", services: { web: { kind: "http", answer: "" } }, ruleset: "", setup: "true" } },
  },
};
