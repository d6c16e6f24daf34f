/** What goes wrong with certificates, and in which words. */
import { all, authority, certificate, clock, credential, mistaken, renamed, serverEnds } from "./changes.ts";
import { behind, curl, logged, recentLog, says, sClient, server, step, verify } from "./commands.ts";
import { answers, fault, refusesClient, refusesServer, requests, serverIsDown, type MtlsFault } from "./fault.ts";
import { port } from "./topology.ts";

const verifyClient =
  "With `openssl verify -CAfile ca.pem -untrusted client.pem -purpose sslclient client.pem` on the client you see what the server sees.";
const readServer =
  "`openssl s_client -connect server.local:8443 -CAfile ca.pem -showcerts </dev/null` on the client, and `openssl x509 -noout -text` of what comes.";

export const faults: readonly MtlsFault[] = [
  fault(
    "worked-until-an-hour-ago",
    "The server's certificate has expired.",
    [
      "It worked this morning, and nobody has changed anything.",
      "Both sides' clocks are right: compare `date` with what the server shows.",
      readServer,
    ],
    mistaken("server", { validity: "expired" }),
    {
      title: "Nobody takes the server's certificate any more: it has expired",
      steps: refusesServer("certificate has expired", 45),
    },
    ["chains-verify", ...requests],
    ["renew", "The server gets a new certificate."],
  ),
  fault(
    "works-from-tomorrow",
    "The server's certificate is not valid yet.",
    [
      "A new certificate was installed today.",
      "Both sides' clocks are right: compare `date` with what the server shows.",
      readServer,
    ],
    mistaken("server", { validity: "not-yet-valid" }),
    {
      title: "Nobody takes the server's certificate: it isn't valid yet",
      steps: refusesServer("certificate is not yet valid", 42),
    },
    ["chains-verify", ...requests],
    ["issue-from-now", "The server gets a certificate that begins now."],
  ),
  fault(
    "name-does-not-match",
    "The server's certificate is for another name.",
    [
      "The chain is good. What else does a client compare?",
      "For which names is it? Look for the subject alternative name.",
      readServer,
    ],
    renamed("server", ["www.example.com"]),
    {
      title: "Clients find none of the names that they ask for in the server's certificate",
      steps: [
        step(
          "client",
          curl("client"),
          says("curl: (60)", "no alternative certificate subject name matches target host name 'server.local'"),
        ),
        step("client", sClient(), says(/hostname mismatch/i)),
        step("server", recentLog, logged("SSL alert number 42)", "SSL alert")),
      ],
    },
    [
      "chains-verify",
      "certificates-say",
      "with-certificate",
      "version-1.2",
      "version-1.3",
      "by-address",
      "without-certificate",
      "certificate-other",
      "certificate-expired",
      "certificate-revoked",
    ],
    ["right-names", "The server's certificate has the server's names and addresses."],
  ),
  fault(
    "by-name-alone",
    "The server's certificate has no subject alternative name; its name stands in the subject alone.",
    [
      "curl gets its answer by the server's name, but not by its address.",
      "curl falls back on an old rule here that Go, browsers and others have given up (RFC 9525). Where does it find the name?",
      "`openssl x509 -noout -ext subjectAltName -in web/server.pem` on the server.",
    ],
    mistaken("server", { withoutAlternativeNames: true }),
    {
      title: "By the server's address curl compares it with the subject's common name, as there is nothing else",
      steps: [
        step(
          "client",
          `curl -sS --max-time 5 --cacert ca.pem --cert client.pem --key client.key "https://$(getent ahostsv4 server.local | awk '{ print $1; exit }'):${port}/" 2>&1`,
          says("curl: (60)", "certificate subject name 'server.local' does not match target host name"),
        ),
        step(
          "client",
          `openssl s_client -connect ${server} -verify_ip "$(getent ahostsv4 server.local | awk '{ print $1; exit }')" -CAfile ca.pem -verify_return_error -brief </dev/null 2>&1`,
          says(/IP address mismatch/i),
        ),
        step("server", "openssl x509 -noout -ext subjectAltName -in web/server.pem 2>&1", says("No extensions")),
        step("server", recentLog, logged("SSL alert number 42)", "SSL alert")),
      ],
    },
    ["certificates-say", "by-address", "another-name"],
    ["alternative-names", "The server's certificate has a subject alternative name with its names and addresses."],
  ),
  fault(
    "unsupported-purpose",
    "The client's certificate is one for servers.",
    [
      "The server answers, but with 400: look into its log.",
      verifyClient,
      "`openssl x509 -noout -purpose -in client.pem`",
    ],
    mistaken("client", { usages: ["serverAuth"] }),
    {
      title: "The server doesn't take the client's certificate for what it is used",
      steps: [
        ...refusesClient("purpose", "(26:"),
        step(
          "client",
          verify("client.pem", "sslclient"),
          says(/error 26 .*unsuitable certificate purpose|unsupported certificate purpose/),
        ),
      ],
    },
    ["chains-verify", "certificates-say", ...answers],
    ["client-usage", "The client's certificate has the extended key usage clientAuth."],
  ),
  fault(
    "issuer-not-found",
    "The server sends its own certificate alone, without those of the authorities between it and the root.",
    [
      "The client trusts the root, the server's certificate is good, and yet the client finds no way between the two.",
      "How many certificates does the server send? The root's needn't be among them.",
      readServer,
    ],
    credential("server", "web/server.pem", { certificate: "server", content: "certificate" }),
    {
      title: "Clients don't find who issued the server's certificate",
      steps: refusesServer("unable to get local issuer certificate", 48),
    },
    ["chains-verify", ...requests],
    ["whole-chain", "The server's file has the certificates of the intermediate authorities behind its own."],
  ),
  fault(
    "client-does-not-speak",
    "The client's file begins with the wrong end of its chain.",
    [
      "The server hears nothing of this client: its log has no line of it.",
      "curl ends before the first packet. What does it say it couldn't do?",
      "Whose is the first certificate in client.pem? `openssl x509 -noout -subject -in client.pem`",
    ],
    credential("client", "client.pem", { certificate: "client", content: "chain", mistakes: { reversed: true } }),
    {
      title: "The client takes the first certificate of its file for its own, and has no key to it",
      steps: [
        step("client", curl("client"), says("curl: (58)", "unable to set private key file: 'client.key'")),
        step("client", sClient(), says("key values mismatch")),
        step("client", "openssl x509 -noout -subject -in client.pem", says("Lab intermediate authority")),
      ],
    },
    ["chains-verify", "certificates-say", ...answers, "another-name", "handshake-1.2", "handshake-1.3"],
    ["leaf-first", "The client's own certificate comes first in its file, then each one's issuer."],
  ),
  fault(
    "server-stays-down",
    "The server's key isn't that of its certificate.",
    [
      "Nobody listens on port 8443.",
      "`nginx -t` (as in the README), or the end of `lab logs mtls server`, says why.",
      "Compare `openssl x509 -noout -pubkey -in web/server.pem` with `openssl pkey -pubout -in web/server.key`.",
    ],
    all(credential("server", "web/server.key", { certificate: "client", content: "key" }), serverEnds),
    {
      title: "nginx doesn't start: its key doesn't fit its certificate",
      steps: [
        ...serverIsDown("key values mismatch"),
        step(
          "server",
          "openssl verify -CAfile web/ca.pem -untrusted web/server.pem web/server.pem 2>&1",
          says("web/server.pem: OK"),
        ),
      ],
    },
    requests,
    ["own-key", "The server gets the key that belongs to its certificate."],
  ),
  fault(
    "chain-too-long",
    "The intermediate authority may have no authority below it, and has one.",
    [
      "The server and the client refuse each other, though nothing of their own has changed.",
      "Look at the basic constraints of every authority from the root downwards: `pathlen`.",
      "`openssl x509 -noout -ext basicConstraints -in intermediate.pem` on the client.",
    ],
    all(authority("intermediate", { pathLength: 0 }), authority("issuing", { mistakes: { exceedsPathLength: true } })),
    {
      title: "There are more authorities in the chain than one of them allows",
      steps: [
        ...refusesServer("path length constraint exceeded", 48),
        step("client", `${curl("client", "length", "-k")}`, says("400 Bad Request")),
        step("server", recentLog, logged("(25:path length constraint exceeded)", "/length ")),
      ],
    },
    ["chains-verify", "certificates-say", ...requests],
    ["longer-path", "The intermediate authority may have one authority below it."],
  ),
  fault(
    "not-permitted",
    "The intermediate authority may certify names below corp.example alone.",
    [
      "The server's certificate is refused for what stands in it, though all of it is true.",
      "Not the server's certificate says what is permitted, but one above it.",
      "`openssl x509 -noout -ext nameConstraints -in intermediate.pem` on the client.",
    ],
    all(
      authority("intermediate", { nameConstraints: { permitted: { names: ["corp.example"] } } }),
      mistaken("server", { violatesNameConstraints: true }),
    ),
    {
      title: "The server's names aren't among those that an authority above it may certify",
      steps: refusesServer("permitted subtree violation", 46),
    },
    ["chains-verify", ...requests],
    ["permit-names", "The intermediate authority may certify any names."],
  ),
  fault(
    "vouches-for-itself",
    "The server's certificate is signed by the server itself.",
    [
      "Who says that the server is who it says?",
      "Compare the subject and the issuer of what the server shows.",
      readServer,
    ],
    mistaken("server", { selfSigned: true }),
    {
      title: "Nobody but the server itself vouches for the server",
      steps: refusesServer("self-signed certificate", 48),
    },
    ["chains-verify", "certificates-say", ...requests],
    ["issued", "The server's certificate is issued by the lab's authority."],
  ),
  fault(
    "everybody-a-stranger",
    "The server trusts the clients of another root.",
    [
      "The client takes the server, the server no client of ours.",
      verifyClient,
      "Whom does the server trust? `openssl x509 -noout -subject -in web/ca.pem` on the server; and `openssl s_client` lists it as acceptable.",
    ],
    credential("server", "web/ca.pem", { authority: "stranger", content: "bundle" }),
    {
      title: "The server knows nobody who vouches for the client, and asks for certificates of another authority",
      steps: [
        ...refusesClient("stranger", "(3:unable to get certificate CRL)"),
        step(
          "client",
          sClient().replace("-brief ", ""),
          says("Acceptable client certificate CA names", /CN = Another root/),
        ),
        step(
          "server",
          verify("web/server.pem", "sslserver", "web/ca.pem"),
          says("error 20", "unable to get local issuer certificate"),
        ),
      ],
    },
    ["chains-verify", ...answers, "certificate-other", "certificate-revoked"],
    ["right-root", "The server trusts the root that the clients' certificates lead to."],
  ),
  fault(
    "too-weak-to-start",
    "The server's certificate is signed with SHA-1.",
    [
      "Nobody listens on port 8443.",
      "`nginx -t` (as in the README), or the end of `lab logs mtls server`, says why.",
      "`openssl x509 -noout -text -in web/server.pem`: how is it signed?",
    ],
    all(mistaken("server", { digest: "sha1" }), serverEnds),
    {
      title: "nginx doesn't start: a signature of its chain is too weak",
      steps: [
        ...serverIsDown("ca md too weak"),
        step(
          "server",
          verify("web/server.pem", "sslserver", "web/ca.pem", "-auth_level 2"),
          says(/error 68 .*CA signature digest algorithm too weak/),
        ),
      ],
    },
    requests,
    ["sha-256", "The server's certificate is signed with SHA-256."],
  ),
  fault(
    "client-locked-out",
    "The client's certificate is revoked.",
    [
      "The server answers, but with 400: look into its log.",
      "The certificate itself says nothing of it; what the authority says, the server has in web/crl.pem.",
      "`openssl crl -noout -text -in web/crl.pem` on the server, and `openssl x509 -noout -serial -in client.pem` on the client.",
    ],
    certificate("client", { revoked: "keyCompromise" }),
    {
      title: "The server doesn't take the client's certificate: its authority has revoked it",
      steps: [
        ...refusesClient("revoked-client", "(23:certificate revoked)"),
        step(
          "client",
          verify("client.pem", "sslclient", "ca.pem", "-crl_check_all -CRLfile crl.pem"),
          says(/error 23 .*certificate revoked/),
        ),
      ],
    },
    ["chains-verify", ...answers],
    ["new-certificate", "The client gets a new key and certificate; the old one stays revoked."],
    (spec) => certificate("client", { generation: (spec.pki?.certificates?.["client"]?.generation ?? 1) + 1 })(spec),
  ),
  fault(
    "one-alone-refuses",
    "The client's clock is more than a year behind.",
    [
      "Others take the server's certificate, this client doesn't.",
      "Is what the client says of the certificate true?",
      "`date` on the client, and on the server.",
    ],
    clock("client", -34_560_000),
    {
      title: "The client alone says that the certificate isn't valid yet, and its clock is behind",
      steps: [
        ...refusesServer("certificate is not yet valid", 42),
        step("visitor", curl(undefined, "visitor"), says("No required SSL certificate was sent")),
        step("client", "date +%s", behind(34_560_000)),
      ],
    },
    ["chains-verify", ...answers, "another-name", "handshake-1.2", "handshake-1.3"],
    ["set-clock", "The client's clock is right."],
  ),
];
