/** The extension that says what an authority may certify (RFC 5280, 4.2.1.10); @peculiar/x509 has none. */
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints as Constraints,
} from "@peculiar/asn1-x509";
import { Extension } from "./library.ts";
import type { NameConstraints, NameSubtrees } from "../topology/pki/pki.ts";

/** Critical, as it must be. */
export function nameConstraintsExtension({ permitted, excluded }: NameConstraints): Extension {
  const [permittedSubtrees, excludedSubtrees] = [subtrees(permitted), subtrees(excluded)];
  const value = new Constraints({
    ...(permittedSubtrees.length === 0 ? {} : { permittedSubtrees }),
    ...(excludedSubtrees.length === 0 ? {} : { excludedSubtrees }),
  });
  return new Extension(id_ce_nameConstraints, true, AsnConvert.serialize(value));
}

/** @throws where the extension isn't one of name constraints. */
export function readNameConstraints(extension: Extension): NameConstraints {
  const { permittedSubtrees, excludedSubtrees } = AsnConvert.parse(extension.value, Constraints);
  return { permitted: readSubtrees(permittedSubtrees), excluded: readSubtrees(excludedSubtrees) };
}

function readSubtrees(found: GeneralSubtrees | undefined): NameSubtrees {
  const bases = [...(found ?? [])].map(({ base }) => base);
  return {
    names: bases.flatMap(({ dNSName }) => dNSName ?? []),
    addresses: bases.flatMap(({ iPAddress }) => iPAddress ?? []),
    uris: bases.flatMap(({ uniformResourceIdentifier }) => uniformResourceIdentifier ?? []),
    emails: bases.flatMap(({ rfc822Name }) => rfc822Name ?? []),
  };
}

function subtrees({ names, addresses, uris, emails }: NameSubtrees): GeneralSubtrees {
  const bases = [
    ...names.map((dNSName) => new GeneralName({ dNSName })),
    // An address and its mask: the library writes them so from CIDR.
    ...addresses.map((iPAddress) => new GeneralName({ iPAddress })),
    ...uris.map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
    ...emails.map((rfc822Name) => new GeneralName({ rfc822Name })),
  ];
  return new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
}
