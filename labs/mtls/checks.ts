import { all, exits, prints } from "../expect.ts";
import type { Check } from "../lab.ts";
import type { Topology } from "../../topology/topology.ts";
import { curl, logged, recentLog, says, server, step, verify } from "./commands.ts";
import { handshakes } from "./handshake.ts";
import { answer, port } from "./topology.ts";

const answered = all(exits(0), prints(new RegExp(`^${answer}$`, "m")));
const text = (file: string): string => `openssl x509 -in ${file} -noout -text`;
/** The server completes the handshake and then refuses in HTTP. */
const refused = (words: string) => says("400 Bad Request", words);

/** Nobody of a day or less has renewed it yet, and it ends. */
const validity = /Not Before: \w{3} .* GMT\s+Not After : \w{3} .* GMT/;

export function mtlsChecks(topology: Topology): readonly Check[] {
  const address =
    topology.nodes.find(({ name }) => name === "server")?.interfaces[0]?.addresses[0]?.split("/")[0] ?? "";
  return [
    {
      name: "chains-verify",
      title: "openssl verifies both chains up to the root, for what they are for",
      proves: ["tls-1"],
      within: 3,
      steps: [
        step(
          "server",
          verify("web/server.pem", "sslserver", "web/ca.pem", "-verify_hostname server.local"),
          all(exits(0), says("web/server.pem: OK")),
        ),
        step(
          "client",
          verify("client.pem", "sslclient", "ca.pem", "-crl_check_all -CRLfile crl.pem"),
          all(exits(0), says("client.pem: OK")),
        ),
      ],
    },
    {
      name: "certificates-say",
      title: "Each certificate says whose it is, for what and how long, and how many authorities may follow",
      proves: ["tls-1"],
      within: 3,
      steps: [
        step(
          "client",
          text("ca.pem"),
          says(/Subject: O = Labwright, CN = Lab root/, /CA:TRUE\n/, "Certificate Sign, CRL Sign", validity),
        ),
        step(
          "client",
          text("intermediate.pem"),
          says(/Issuer: .*Lab root/, "CA:TRUE, pathlen:1", "Certificate Sign, CRL Sign", validity),
        ),
        step(
          "client",
          text("issuing.pem"),
          says(/Issuer: .*Lab intermediate authority/, "CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", validity),
        ),
        step(
          "server",
          text("web/server.pem"),
          says(
            /Issuer: .*Lab issuing authority/,
            "CA:FALSE",
            "TLS Web Server Authentication",
            "DNS:server.local",
            `IP Address:${address}`,
            validity,
          ),
        ),
        step(
          "client",
          text("client.pem"),
          says(
            /Issuer: .*Lab issuing authority/,
            /Subject: CN = client\n/,
            "CA:FALSE",
            "TLS Web Client Authentication",
            validity,
          ),
        ),
      ],
    },
    {
      name: "with-certificate",
      title: "The server answers a client that shows its certificate, by HTTP/2",
      proves: ["tls-2"],
      within: 3,
      steps: [
        step("client", curl("client"), answered),
        step("client", curl("client", "", "-o /dev/null -w 'HTTP/%{http_version}\\n'"), says("HTTP/2\n")),
      ],
    },
    ...(["1.2", "1.3"] as const).map((version): Check => ({
      name: `version-${version}`,
      title: `Both sides can do with TLS ${version}`,
      proves: ["tls-2"],
      within: 3,
      steps: [
        step(
          "client",
          curl("client", "", `--tlsv${version} --tls-max ${version} -v`),
          says(`SSL connection using TLSv${version}`, answer),
        ),
      ],
    })),
    {
      name: "by-address",
      title: "The certificate is good for the server's address as well",
      proves: ["tls-2"],
      within: 3,
      steps: [step("client", curl("client").replace(server, `${address}:${port}`), answered)],
    },
    {
      name: "without-certificate",
      title: "Who shows no certificate is refused",
      proves: ["tls-3"],
      within: 3,
      steps: [
        step("visitor", curl(undefined, "none"), refused("No required SSL certificate was sent")),
        step("server", recentLog, logged("client sent no required SSL certificate", "/none ")),
      ],
    },
    ...[
      {
        pair: "other",
        title: "of another authority",
        openssl: "unable to get local issuer certificate",
        nginx: /\((20|21):unable to /,
      },
      {
        pair: "expired",
        title: "that has expired",
        openssl: "certificate has expired",
        nginx: /\(10:certificate has expired\)/,
      },
      {
        pair: "revoked",
        title: "that is revoked",
        openssl: "certificate revoked",
        nginx: /\(23:certificate revoked\)/,
      },
    ].map(({ pair, title, openssl, nginx }): Check => ({
      name: `certificate-${pair}`,
      title: `A certificate ${title} is refused, and openssl and the server say why`,
      proves: ["tls-3"],
      within: 3,
      steps: [
        step("visitor", curl(pair, pair), refused("The SSL certificate error")),
        step("visitor", verify(`${pair}.pem`, "sslclient", "ca.pem", "-crl_check_all -CRLfile crl.pem"), says(openssl)),
        step("server", recentLog, logged(nginx, `/${pair} `)),
      ],
    })),
    {
      name: "another-name",
      title: "A client refuses a server that shows a certificate for other names than the one it asked for",
      proves: ["tls-3"],
      within: 3,
      steps: [
        step(
          "client",
          curl("client", "", `--connect-to shop.local:${port}:${server}`).replace(
            `https://${server}`,
            `https://shop.local:${port}`,
          ),
          says("(60)", "no alternative certificate subject name matches target host name 'shop.local'"),
        ),
        step(
          "client",
          `openssl s_client -connect ${server} -verify_hostname shop.local -CAfile ca.pem -verify_return_error -brief </dev/null 2>&1`,
          says(/hostname mismatch/i),
        ),
      ],
    },
    ...handshakes(topology).map((check) => ({ ...check, within: 6 })),
  ];
}
