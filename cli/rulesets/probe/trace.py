"""nftables' trace, as the kernel gives it over netlink (linux/netfilter/nf_tables.h)."""

import socket
import struct

from namespace import enter

NETLINK_NETFILTER, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTRACE = 12, 270, 1, 9
SO_RCVBUFFORCE = 33
TRACE_TABLE, TRACE_CHAIN, TRACE_HANDLE, TRACE_TYPE, TRACE_VERDICT, TRACE_ID = 1, 2, 3, 4, 5, 6
TRACE_NETWORK, TRACE_TRANSPORT, TRACE_POLICY = 8, 9, 16
VERDICT_CODE = 1
TYPES = {1: "policy", 2: "return", 3: "rule"}
VERDICTS = {0: "drop", 1: "accept", 2: "stolen", 3: "queue", -1: "continue", -3: "jump", -4: "goto", -5: "return"}
FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}


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
