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
