import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress } from "../../../topology/addressing/address.ts";
import {
  formatPrefix,
  parseInterfaceAddress,
  parsePrefix,
  prefixOf,
  specialUse,
} from "../../../topology/addressing/prefix.ts";

function canonical(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

describe("text of addresses", () => {
  test.each([
    // RFC 5952, 4.1 to 4.3 and 5.
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::AbCd", "2001:db8::abcd"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1::", "1::"],
    ["192.0.2.1", "192.0.2.1"],
  ])("%s is written %s", (text, expected) => expect(canonical(text)).toBe(expected));

  test.each([
    ...[
      "",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "1.2.3.-4",
      "1.2.3.4 ",
      "0x1.2.3.4",
      "1e1.2.3.4",
      "１.2.3.4",
    ],
    ...[
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4::5:6:7:8",
      "12345::",
      "g::",
      ":1::",
      "::1%lo",
    ],
    ...["1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "[::1]", "::1:"],
  ])("%j is no address", (text) => expect(parseAddress(text)).toBeUndefined());

  test("each IPv6 address comes back from its text, which is never longer than the full one", () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, (values) => {
        const full = values.map((value) => value.toString(16).padStart(4, "0")).join(":");
        const text = canonical(full) ?? "";
        expect(parseAddress(text)).toEqual(parseAddress(full));
        expect(canonical(text)).toBe(text);
        // The platform's own parser follows the WHATWG URL Standard, which writes mapped addresses in hexadecimal.
        if (!text.includes(".")) expect(`[${text}]`).toBe(new URL(`http://[${full}]`).hostname);
      }),
    );
  });

  test("each IPv4 address comes back from its text", () => {
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(canonical(text)).toBe(text);
      }),
    );
  });
});

describe("prefixes", () => {
  test("with host bits set, or without a right length, there is none", () => {
    for (const text of [
      "192.0.2.1/24",
      "192.0.2.0",
      "192.0.2.0/33",
      "192.0.2.0/",
      "192.0.2.0/+8",
      "192.0.2.0/024",
      "::/129",
      "::/0/0",
    ]) {
      expect(parsePrefix(text), text).toBeUndefined();
    }
  });

  test("the prefix around an address has its first bits only", () => {
    const around = (text: string): string => {
      const parsed = parseInterfaceAddress(text);
      return parsed === undefined ? "" : formatPrefix(prefixOf(parsed));
    };
    expect(around("192.0.2.133/25")).toBe("192.0.2.128/25");
    expect(around("255.255.255.255/0")).toBe("0.0.0.0/0");
    expect(around("2001:db8::ffff/127")).toBe("2001:db8::fffe/127");
    expect(around("2001:db8::1/128")).toBe("2001:db8::1/128");
  });

  test("the documentation and private ranges can be routed, multicast cannot", () => {
    const use = (text: string): string | undefined => {
      const prefix = parsePrefix(text);
      return prefix && specialUse(prefix);
    };
    for (const text of ["10.0.0.0/8", "192.0.2.0/24", "100.64.0.0/10", "fd00::/8", "2001:db8::/32", "2000::/3"]) {
      expect(use(text), text).toBeUndefined();
    }
    expect(use("232.0.0.0/24")).toBe("multicast");
    expect(use("ff02::/16")).toBe("multicast");
  });
});
