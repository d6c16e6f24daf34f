/** What may be broken, and how it is mended. */
import { all, exits, prints } from "../expect.ts";
import type { Fault } from "../lab.ts";
import { psql, refused } from "./checks.ts";
import { commonNames, postgresql, withCertificate, withCredential, withServer } from "./topology.ts";

const untilTheServer = [
  "certificate-is-role",
  "connection-is-encrypted",
  "one-role-each",
  "no-certificate",
  "other-authority",
  "revoked",
] as const;

const lockedOut: Fault = {
  name: "orders-locked-out",
  title: "The map has no line for the certificate of the service orders.",
  hints: [
    "The service reports works. What does PostgreSQL say to orders?",
    "`lab logs mtls-database db`: it names the line of pg_hba.conf, and the certificate's name.",
    "Compare /run/bird/postgresql/pg_ident.conf on db with the common name in orders' certificate.",
  ],
  breaks: (healthy) =>
    withServer(healthy, (server) => ({
      ...server,
      maps: { services: [{ certificate: commonNames.reports, role: "reports" }] },
    })),
  symptoms: () => [
    {
      name: "orders-is-refused",
      title: "The service orders is refused with its good certificate, the service reports isn't",
      proves: [],
      steps: [
        psql("orders", { role: "orders" }, refused(/certificate authentication failed for user "orders"/)),
        psql("reports", { role: "reports" }, prints(/^reports$/m)),
      ],
    },
  ],
  fails: ["certificate-is-role", "connection-is-encrypted"],
  solutions: [
    {
      name: "map-it",
      title: "The map has the line again.",
      solves: (broken) => withServer(broken, (server) => ({ ...server, maps: postgresql.maps ?? {} })),
    },
  ],
};

const anyCertificate: Fault = {
  name: "reports-writes-orders",
  title: "The map lets every certificate of the authority in as orders.",
  hints: [
    "Somebody changes items who may only read them.",
    "`SELECT current_user` by psql on reports, with user=orders.",
    "An expression in pg_ident.conf fits more names than it was meant for.",
  ],
  breaks: (healthy) =>
    withServer(healthy, (server) => ({
      ...server,
      maps: {
        services: [
          { certificate: "/\\.shop\\.example$", role: "orders" },
          { certificate: commonNames.reports, role: "reports" },
        ],
      },
    })),
  symptoms: () => [
    {
      name: "reports-is-orders",
      title: "The service reports comes in as orders",
      proves: [],
      steps: [psql("reports", { role: "orders" }, all(exits(0), prints(/^orders$/m)))],
    },
  ],
  fails: ["one-role-each"],
  solutions: [
    {
      name: "name-it-whole",
      title: "The map has whole names.",
      solves: (broken) => withServer(broken, (server) => ({ ...server, maps: postgresql.maps ?? {} })),
    },
  ],
};

const formerKey: Fault = {
  name: "stolen-key-works",
  title: "The server has no revocation list.",
  hints: [
    "A key was stolen and its certificate revoked. Try it: psql on former.",
    "Who tells the server what is revoked? `SHOW ssl_crl_file` as postgres on db.",
  ],
  breaks: (healthy) =>
    withServer(healthy, ({ tls, ...server }) => {
      if (tls === undefined) throw new Error("the server has no TLS");
      const { revocations: _, ...rest } = tls;
      return { ...server, tls: rest };
    }),
  symptoms: () => [
    {
      name: "former-comes-in",
      title: "The revoked certificate is taken",
      proves: [],
      steps: [psql("former", { role: "orders" }, all(exits(0), prints(/^orders$/m)))],
    },
  ],
  fails: ["revoked"],
  solutions: [
    {
      name: "revocation-list",
      title: "The server reads the authorities' revocation lists.",
      solves: (broken) =>
        withServer(broken, (server) => (postgresql.tls === undefined ? server : { ...server, tls: postgresql.tls })),
    },
  ],
};

