#!/usr/bin/python3 -IS
"""tcpdump for a sandbox that an ordinary user made, put over the system's own there.

As root, tcpdump changes to a user of its own before it captures, and in a user namespace with a single user it can't. So
the packets are read here, and tcpdump, in a user namespace where it isn't root, gets them as a capture file. It takes
tcpdump's own arguments.
"""

import os
import select
import socket
import struct
import subprocess
import sys
import time

TCPDUMP = "/run/labwright/tcpdump"
# tcpdump 4.99's options with a value.
WITH_VALUE = "BcCEFGijmMQrsTVwWyzZ"
LONG_WITH_VALUE = {"--interface": "i", "--snapshot-length": "s", "--buffer-size": "B", "--direction": "Q", "--count": "c"}
LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL = 1, 113
ARPHRD_ETHER, ARPHRD_LOOPBACK = 1, 772
ETH_P_ALL, SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC, PACKET_OUTGOING = 3, 263, 1, 1, 4


def split(arguments):
    """The interface, whether to leave it out of promiscuous mode, whether tcpdump can do it alone, and the rest."""
    interface, quiet, alone, rest = None, False, False, []
    at = 0
    while at < len(arguments):
        word = arguments[at]
        at += 1
        if not word.startswith("-") or word in ("-", "--"):
            rest.append(word)
            # Everything after it is the filter.
            return interface, quiet, alone, rest + arguments[at:]
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            if name in LONG_WITH_VALUE:
                if not equals and at < len(arguments):
                    value, at = arguments[at], at + 1
                if LONG_WITH_VALUE[name] == "i":
                    interface = value
                elif LONG_WITH_VALUE[name] not in "B":
                    rest += ["-" + LONG_WITH_VALUE[name], value]
            elif name == "--no-promiscuous-mode":
                quiet = True
            else:
                alone = alone or name in ("--version", "--help", "--list-interfaces")
                rest.append(word)
            continue
        for position, letter in enumerate(word[1:], 1):
            if letter in WITH_VALUE:
                value = word[position + 1 :]
                if value == "" and at < len(arguments):
                    value, at = arguments[at], at + 1
                if letter == "i":
                    interface = value
                elif letter not in "BZ":
                    alone = alone or letter in "rV"
                    rest += ["-" + letter, value]
                break
            if letter == "p":
                quiet = True
            else:
                alone = alone or letter in "Ddh"
                rest.append("-" + letter)
    return interface, quiet, alone, rest


def record(data, address, cooked):
    """A record of a capture file (pcap-savefile(5))."""
    if cooked:
        kind, device, hardware = address[2], address[3], address[4][:8]
        framed = device in (ARPHRD_ETHER, ARPHRD_LOOPBACK)
        protocol = data[12:14] if framed else struct.pack(">H", address[1])
        data = struct.pack(">HHH8s", kind, device, len(hardware), hardware) + protocol + (data[14:] if framed else data)
    now = time.time()
    return struct.pack("=IIII", int(now), int(now % 1 * 1_000_000), len(data), len(data)) + data


def main():
    interface, quiet, alone, rest = split(sys.argv[1:])
    as_nobody = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--", TCPDUMP]
    if alone:
        os.execvp(as_nobody[0], as_nobody + rest)
    if interface is None:
        interface = next((name for _, name in socket.if_nameindex() if name != "lo"), "lo")
    # Loopback frames have an Ethernet header like any other.
    cooked = interface == "any"
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL if cooked else 0))
    if not cooked:
        try:
            index = socket.if_nametoindex(interface)
        except OSError:
            sys.exit("tcpdump: %s: No such device exists" % interface)
        packets.bind((interface, ETH_P_ALL))
        if not quiet:
            member = struct.pack("=iHH8s", index, PACKET_MR_PROMISC, 0, b"")
            packets.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, member)
    tcpdump = subprocess.Popen(as_nobody + ["-r", "-"] + rest, stdin=subprocess.PIPE)
    ended = os.pidfd_open(tcpdump.pid)
    try:
        linktype = LINKTYPE_LINUX_SLL if cooked else LINKTYPE_ETHERNET
        tcpdump.stdin.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, linktype))
        tcpdump.stdin.flush()
        while True:
            ready, _, _ = select.select([packets, ended], [], [])
            if ended in ready:
                break
            data, address = packets.recvfrom(262144)
            # What loops back on lo is seen as it goes out and as it comes in.
            if address[0] == "lo" and address[2] == PACKET_OUTGOING:
                continue
            tcpdump.stdin.write(record(data, address, cooked))
            tcpdump.stdin.flush()
    except BrokenPipeError:
        pass
    except KeyboardInterrupt:
        tcpdump.stdin.close()
    sys.exit(tcpdump.wait())


main()
