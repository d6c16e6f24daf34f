"""The kinds of probes: each sends a packet and tells what came of it."""

import errno
import select
import socket
import struct
import time

IP_RECVERR, IPV6_RECVERR, IPV6_CHECKSUM = 11, 25, 7
# An answer that isn't there after this long, in seconds, isn't coming.
PATIENCE = 2.0
# The same once the firewall was seen to drop the packet.
AFTER_DROP = 0.2


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