const missingList: Fault = {
  name: "nobody-comes-in",
  title: "The server has the root's revocation list, but not that of the authority that signs the clients.",
  hints: [
    "Nobody changed a client, and none comes in any more.",
    "`lab logs mtls-database db` tells what the server couldn't get.",
    "`openssl crl -in crl.pem -noout -issuer` in /run/bird/postgresql: each authority of a client's chain needs a list.",
  ],
  breaks: (healthy) => withCredential(healthy, "postgresql/crl.pem", { authority: "root", content: "crl" }),
  symptoms: () => [
    {
      name: "good-certificates-are-refused",
      title: "Good certificates are refused, and the server says that it has no revocation list for them",
      proves: [],
      steps: [
        psql("orders", { role: "orders" }, refused(/SSL error: .*alert/)),
        psql("reports", { role: "reports" }, refused(/SSL error: .*alert/)),
      ],
    },
  ],
  fails: ["certificate-is-role", "connection-is-encrypted", "one-role-each", "revoked"],
  solutions: [
    {
      name: "all-lists",
      title: "The file has the lists of both authorities.",
      solves: (broken) => withCredential(broken, "postgresql/crl.pem", { authority: "issuing", content: "crl" }),
    },
  ],
};

const otherName: Fault = {
  name: "clients-hang-up",
  title: "The server's certificate hasn't the server's name.",
  hints: [
    "This time it is the clients who refuse.",
    "`openssl x509 -in /run/bird/postgresql/server.pem -noout -ext subjectAltName` on db.",
  ],
  breaks: (healthy) =>
    withCertificate(healthy, "server", ({ node: _, ...server }) => ({ ...server, names: ["localhost"] })),
  symptoms: () => [
    {
      name: "name-does-not-match",
      title: "psql refuses the server for its name",
      proves: [],
      steps: [
        psql(
          "orders",
          { role: "orders" },
          refused(/server certificate for "localhost" does not match host name "db\.shop\.example"/),
        ),
      ],
    },
  ],
  fails: untilTheServer,
  solutions: [
    {
      name: "with-its-name",
      title: "The server gets a certificate with its names.",
      solves: (broken) => withCertificate(broken, "server", ({ names: _, ...server }) => ({ ...server, node: "db" })),
    },
  ],
};

const expired: Fault = {
  name: "since-this-morning",
  title: "The server's certificate has expired.",
  hints: ["It worked yesterday, and nobody changed anything.", "`openssl x509 -noout -enddate` on db."],
  breaks: (healthy) =>
    withCertificate(healthy, "server", (server) => ({ ...server, mistakes: { validity: "expired" } })),
  symptoms: () => [
    {
      name: "server-has-expired",
      title: "psql refuses the server, whose certificate has ended",
      proves: [],
      steps: [
        psql("orders", { role: "orders" }, refused(/SSL error: certificate verify failed/)),
        {
          on: "db",
          command: "openssl x509 -in /run/bird/postgresql/server.pem -noout -checkend 0",
          expect: all(exits(1), prints(/will expire/)),
        },
      ],
    },
  ],
  fails: [...untilTheServer, "server-is-checked"],
  solutions: [
    {
      name: "renew-it",
      title: "The server gets a new certificate.",
      solves: (broken) => withCertificate(broken, "server", ({ mistakes: _, ...server }) => server),
    },
  ],
};

const clearText: Fault = {
  name: "readable-on-the-wire",
  title: "A rule lets the service orders in without TLS, and without being asked for anything.",
  hints: ["Everything works. Should it?", "psql with sslmode=disable. Which line of pg_hba.conf on db lets it in?"],
  breaks: (healthy) =>
    withServer(healthy, (server) => ({
      ...server,
      access: [{ connection: "hostnossl", roles: ["orders"], method: "trust" }, ...server.access],
    })),
  symptoms: () => [
    {
      name: "plain-text-works",
      title: "Somebody without a certificate of the shop comes in as orders, without TLS",
      proves: [],
      steps: [psql("intruder", { role: "orders", mode: "disable" }, all(exits(0), prints(/^orders$/m)))],
    },
  ],
  fails: ["plain-text"],
  solutions: [
    {
      name: "reject-it",
      title: "Connections without TLS are refused before anything else.",
      solves: (broken) => withServer(broken, (server) => ({ ...server, access: postgresql.access })),
    },
  ],
};

export const faults: readonly Fault[] = [
  lockedOut,
  anyCertificate,
  formerKey,
  missingList,
  otherName,
  expired,
  clearText,
];
