"""Sends probes through a firewall and tells what became of each, and which rules its packets met.

Runs in a sandbox. Standard input: a JSON object {"firewall": NODE, "listen": {NODE: {"tcp": [PORT...], "udp": [PORT...]}},
"probes": [{"kind": "ping" | "tcp" | "udp" | "ack" | "icmp-error", "from": NODE, "to": ADDRESS, "port": NUMBER}...]}.
Standard output: a JSON array of {"outcome": "answered" | "silent" | the name of an errno, "events": [...]}, in the order of
the probes. Events are those of nftables' trace (rules of iptables-nft among them), as the kernel gives them over netlink:
the packet's number in the probe, whether it is IPv6's neighbour discovery, the rule's table, chain and handle (null for a
chain's policy), and the verdict. The firewall's packets are traced where a table `labwright_trace` says so.
"""

import ctypes
import errno
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
NETLINK_NETFILTER, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTRACE = 12, 270, 1, 9
SO_RCVBUFFORCE = 33
TRACE_TABLE, TRACE_CHAIN, TRACE_HANDLE, TRACE_TYPE, TRACE_VERDICT, TRACE_ID = 1, 2, 3, 4, 5, 6
TRACE_NETWORK, TRACE_TRANSPORT, TRACE_POLICY = 8, 9, 16
VERDICT_CODE = 1
TYPES = {1: "policy", 2: "return", 3: "rule"}
VERDICTS = {0: "drop", 1: "accept", 2: "stolen", 3: "queue", -1: "continue", -3: "jump", -4: "goto", -5: "return"}
FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
IP_RECVERR, IPV6_RECVERR, IPV6_CHECKSUM = 11, 25, 7
# An answer that isn't there after this long, in seconds, isn't coming.
PATIENCE = 2.0
# The same once the firewall was seen to drop the packet.
AFTER_DROP = 0.2


def enter(node):
    with open("/run/netns/" + node) as file:
        if LIBC.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def attributes(data):
    found = {}
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[at + 4 : at + length]
        at += (length + 3) & ~3
    return found


def discovery(network, transport):
    """IPv6's ARP: "neighbours" for solicitations and advertisements, "other" for what else nobody sent for a probe."""
    if len(network) < 40 or network[0] >> 4 != 6 or network[6] not in (0, 58) or transport == b"":
        return None
    if network[6] == 58 and transport[0] in (135, 136):
        return "neighbours"
    return "other" if network[6] == 0 or transport[0] in (130, 131, 132, 133, 134, 137, 143) else None


class Trace:
    """nftables' trace of one network namespace."""

    def __init__(self, node):
        enter(node)
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
        except PermissionError:  # It takes root of the machine; the default holds some hundred packets' traces.
            pass
        self.socket.bind((0, 0))
        self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTRACE)
        self.socket.setblocking(False)
        self.start()

    def start(self):
        """Forgets what was seen."""
        self.read()
        self.events = []
        self.packets = {}
        self.count = 0
        self.dropped = False

    def read(self):
        while True:
            try:
                data = self.socket.recv(1 << 17)
            except BlockingIOError:
                return
            at = 0
            while at + 20 <= len(data):
                length = struct.unpack_from("=I", data, at)[0]
                if hasattr(self, "events"):
                    self.take(data[at + 16], attributes(data[at + 20 : at + length]))
                at += (length + 3) & ~3

    def take(self, family, found):
        number = found.get(TRACE_ID)
        network, transport = found.get(TRACE_NETWORK, b""), found.get(TRACE_TRANSPORT, b"")
        table = found[TRACE_TABLE].rstrip(b"\0").decode()
        # Every packet begins there; the kernel's number for it may have been another's before.
        if table == "labwright_trace" and TRACE_HANDLE in found:
            self.count += 1
            self.packets[number] = (self.count, discovery(network, transport))
        packet, kind = self.packets.get(number, (0, "other"))
        kept = TRACE_HANDLE in found or TYPES.get(struct.unpack(">I", found[TRACE_TYPE])[0]) == "policy"
        if kind == "other" or table == "labwright_trace" or not kept:
            return
        if TRACE_VERDICT in found:
            verdict = struct.unpack(">i", attributes(found[TRACE_VERDICT])[VERDICT_CODE])[0]
        else:
            verdict = struct.unpack(">i", found[TRACE_POLICY])[0] if TRACE_POLICY in found else -1
        verdict = VERDICTS.get(verdict, str(verdict))
        self.dropped = self.dropped or verdict == "drop"
        self.events.append(
            {
                "packet": packet,
                "discovery": kind is not None,
                "family": FAMILIES.get(family, str(family)),
                "table": table,
                "chain": found[TRACE_CHAIN].rstrip(b"\0").decode(),
                "handle": struct.unpack(">Q", found[TRACE_HANDLE])[0] if TRACE_HANDLE in found else None,
                "type": TYPES.get(struct.unpack(">I", found[TRACE_TYPE])[0], "rule"),
                "verdict": verdict,
            }
        )


