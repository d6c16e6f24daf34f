/** What a PostgreSQL service's names stand for. */
import { parsePrefix } from "../../addressing/prefix.ts";
import { member, type Report } from "../../validation/report.ts";
import { isInside } from "../paths.ts";
import { superuser } from "./render.ts";
import type { PostgresqlSpec } from "./spec.ts";

/** `path`: of the service. */
export function checkPostgresql(service: PostgresqlSpec, path: string, report: Report): void {
  const { roles = [], databases = {}, maps = {}, tls, access } = service;
  checkNames(roles, Object.keys(databases), path, report);
  for (const [property, file] of Object.entries(tls ?? {})) {
    if (typeof file !== "string" || isInside(file)) continue;
    report.add(
      "bad-path",
      `${path}.tls.${property}`,
      file,
      "a path inside the node's directory",
      "Use a relative path.",
    );
  }
  if (tls?.revocations !== undefined && tls.authorities === undefined)
    report.add(
      "revocations-without-authorities",
      `${path}.tls.revocations`,
      tls.revocations,
      "authorities whose clients it is about",
      "Set tls.authorities, or take revocations away.",
    );
  const anyRole = [...roles, superuser];
  for (const [index, rule] of access.entries()) {
    const at = `${path}.access[${index}]`;
    for (const [position, role] of (rule.roles ?? []).entries())
      if (!anyRole.includes(role)) report.unknownReference(`${at}.roles[${position}]`, role, "a role", anyRole);
    const known = [...Object.keys(databases), superuser];
    for (const [position, database] of (rule.databases ?? []).entries())
      if (!known.includes(database))
        report.unknownReference(`${at}.databases[${position}]`, database, "a database", known);
    if (rule.map !== undefined && !Object.hasOwn(maps, rule.map))
      report.unknownReference(`${at}.map`, rule.map, "a map", Object.keys(maps));
    if (rule.address !== undefined && parsePrefix(rule.address) === undefined)
      report.add("bad-prefix", `${at}.address`, rule.address, "a prefix such as 10.0.0.0/24", "Leave it out for any.");
    checkCertificates(service, rule, at, report);
  }
  for (const [map, users] of Object.entries(maps)) {
    const at = member(`${path}.maps`, map);
    if (!isName(map)) report.add("bad-name", at, map, nameForm, "Choose another name.");
    for (const [index, { certificate, role }] of users.entries()) {
      if (certificate === "" || /[\n\r]/.test(certificate)) {
        const expected = "a name, or a slash and a regular expression, on one line";
        report.add("bad-certificate-name", `${at}[${index}].certificate`, certificate, expected, "Such as `app`.");
      }
      if (!anyRole.includes(role) && !role.includes("\\1"))
        report.unknownReference(`${at}[${index}].role`, role, "a role", anyRole);
    }
  }
  for (const [database, { owner, statements = [] }] of Object.entries(databases)) {
    const at = member(`${path}.databases`, database);
    if (owner !== undefined && !anyRole.includes(owner))
      report.unknownReference(`${at}.owner`, owner, "a role", anyRole);
    for (const [index, statement] of statements.entries())
      if (statement.trim() === "" || /;\s*$/.test(statement))
        report.add(
          "bad-statement",
          `${at}.statements[${index}]`,
          statement,
          "one statement of SQL without its last semicolon",
          "Such as `CREATE TABLE orders (item text)`.",
        );
  }
}

function checkCertificates(
  { tls }: PostgresqlSpec,
  rule: PostgresqlSpec["access"][number],
  at: string,
  report: Report,
): void {
  const { connection, method, map, clientName } = rule;
  if (method === "cert" && connection !== "hostssl")
    report.add("cert-without-tls", `${at}.connection`, connection, "hostssl", "Certificates come with TLS only.");
  if (method === "cert" && tls?.authorities === undefined) {
    const hint = "Without them no client is asked for a certificate.";
    report.add("cert-without-authorities", `${at}.method`, method, "tls.authorities of the service", hint);
  }
  if (method !== "cert")
    for (const [property, value] of Object.entries({ map, clientName }))
      if (value !== undefined)
        report.add("no-certificate", `${at}.${property}`, value, "the method cert", `Take ${property} away.`);
}

function checkNames(roles: readonly string[], databases: readonly string[], path: string, report: Report): void {
  const places = [
    ...roles.map((name, index) => ({ name, at: `${path}.roles[${index}]`, taken: [superuser, "public", "none"] })),
    ...databases.map((name) => ({
      name,
      at: member(`${path}.databases`, name),
      taken: [superuser, "template0", "template1"],
    })),
  ];
  for (const { name, at, taken } of places)
    if (!isName(name) || taken.includes(name) || name.startsWith("pg_"))
      report.add("bad-name", at, name, `${nameForm}, none that PostgreSQL has itself`, "Choose another name.");
  for (const [index, role] of roles.entries())
    if (roles.indexOf(role) !== index)
      report.add("duplicate-role", `${path}.roles[${index}]`, role, "a role that isn't there yet", "Take it away.");
}

const nameForm = "1 to 63 letters, digits, underscores and hyphens, a letter first";

function isName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name);
}
