/** Container images that other labs name, and what of them this system's packages can do. */

export type ImageUse =
  /** Its own program is a daemon that the system's package has too. `service`: the name of its /etc/init.d script. */
  | { readonly kind: "daemon"; readonly service: string }
  /** Programs that are packaged for no system. */
  | { readonly kind: "foreign"; readonly reason: string }
  /** A system with tools. */
  | { readonly kind: "system" };

const daemons: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(frr|frrouting)(\/frr(-debian)?)?$/, "frr"],
  [/(^|\/)nginx(-\w+)*$/, "nginx"],
  [/(^|\/)httpd$/, "apache2"],
  [/(^|\/)bird2?$/, "bird"],
  [/(^|\/)(bind9?|named)$/, "named"],
];

const foreign: readonly (readonly [RegExp, string])[] = [
  [/^kathara\/(p4|p4c)$/, "P4's switch and compiler are in no package of the system."],
  [/^kathara\/(pox|sdn|ryu|openflow|faucet)$/, "Its OpenFlow switches need Open vSwitch in the kernel."],
  [/(^|\/)(wireshark)$/, "Its program is a desktop; `lab capture` shows and writes packets."],
  [/^kathara\/(scion|katharanp|netkit)/, "Its programs are in no package of the system."],
];

export function useOfImage(image: string): ImageUse {
  const name = image.replace(/@sha256:.*$/, "").replace(/:[^/:]*$/, "");
  for (const [pattern, service] of daemons) if (pattern.test(name)) return { kind: "daemon", service };
  for (const [pattern, reason] of foreign) if (pattern.test(name)) return { kind: "foreign", reason };
  return { kind: "system" };
}