def serve(sockets):
    """Echoes datagrams; takes TCP connections and closes them."""
    while True:
        for each in select.select(sockets, [], [])[0]:
            try:
                if each.type == socket.SOCK_DGRAM:
                    data, address = each.recvfrom(2048)
                    each.sendto(data, address)
                else:
                    each.accept()[0].close()
            except OSError:
                pass


def listen(wanted):
    sockets = []
    for node, ports in wanted.items():
        enter(node)
        for kind, numbers in ((socket.SOCK_STREAM, ports["tcp"]), (socket.SOCK_DGRAM, ports["udp"])):
            for number in numbers:
                for family, everywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
                    each = socket.socket(family, kind)
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    if family == socket.AF_INET6:
                        each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    each.bind((everywhere, number))
                    if kind == socket.SOCK_STREAM:
                        each.listen(64)
                    sockets.append(each)
    threading.Thread(target=serve, args=(sockets,), daemon=True).start()


def checksum(data):
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def wait(trace, sockets, judge, writing=False):
    """Asks `judge` whenever a socket is ready, until it gives an outcome or time is up."""
    end = time.monotonic() + PATIENCE
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return "silent"
        ready, writable, _ = select.select([trace.socket] + sockets, sockets if writing else [], [], left)
        if trace.socket in ready:
            trace.read()
            if trace.dropped:
                end = min(end, time.monotonic() + AFTER_DROP)
        for each in {*ready, *writable} - {trace.socket}:
            outcome = judge(each)
            if outcome is not None:
                return outcome


def error_name(number):
    return errno.errorcode.get(number, str(number))


def with_errors(each, family):
    """Has ICMP errors of all kinds told as errors of the socket."""
    if family == socket.AF_INET:
        each.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    else:
        each.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)


def icmp_error(data, family, identifies):
    """The errno of an ICMP destination unreachable about a packet that `identifies` knows by its transport header."""
    if family == socket.AF_INET:
        data = data[(data[0] & 15) * 4 :]
        if len(data) < 36 or data[0] != 3:
            return None
        inner = data[8:]
        transport = inner[(inner[0] & 15) * 4 :]
        names = {2: "ENOPROTOOPT", 3: "ECONNREFUSED", 0: "ENETUNREACH", 6: "ENETUNREACH", 9: "ENETUNREACH"}
        name = names.get(data[1], "EHOSTUNREACH")
    else:
        if len(data) < 56 or data[0] != 1:
            return None
        transport = data[48:]
        name = {1: "EACCES", 4: "ECONNREFUSED", 5: "EACCES", 6: "EACCES"}.get(data[1], "EHOSTUNREACH")
    return name if identifies(transport) else None


