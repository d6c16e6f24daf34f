/** PostgreSQL's configuration: postgresql.conf, pg_hba.conf, pg_ident.conf, and the SQL that makes its cluster. Pure. */
import type { Topology } from "../../topology.ts";
import type { Daemon, Place } from "../render.ts";
import type { AccessRuleSpec, PostgresqlSpec } from "./spec.ts";

export const defaultPostgresqlPort = 5432;

/** User of the system, and superuser of the cluster. */
export const superuser = "postgres";

export function renderPostgresql(
  { families }: Topology,
  { node, name, directory }: Place,
  spec: PostgresqlSpec,
): Daemon {
  const { databases = {}, maps = {}, tls } = spec;
  const read = {
    [`${name}/pg_hba.conf`]: accessRules(spec.access),
    [`${name}/pg_ident.conf`]: lines(
      Object.entries(maps).flatMap(([map, users]) =>
        users.map(({ certificate, role }) => `${map} ${quoted(certificate)} ${quoted(role)}`),
      ),
    ),
  };
  const readOnce = {
    [`${name}/postgresql.conf`]: settings(spec, `/run/nodes/${node}`, directory, families.includes("ipv6")),
    [`${name}/roles.sql`]: statements([
      ...(spec.roles ?? []).map((role) => `CREATE ROLE ${identifier(role)} LOGIN`),
      ...Object.entries(databases).map(
        ([database, { owner = superuser }]) => `CREATE DATABASE ${identifier(database)} OWNER ${identifier(owner)}`,
      ),
    ]),
    ...Object.fromEntries(
      Object.entries(databases).map(([database, each]) => [
        `${name}/databases/${database}.sql`,
        statements([`SET ROLE ${identifier(each.owner ?? superuser)}`, ...(each.statements ?? [])]),
      ]),
    ),
  };
  return {
    prepare: ["labwright-postgresql-prepare", directory, superuser, ...Object.keys(databases)],
    command: ["postgres", "-c", `config_file=${directory}/postgresql.conf`],
    files: { ...readOnce, ...read },
    readOnce: Object.keys(readOnce),
    watches: tls === undefined ? [] : credentialsOf(tls),
    reload: "HUP",
    user: superuser,
  };
}

function credentialsOf({ certificate, key, authorities, revocations }: NonNullable<PostgresqlSpec["tls"]>): string[] {
  return [certificate, key, authorities, revocations].filter((file) => file !== undefined);
}

function settings(
  { port = defaultPostgresqlPort, tls }: PostgresqlSpec,
  node: string,
  directory: string,
  ipv6: boolean,
): string {
  const file = (name: string, path: string | undefined): string[] =>
    path === undefined ? [] : [`${name} = '${node}/${path}'`];
  return lines([
    `data_directory = '${directory}/data'`,
    `hba_file = '${directory}/pg_hba.conf'`,
    `ident_file = '${directory}/pg_ident.conf'`,
    `listen_addresses = '${ipv6 ? "*" : "0.0.0.0"}'`,
    `port = ${port}`,
    "# Relative to the data: a socket's path is short.",
    "unix_socket_directories = '..'",
    "# It would be in the system's /dev/shm.",
    "dynamic_shared_memory_type = mmap",
    "# The cluster ends with the lab.",
    "fsync = off",
    "shared_buffers = 8MB",
    "min_wal_size = 2MB",
    "max_connections = 30",
    "# Who came in, and by what.",
    "log_connections = on",
    "log_line_prefix = '%m [%p] '",
    ...(tls === undefined
      ? []
      : [
          "ssl = on",
          ...file("ssl_cert_file", tls.certificate),
          ...file("ssl_key_file", tls.key),
          ...file("ssl_ca_file", tls.authorities),
          ...file("ssl_crl_file", tls.revocations),
        ]),
  ]);
}

function accessRules(rules: readonly AccessRuleSpec[]): string {
  return lines([
    `local all ${quoted(superuser)} peer`,
    ...rules.map(({ connection, databases, roles, address = "all", method, map, clientName }) =>
      [
        connection,
        names(databases),
        names(roles),
        address,
        method,
        ...(map === undefined ? [] : [`map=${map}`]),
        ...(clientName === undefined ? [] : [`clientname=${clientName}`]),
      ].join(" "),
    ),
  ]);
}

/** Without quotation marks `all` is every name; with them, one. */
function names(list: readonly string[] | undefined): string {
  return list === undefined ? "all" : list.map(quoted).join(",");
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** SQL has the same marks. */
const identifier = quoted;

/** A single-user server takes a semicolon and an empty line for the end of a statement. */
function statements(list: readonly string[]): string {
  return list.map((statement) => `${statement};\n\n`).join("");
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
