/** A PostgreSQL server that knows its clients by their certificates. */
import { defineLab } from "../lab.ts";
import { databaseChecks } from "./checks.ts";
import { faults } from "./faults.ts";
import { databaseTopology } from "./topology.ts";

export const mtlsDatabase = defineLab({
  name: "mtls-database",
  title: "Mutual TLS with a database",
  summary:
    "PostgreSQL maps client certificates to roles and refuses what is revoked, another authority's, without a certificate " +
    "or without TLS, each with its own reason; files for MongoDB are checked by its rules.",
  runtimes: ["namespace"],
  settings: {},
  topology: databaseTopology,
  checks: databaseChecks,
  faults,
  requires: ["postgres", "initdb", "psql", "openssl"],
  convergesWithin: 20,
  tryNext: [
    `exec orders -- sh -c 'cd /run/bird && psql "host=db.shop.example dbname=shop user=orders sslmode=verify-full sslrootcert=ca.pem sslcert=client.pem sslkey=client.key" -c "TABLE items"'`,
    "exec db -- psql -h /run/bird/postgresql -U postgres -c 'SELECT * FROM pg_ident_file_mappings'",
    "logs db",
  ],
});
