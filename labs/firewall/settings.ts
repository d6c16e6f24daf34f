import type { Settings, SettingSpec, SettingsSpec } from "../lab.ts";

const prefix = (value: string, description: string) => ({ type: "text", default: value, description }) as const;

export const settings = {
  backend: {
    type: "choice",
    default: "nftables",
    choices: ["nftables", "iptables"],
    description: "Whose rules the firewall has",
  },
  families: { type: "choice", default: "dual", choices: ["dual", "ipv4"], description: "IPv4 and IPv6, or IPv4 only" },
  wan4: prefix("198.51.100.0/24", "Prefix outside"),
  dmz4: prefix("192.0.2.0/24", "Prefix of the servers"),
  lan4: prefix("10.0.0.0/24", "Prefix inside"),
  wan6: prefix("2001:db8:1::/64", "Prefix outside, IPv6"),
  dmz6: prefix("2001:db8:2::/64", "Prefix of the servers, IPv6"),
  lan6: prefix("2001:db8:3::/64", "Prefix inside, IPv6"),
  addresses: {
    type: "text",
    default: "",
    description: "Addresses of single hosts, such as `web=192.0.2.80 web=2001:db8:2::80`; others are given out",
  },
} as const satisfies SettingsSpec & Readonly<Record<string, SettingSpec>>;

export type FirewallSettings = Settings<typeof settings>;
