/** What a certificate is asked for: names on the command line, or a request. */
import { readFileSync } from "node:fs";
import { describeKey, kindOf } from "../../../certs/keys.ts";
import { readRequest, type Request } from "../../../certs/request.ts";
import { parseAddress } from "../../../topology/addressing/address.ts";
import { badAttributes } from "../../../topology/pki/distinguished-name.ts";
import { isDnsName, isMailAddress, isUri } from "../../../topology/pki/names.ts";
import type { AlternativeNames, DistinguishedName } from "../../../topology/pki/pki.ts";
import { keyKinds } from "../../../topology/pki/spec.ts";
import { CommandError, exitCodes } from "../../errors.ts";

export interface Asked {
  readonly subject: DistinguishedName;
  readonly names: AlternativeNames;
  /** The same names in the order in which they are asked for; one at least. */
  readonly inOrder: readonly string[];
  /** PEM, of a request. Absent: the key is still to be made. */
  readonly publicKey?: string;
}

/** Each name is of one kind at most. */
const kinds = [
  { kind: "dns", noun: "DNS name", is: isDnsName },
  { kind: "addresses", noun: "address", is: (text: string) => parseAddress(text) !== undefined },
  { kind: "uris", noun: "URI", is: isUri },
  { kind: "emails", noun: "mail address", is: isMailAddress },
] as const;

const examples = "Such as `server.local`, `10.0.0.1`, `spiffe://lab.example/server` or `admin@server.local`.";
const howToAsk = "`openssl req -new -key KEY -subj /CN=NAME -addext subjectAltName=DNS:NAME` makes one.";

/** @throws CommandError that names all that are of no kind. */
export function askedByNames(given: readonly string[]): Asked {
  const of = (kind: keyof AlternativeNames): string[] =>
    given.filter((name) => kinds.find(({ is }) => is(name))?.kind === kind);
  const bad = given.filter((name) => !kinds.some(({ is }) => is(name))).map((name) => JSON.stringify(name));
  if (bad.length > 0) throw refusal([`No DNS name, address, URI or mail address: ${bad.join(", ")}.`], examples);
  const [first] = given;
  if (first === undefined)
    throw refusal(["There is no name to issue a certificate for."], "Such as `lab pki issue my-ca server.local`.");
  return {
    // A common name has 64 characters at most (RFC 5280, appendix A).
    subject: first.length <= 64 ? [["CN", first]] : [],
    names: { dns: of("dns"), addresses: of("addresses"), uris: of("uris"), emails: of("emails") },
    inOrder: given,
  };
}

/** @throws CommandError that tells everything that is wrong with the request in a file. */
export async function askedByRequest(file: string): Promise<Asked> {
  const { subject, names, otherKinds, publicKey } = await read(file);
  const inOrder = kinds.flatMap(({ kind }) => names[kind]);
  const wrong = [
    ...(kindOf(publicKey) === undefined
      ? [`is for a key of kind ${describeKey(publicKey)}, expected one of ${keyKinds.join(", ")}.`]
      : []),
    ...(inOrder.length === 0 ? ["asks for no name; it needs a subject alternative name."] : []),
    // It says itself of which kind each of its names is.
    ...kinds.flatMap(({ kind, noun, is }) =>
      names[kind]
        .filter((name) => !is(name))
        .map((name) => `asks for the ${noun} ${JSON.stringify(name)}, which isn't one.`),
    ),
    ...otherKinds.map((kind) => `asks for a name of kind ${kind}, expected a DNS name, address, URI or mail address.`),
    ...badAttributes(subject).map(
      ({ found, expected }) => `asks for a subject with ${JSON.stringify(found)}, expected ${expected}.`,
    ),
  ];
  if (wrong.length > 0)
    throw refusal(
      wrong.map((each) => `${file} ${each}`),
      howToAsk,
    );
  return { subject, names, inOrder, publicKey };
}

async function read(file: string): Promise<Request> {
  try {
    return await readRequest(readFileSync(file, "utf8"));
  } catch (error) {
    throw refusal([`${file} is no certificate request: ${(error as Error).message}.`], howToAsk);
  }
}

function refusal(lines: readonly string[], hint: string): CommandError {
  return new CommandError(lines.join("\n"), hint, exitCodes.failed);
}
