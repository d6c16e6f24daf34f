/** A database, its clients, and the PKI that tells them apart. */
import type { PostgresqlSpec } from "../../topology/services/postgresql/spec.ts";
import type { CertificateSpec, CredentialSpec } from "../../topology/pki/spec.ts";
import type { HostSpec, TopologySpec } from "../../topology/spec.ts";

export const databaseHost = "db.shop.example";

/** Of the services' certificates. */
export const commonNames = { orders: "orders.shop.example", reports: "reports.shop.example" } as const;

export const postgresql: PostgresqlSpec = {
  kind: "postgresql",
  tls: {
    certificate: "postgresql/server.pem",
    key: "postgresql/server.key",
    authorities: "postgresql/ca.pem",
    revocations: "postgresql/crl.pem",
  },
  access: [
    { connection: "hostnossl", method: "reject" },
    { connection: "hostssl", databases: ["shop"], roles: ["orders", "reports"], method: "cert", map: "services" },
  ],
  maps: {
    services: [
      { certificate: commonNames.orders, role: "orders" },
      { certificate: commonNames.reports, role: "reports" },
    ],
  },
  roles: ["orders", "reports"],
  databases: {
    shop: {
      owner: "orders",
      statements: [
        "CREATE TABLE items (name text)",
        "INSERT INTO items VALUES ('tea'), ('milk')",
        "GRANT SELECT ON items TO reports",
      ],
    },
  },
};

const service = (commonName: string, issuer = "issuing"): CertificateSpec => ({
  issuer,
  profile: "client",
  subject: { organization: "Shop", organizationalUnit: "services", commonName },
});

/** A client's certificate, its key, and whom it believes. */
const client = (certificate: string): HostSpec => ({
  kind: "host",
  credentials: {
    "ca.pem": { authority: "root", content: "bundle" },
    "client.pem": { certificate, content: "chain" },
    "client.key": { certificate, content: "key" },
  },
});

export function databaseTopology(): TopologySpec {
  return {
    families: ["ipv4"],
    nodes: {
      db: {
        kind: "host",
        services: { postgresql },
        credentials: {
          "postgresql/server.pem": { certificate: "server", content: "chain" },
          "postgresql/server.key": { certificate: "server", content: "key" },
          "postgresql/ca.pem": { authority: "root", content: "bundle" },
          "postgresql/crl.pem": { authority: "issuing", content: "crl" },
        },
      },
      orders: client("orders"),
      reports: client("reports"),
      former: client("former"),
      intruder: {
        ...client("intruder"),
        credentials: { ...client("intruder").credentials, "other.pem": { authority: "other", content: "bundle" } },
      },
      documents: {
        kind: "host",
        credentials: {
          "mongodb/ca.pem": { authority: "root", content: "bundle" },
          "mongodb/member.pem": { certificate: "member", content: "combined" },
          "mongodb/client.pem": { certificate: "mongo-client", content: "combined" },
        },
      },
    },
    segments: { lan: { members: ["db", "orders", "reports", "former", "intruder", "documents"] } },
    names: { [databaseHost]: "db" },
    pki: {
      authorities: {
        root: { subject: { organization: "Shop", commonName: "Shop root" } },
        issuing: {
          issuer: "root",
          subject: { organization: "Shop", commonName: "Shop issuing authority" },
          pathLength: 0,
        },
        other: { subject: { organization: "Somebody", commonName: "Another root" } },
      },
      certificates: {
        server: { issuer: "issuing", profile: "server", node: "db" },
        orders: service(commonNames.orders),
        reports: service(commonNames.reports),
        former: { ...service(commonNames.orders), revoked: "keyCompromise" },
        intruder: service(commonNames.orders, "other"),
        member: {
          issuer: "issuing",
          profile: "mongodb-member",
          node: "documents",
          subject: { organization: "Shop", organizationalUnit: "database members", commonName: "documents" },
        },
        "mongo-client": { ...service(commonNames.orders), profile: "mongodb-client" },
      },
    },
  };
}

/** With another `postgresql` on db. */
export function withServer(spec: TopologySpec, change: (server: PostgresqlSpec) => PostgresqlSpec): TopologySpec {
  return withDatabase(spec, (db) => {
    const server = db.services?.["postgresql"];
    if (server?.kind !== "postgresql") throw new Error("db has no server");
    return { ...db, services: { ...db.services, postgresql: change(server) } };
  });
}

export function withCredential(spec: TopologySpec, path: string, credential: CredentialSpec): TopologySpec {
  return withDatabase(spec, (db) => ({ ...db, credentials: { ...db.credentials, [path]: credential } }));
}

function withDatabase(spec: TopologySpec, change: (db: HostSpec) => HostSpec): TopologySpec {
  const { db } = spec.nodes;
  if (db?.kind !== "host") throw new Error("the lab has no db");
  return { ...spec, nodes: { ...spec.nodes, db: change(db) } };
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
