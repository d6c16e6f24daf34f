"""Looks at network namespaces: one process for any number of them, where iproute2 would need one or more for each.

Standard input: a JSON array of {"node": NAME, "sysctls": [NAME...], "ruleset": BOOLEAN}; an empty node name is the
namespace that this process was started in. Standard output: a JSON object by node name; one without a namespace is
missing from it. Everything is read over rtnetlink(7), from /proc/sys, and from `nft list ruleset`.
"""

import ctypes
import json
import os
import re
import socket
import struct
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SOL_NETLINK, NETLINK_GET_STRICT_CHK = 270, 12
NLM_F_REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE = 18, 22, 26
IFLA_IFNAME, IFLA_MTU, IFLA_LINK, IFLA_QDISC, IFLA_MASTER, IFLA_OPERSTATE, IFLA_LINKINFO, IFLA_EXT_MASK = 3, 4, 5, 6, 10, 16, 18, 29
IFLA_ADDRESS = 1
IFLA_INFO_KIND, IFLA_INFO_DATA = 1, 2
IFLA_BR_MCAST_SNOOPING, IFLA_BR_MCAST_QUERIER = 23, 25
OPER_UNKNOWN, OPER_UP = 0, 6
RTEXT_FILTER_SKIP_STATS = 8
IFA_ADDRESS, IFA_LOCAL = 1, 2
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_VIA = 1, 4, 5, 18
IFF_UP, IFF_LOWER_UP = 1, 0x10000
RTPROT_BOOT, RTPROT_STATIC = 3, 4
ROUTE_TYPES = {1: "unicast", 6: "blackhole", 7: "unreachable", 8: "prohibit"}
SCOPE_GLOBAL_LIMIT = 253  # RT_SCOPE_LINK and up: link, host, nowhere


def attributes(data):
    """The attributes (rtattr) of a message, by type."""
    found = {}
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


def dump(netlink, kind, body):
    """The bodies of all answers to one dump request."""
    netlink.send(struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST_DUMP, 1, 0) + body)
    while True:
        data = netlink.recv(1 << 18)
        at = 0
        while at + 16 <= len(data):
            length, answer, _, _, _ = struct.unpack_from("=IHHII", data, at)
            if answer == NLMSG_DONE:
                return
            if answer == NLMSG_ERROR:
                code = -struct.unpack_from("=i", data, at + 16)[0]
                # A kernel without IPv6 has no such table.
                if code in (95, 97):
                    return
                raise OSError(code, os.strerror(code))
            yield data[at + 16 : at + length]
            at += (length + 3) & ~3


def number(data):
    return struct.unpack("=I", data)[0]


def text(data):
    return data.rstrip(b"\0").decode()


def address(family, data):
    return socket.inet_ntop(family, data)


def bridge_multicast(info):
    """A bridge's multicast settings; None for another kind of interface."""
    if text(info.get(IFLA_INFO_KIND, b"")) != "bridge":
        return None
    data = attributes(info.get(IFLA_INFO_DATA, b""))
    return {
        "snooping": data.get(IFLA_BR_MCAST_SNOOPING, b"\0") != b"\0",
        "querier": data.get(IFLA_BR_MCAST_QUERIER, b"\0") != b"\0",
    }


def look(sysctls, ruleset):
    """What the current network namespace holds."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
        netlink.bind((0, 0))
        interfaces = {}
        request = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + struct.pack("=HHI", 8, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)
        for message in dump(netlink, RTM_GETLINK, request):
            index, flags = struct.unpack_from("=iI", message, 4)
            found = attributes(message[16:])
            interfaces[index] = {
                "name": text(found[IFLA_IFNAME]),
                "index": index,
                "peerIndex": number(found[IFLA_LINK]) if IFLA_LINK in found else None,
                "up": bool(flags & IFF_UP),
                # The operational state follows the carrier by up to a second, and only then is anything sent.
                "carrier": bool(flags & IFF_LOWER_UP) and found.get(IFLA_OPERSTATE, b"\0")[0] in (OPER_UNKNOWN, OPER_UP),
                "mac": ":".join("%02x" % byte for byte in found.get(IFLA_ADDRESS, b"")),
                "mtu": number(found[IFLA_MTU]),
                "master": number(found[IFLA_MASTER]) if IFLA_MASTER in found else None,
                "qdisc": text(found.get(IFLA_QDISC, b"noqueue")),
                "multicast": bridge_multicast(attributes(found.get(IFLA_LINKINFO, b""))),
                "addresses": [],
                "routes": [],
            }
        for message in dump(netlink, RTM_GETADDR, struct.pack("=BBBBI", 0, 0, 0, 0, 0)):
            family, length, _, scope, index = struct.unpack_from("=BBBBI", message)
            found = attributes(message[8:])
            value = found.get(IFA_LOCAL, found.get(IFA_ADDRESS))
            if scope < SCOPE_GLOBAL_LIMIT and value is not None and index in interfaces:
                interfaces[index]["addresses"].append("%s/%d" % (address(family, value), length))
        dead = []
        for family in (socket.AF_INET, socket.AF_INET6):
            for protocol in (RTPROT_STATIC, RTPROT_BOOT):
                request = struct.pack("=BBBBBBBBI", family, 0, 0, 0, 0, protocol, 0, 0, 0)
                for message in dump(netlink, RTM_GETROUTE, request):
                    _, length, _, _, _, seen, _, kind = struct.unpack_from("=BBBBBBBB", message)
                    found = attributes(message[12:])
                    kind = ROUTE_TYPES.get(kind)
                    if seen != protocol or kind is None:
                        continue
                    zero = b"\0" * (4 if family == socket.AF_INET else 16)
                    destination = "%s/%d" % (address(family, found.get(RTA_DST, zero)), length)
                    if kind != "unicast":
                        dead.append("%s %s" % (kind, destination))
                    elif RTA_OIF in found and number(found[RTA_OIF]) in interfaces:
                        via = ""
                        if RTA_GATEWAY in found:
                            via = address(family, found[RTA_GATEWAY])
                        elif RTA_VIA in found:
                            via = address(struct.unpack_from("=H", found[RTA_VIA])[0], found[RTA_VIA][2:])
                        interfaces[number(found[RTA_OIF])]["routes"].append({"destination": destination, "via": via})
    values = {}
    for name in sysctls:
        try:
            with open("/proc/sys/" + name.replace(".", "/")) as file:
                values[name] = file.read().strip()
        except OSError:
            pass
    return {
        "interfaces": list(interfaces.values()),
        "deadRoutes": dead,
        "sysctls": values,
        "ruleset": list_ruleset() if ruleset else None,
    }


def list_ruleset():
    """The rule set without the tables of impairments, which are no part of it."""
    listing = subprocess.run(["nft", "-s", "list", "ruleset"], capture_output=True, text=True).stdout
    return re.sub(r"^table netdev labwright_.*?^}\n", "", listing, flags=re.M | re.S)


def main():
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    seen = {}
    for wanted in json.load(sys.stdin):
        name = wanted["node"]
        try:
            entered = own if name == "" else os.open("/run/netns/" + name, os.O_RDONLY)
        except FileNotFoundError:
            continue
        if LIBC.setns(entered, CLONE_NEWNET) == 0:
            seen[name] = look(wanted["sysctls"], wanted["ruleset"])
        if entered != own:
            os.close(entered)
    json.dump(seen, sys.stdout)


main()
