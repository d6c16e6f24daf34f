/** What must hold on the running lab. */
import { addressesOf } from "../../topology/names/hosts.ts";
import type { Topology } from "../../topology/topology.ts";
import { all, exits, prints } from "../expect.ts";
import type { Check, CheckStep, Expectation } from "../lab.ts";
import { databaseHost } from "./topology.ts";

export interface Connection {
  readonly host?: string;
  readonly role: string;
  readonly mode?: "verify-full" | "disable";
  readonly authorities?: string;
  readonly certificate?: false;
  readonly statement?: string;
}

/** psql on a client's node, with what PostgreSQL says of a refusal on standard output. */
export function psql(on: string, connection: Connection, expect: Expectation): CheckStep {
  const { host = databaseHost, role, mode = "verify-full", authorities = "ca.pem", certificate } = connection;
  const { statement = "SELECT current_user" } = connection;
  const own = certificate === false ? "sslcert=/none sslkey=/none" : "sslcert=client.pem sslkey=client.key";
  const words = `host=${host} dbname=shop user=${role} sslmode=${mode} sslrootcert=${authorities} ${own}`;
  return { on, command: `cd /run/bird && psql -XAt "${words}" -c "${statement}" 2>&1`, expect };
}

/** psql ends with its code for a connection that fails (2), and this text. */
export const refused = (reason: RegExp): Expectation => all(exits(2), prints(reason));

export function databaseChecks(topology: Topology): readonly Check[] {
  const [address = ""] = addressesOf(topology.nodes.find(({ name }) => name === "db"));
  return [
    {
      name: "certificate-is-role",
      title: "Each service's certificate logs it in as its own role, with that role's rights",
      proves: ["tls-5"],
      steps: [
        psql(
          "orders",
          { role: "orders", statement: "SELECT current_user, count(*) > 1 FROM items" },
          all(exits(0), prints(/^orders\|t$/m)),
        ),
        psql(
          "reports",
          { role: "reports", statement: "SELECT current_user, count(*) > 1 FROM items" },
          all(exits(0), prints(/^reports\|t$/m)),
        ),
        psql(
          "reports",
          { role: "reports", statement: "INSERT INTO items VALUES ('sugar')" },
          all(exits(1), prints(/permission denied for table items/)),
        ),
      ],
    },
    {
      name: "connection-is-encrypted",
      title: "The server sees TLS and the client's whole subject",
      proves: ["tls-5"],
      steps: [
        psql(
          "orders",
          { role: "orders", statement: "SELECT ssl, version, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()" },
          prints(/^t\|TLSv1\.3\|.*OU=services.*CN=orders\.shop\.example/m),
        ),
      ],
    },
    {
      name: "one-role-each",
      title: "A certificate of one service doesn't log in as another's role",
      proves: ["tls-5"],
      steps: [
        psql("reports", { role: "orders" }, refused(/certificate authentication failed for user "orders"/)),
        psql("orders", { role: "reports" }, refused(/certificate authentication failed for user "reports"/)),
      ],
    },
    {
      name: "no-certificate",
      title: "Who shows no certificate is refused",
      proves: ["tls-5"],
      steps: [
        psql(
          "orders",
          { role: "orders", certificate: false },
          refused(/connection requires a valid client certificate/),
        ),
      ],
    },
    {
      name: "other-authority",
      title: "A certificate with the right name of another authority is refused",
      proves: ["tls-5"],
      steps: [psql("intruder", { role: "orders" }, refused(/SSL error: .*alert unknown ca/))],
    },
    {
      name: "revoked",
      title: "A revoked certificate is refused",
      proves: ["tls-5"],
      steps: [psql("former", { role: "orders" }, refused(/SSL error: .*alert certificate revoked/))],
    },
    {
      name: "plain-text",
      title: "A connection without TLS is refused",
      proves: ["tls-5"],
      steps: [
        psql(
          "orders",
          { role: "orders", mode: "disable" },
          refused(/pg_hba\.conf rejects connection .* no encryption/),
        ),
      ],
    },
    {
      name: "server-is-checked",
      title:
        "The client refuses a server whose certificate hasn't the name that it asked for, or is another authority's",
      proves: ["tls-5"],
      steps: [
        psql(
          "orders",
          { role: "orders", host: `ledger.shop.example hostaddr=${address}` },
          refused(/server certificate for "[^"]+".* does not match host name "ledger\.shop\.example"/),
        ),
        psql("intruder", { role: "orders", authorities: "other.pem" }, refused(/SSL error: certificate verify failed/)),
      ],
    },
    mongodb,
  ];
}

const inFolder = (command: string, expect: Expectation): CheckStep => ({
  on: "documents",
  command: `cd /run/bird/mongodb && ${command}`,
  expect,
});

const verifies = (file: string, purpose: string): CheckStep =>
  inFolder(
    `openssl verify -x509_strict -purpose ${purpose} -CAfile ca.pem -untrusted ${file} ${file}`,
    all(exits(0), prints(/: OK$/m)),
  );

/** MongoDB, "Use x.509 Certificate for Membership Authentication" and "Use x.509 Certificates to Authenticate Clients". */
const mongodb: Check = {
  name: "mongodb-files",
  title: "Files for MongoDB follow its rules for certificates, by openssl; no server is asked",
  proves: ["tls-6"],
  steps: [
    // One PEM file of key and chain, of which nobody else reads.
    ...["member", "client"].map((name) =>
      inFolder(
        `stat -c %a ${name}.pem && grep -o "BEGIN.*PRIVATE KEY\\|BEGIN CERTIFICATE" ${name}.pem | sort | uniq -c`,
        all(prints(/^600$/m), prints(/ 1 BEGIN PRIVATE KEY$/m), prints(/ 2 BEGIN CERTIFICATE$/m)),
      ),
    ),
    ...["member", "client"].map((name) =>
      inFolder(
        `[ "$(openssl x509 -in ${name}.pem -noout -pubkey)" = "$(openssl pkey -in ${name}.pem -pubout)" ] && echo same`,
        prints(/^same$/m),
      ),
    ),
    // A member is server and client of the others.
    verifies("member.pem", "sslserver"),
    verifies("member.pem", "sslclient"),
    verifies("client.pem", "sslclient"),
    inFolder("openssl x509 -in member.pem -noout -ext subjectAltName", prints(/DNS:documents\b/)),
    inFolder("openssl x509 -in client.pem -noout -ext extendedKeyUsage", prints(/TLS Web Client Authentication$/m)),
    // With the same O, OU and DC a client would count as a member.
    inFolder(
      'for file in member client; do openssl x509 -in $file.pem -noout -subject -nameopt sep_multiline,utf8 | grep -E "^ +(O|OU|DC)=" | sort >/tmp/subject.$$.$file; done; ! cmp -s /tmp/subject.$$.member /tmp/subject.$$.client && echo different; rm -f /tmp/subject.$$.*',
      prints(/^different$/m),
    ),
  ],
};
