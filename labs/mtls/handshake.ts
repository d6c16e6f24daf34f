/** A handshake, captured and read message by message. */
import { exits, expectation, seen } from "../expect.ts";
import type { Check, CheckStep, CommandResult, Expectation } from "../lab.ts";
import type { Topology } from "../../topology/topology.ts";
import { server, step } from "./commands.ts";
import { port } from "./topology.ts";

/** Handshake messages by their numbers (RFC 8446, 4; RFC 5246, 7.4). */
const messages: Readonly<Record<string, string>> = {
  1: "ClientHello",
  2: "ServerHello",
  4: "NewSessionTicket",
  8: "EncryptedExtensions",
  11: "Certificate",
  12: "ServerKeyExchange",
  13: "CertificateRequest",
  14: "ServerHelloDone",
  15: "CertificateVerify",
  16: "ClientKeyExchange",
  20: "Finished",
};

const hello = ["client: ClientHello", "server: ServerHello"] as const;

export function handshakes(topology: Topology): readonly Check[] {
  const node = (name: string) => topology.nodes.find((each) => each.name === name);
  const device = node("client")?.interfaces[0]?.name ?? "";
  const address = node("server")?.interfaces[0]?.addresses[0]?.split("/")[0] ?? "";
  const steps = (version: string, ports: string, withKeys: boolean, expected: readonly string[]): CheckStep[] => [
    step("client", capture(version, device, ports), exits(0)),
    {
      on: "sandbox",
      command: decode(ports, withKeys),
      expect: lists(expected, address),
      show: (result) => read(result, address).join("\n"),
    },
    { ...step("client", `rm -rf ${folderOf(ports)}`, exits(0)), always: true },
  ];
  return [
    {
      name: "handshake-1.2",
      title: "TLS 1.2: a capture shows every message up to the certificates, and who sent it",
      proves: ["tls-4"],
      steps: steps("1.2", "42000-42099", false, [
        ...hello,
        "server: Certificate",
        "server: ServerKeyExchange",
        "server: CertificateRequest",
        "server: ServerHelloDone",
        "client: Certificate",
        "client: ClientKeyExchange",
        "client: CertificateVerify",
      ]),
    },
    {
      name: "handshake-1.3",
      title: "TLS 1.3: a capture shows the two hellos, and with the client's key log the rest",
      proves: ["tls-4"],
      steps: [
        ...steps("1.3", "42100-42199", false, hello),
        ...steps("1.3", "42200-42299", true, [
          ...hello,
          "server: EncryptedExtensions",
          "server: CertificateRequest",
          "server: Certificate",
          "server: CertificateVerify",
          "server: Finished",
          "client: Certificate",
          "client: CertificateVerify",
          "client: Finished",
          "server: NewSessionTicket",
        ]),
      ],
    },
  ];
}

/** In the client's directory. The ports tell this connection from others of the node. */
const folderOf = (ports: string): string => `capture-${ports}`;

/**
 * tcpdump is given time to write what it saw, 5 s at most. It stays root, as in a container root can't end what belongs
 * to another user.
 */
function capture(version: string, device: string, ports: string): string {
  return [
    `umask 077 && t=${folderOf(ports)} && rm -rf $t && mkdir $t`,
    `{ tcpdump -Z root -i ${device} --immediate-mode -U -w - 'tcp portrange ${ports}' >$t/pcap 2>$t/log & }`,
    "p=$!; n=0; until grep -q listening $t/log || [ $((n += 1)) -gt 100 ]; do sleep 0.05; done",
    `SSLKEYLOGFILE=$t/keys curl -sS --max-time 5 --tlsv${version} --tls-max ${version} --local-port ${ports} --cacert ca.pem --cert client.pem --key client.key https://${server}/ >&2`,
    "n=0; until tcpdump -r $t/pcap 'tcp[13] & 5 != 0' 2>/dev/null | grep -q . || [ $((n += 1)) -gt 100 ]; do sleep 0.05; done; kill $p; wait $p",
  ].join("\n");
}

/** tshark is in no image: it is as large as all the rest of one. */
function decode(ports: string, withKeys: boolean): string {
  const folder = `/run/nodes/client/${folderOf(ports)}`;
  const keys = withKeys ? ` -o tls.keylog_file:${folder}/keys` : "";
  return `tshark -r ${folder}/pcap${keys} -d tcp.port==${port},tls -Y tls.handshake.type -T fields -e ip.src -e tls.handshake.type`;
}

/** One line a message. Tickets that follow the first tell nothing new. */
function read({ stdout }: CommandResult, address: string): string[] {
  const lines = stdout.split("\n").flatMap((line) => {
    const [from = "", types = ""] = line.split("\t");
    const who = from === address ? "server" : "client";
    return types.split(",").flatMap((type) => (messages[type] === undefined ? [] : [`${who}: ${messages[type]}`]));
  });
  return lines.filter((line, index) => !line.endsWith("NewSessionTicket") || lines.indexOf(line) === index);
}

function lists(expected: readonly string[], address: string): Expectation {
  return expectation(expected.join(", "), (result) => {
    const found = read(result, address);
    if (found.length === 0) return seen(result);
    return found.join(", ") === expected.join(", ") ? undefined : found.join(", ");
  });
}