def ping(trace, family, address, _port, number):
    v4 = family == socket.AF_INET
    protocol = socket.IPPROTO_ICMP if v4 else socket.IPPROTO_ICMPV6
    each = socket.socket(family, socket.SOCK_RAW, protocol)
    kinds = (8, 0) if v4 else (128, 129)
    packet = struct.pack(">BBHHH", kinds[0], 0, 0, number, 1) + b"labwright probe."
    if v4:
        packet = packet[:2] + struct.pack(">H", checksum(packet)) + packet[4:]

    def judge(_):
        data = each.recv(2048)
        answer = data[(data[0] & 15) * 4 :] if v4 else data
        if answer[0] == kinds[1] and answer[4:6] == packet[4:6]:
            return "answered"
        return icmp_error(data, family, lambda inner: inner[4:6] == packet[4:6])

    each.sendto(packet, (address, 0))
    return wait(trace, [each], judge)


def tcp(trace, family, address, port, _number):
    each = socket.socket(family, socket.SOCK_STREAM)
    with_errors(each, family)
    each.setblocking(False)
    code = each.connect_ex((address, port))
    if code not in (0, errno.EINPROGRESS):
        return error_name(code)

    def judge(_):
        code = each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return "answered" if code == 0 else error_name(code)

    return wait(trace, [each], judge, writing=True)


def udp(trace, family, address, port, _number):
    each = socket.socket(family, socket.SOCK_DGRAM)
    with_errors(each, family)
    each.connect((address, port))
    each.setblocking(False)

    def judge(_):
        try:
            each.recv(2048)
            return "answered"
        except OSError as error:
            return error_name(error.errno)

    try:
        each.send(b"probe")
    except OSError as error:
        return error_name(error.errno)
    return wait(trace, [each], judge)


def ack(trace, family, address, port, number):
    """A segment of no connection. Who gets it answers with a reset."""
    v4 = family == socket.AF_INET
    each = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP)
    icmp = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_ICMP if v4 else socket.IPPROTO_ICMPV6)
    each.connect((address, 0))
    source = each.getsockname()[0]
    ours = 40000 + number % 20000
    segment = struct.pack(">HHIIBBHHH", ours, port, 1000, 2000, 5 << 4, 0x10, 1024, 0, 0)
    if v4:
        pseudo = socket.inet_aton(source) + socket.inet_aton(address) + struct.pack(">BBH", 0, 6, len(segment))
        segment = segment[:16] + struct.pack(">H", checksum(pseudo + segment)) + segment[18:]
    else:
        each.setsockopt(socket.IPPROTO_IPV6, IPV6_CHECKSUM, 16)

    def judge(ready):
        data = ready.recv(2048)
        if ready is icmp:
            return icmp_error(data, family, lambda inner: inner[:4] == segment[:4])
        answer = data[(data[0] & 15) * 4 :] if v4 else data
        ports = struct.pack(">HH", port, ours)
        return "answered" if answer[:4] == ports and answer[13] & 0x04 else None

    each.send(segment)
    return wait(trace, [each, icmp], judge)


def datagram_to_nobody(trace, family, address, port, number):
    """Whether the ICMP error about a datagram to a closed port comes back."""
    outcome = udp(trace, family, address, port, number)
    return "answered" if outcome == "ECONNREFUSED" and not trace.dropped else outcome


KINDS = {"ping": ping, "tcp": tcp, "udp": udp, "ack": ack, "icmp-error": datagram_to_nobody}


def main():
    asked = json.load(sys.stdin)
    trace = Trace(asked["firewall"])
    listen(asked["listen"])
    results = []
    for number, probe in enumerate(asked["probes"], 1):
        enter(probe["from"])
        family = socket.AF_INET6 if ":" in probe["to"] else socket.AF_INET
        if family == socket.AF_INET6:
            # A neighbour that wasn't found by an earlier probe would be given up at once.
            subprocess.run(["ip", "-6", "neigh", "flush", "all", "nud", "failed", "nud", "incomplete"], capture_output=True)
        trace.start()
        try:
            outcome = KINDS[probe["kind"]](trace, family, probe["to"], probe["port"], number)
        except OSError as error:
            outcome = error_name(error.errno)
        # The trace of the last packet may come after its answer.
        end = time.monotonic() + 0.05
        while select.select([trace.socket], [], [], max(0, end - time.monotonic()))[0]:
            trace.read()
        results.append({"outcome": outcome, "events": trace.events})
    json.dump(results, sys.stdout)


main()
