"""Pairs of interfaces and what is on its way between them."""
import collections
import heapq
import json
import random
import socket
import struct
import time

from offload import keep_frames_plain

ETH_P_ALL = 0x0003
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP, PACKET_STATISTICS, PACKET_AUXDATA = 1, 6, 8
PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING, PACKET_MR_PROMISC, PACKET_OUTGOING = 15, 23, 1, 4
TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 1 << 4, 1 << 6
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33

SOCKET_BUFFER = 8 << 20
# A direction's queue: a tenth of a second at 2.5 Gbit/s. What doesn't fit is dropped, as a real queue does.
QUEUE_BYTES = 32 << 20
# What Python needs for a queued frame besides its bytes.
FRAME_OVERHEAD = 160
# Frames taken from one interface before the others get their turn.
BUDGET = 64
ANCILLARY = socket.CMSG_SPACE(20)
buffer = bytearray(1 << 18)


class Port:
    """An interface of a pair."""

    def __init__(self, name, peer):
        self.name = name
        self.peer = peer
        self.socket = None
        self.index = 0
        self.out = None
        self.missed = 0

    def open(self, index):
        keep_frames_plain(self.peer["namespace"], self.peer["interface"])
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        try:
            # Frames then come with a virtio_net_hdr and may be as large as TCP made them; sent with the same header
            # they are still what they were: unfinished checksums and segmentation pass through.
            sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
            sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            for force, plain in ((SO_RCVBUFFORCE, socket.SO_RCVBUF), (SO_SNDBUFFORCE, socket.SO_SNDBUF)):
                try:
                    sock.setsockopt(socket.SOL_SOCKET, force, SOCKET_BUFFER)
                except PermissionError:
                    sock.setsockopt(socket.SOL_SOCKET, plain, SOCKET_BUFFER)
            sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, struct.pack("IHH8x", index, PACKET_MR_PROMISC, 0))
            sock.bind((self.name, ETH_P_ALL))
        except OSError:
            sock.close()
            raise
        self.socket = sock
        self.index = index

    def close(self):
        if self.socket is not None:
            self.missed = self.count_missed()
            self.socket.close()
            self.socket = None

    def count_missed(self):
        """Frames that the kernel could not hand over because the socket's buffer was full. Reading resets its count."""
        if self.socket is not None:
            _, dropped = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
            self.missed += dropped
        return self.missed

    def receive(self, timers):
        for _ in range(BUDGET):
            try:
                size, ancillary, flags, address = self.socket.recvmsg_into((buffer,), ANCILLARY)
            except BlockingIOError:
                return
            except OSError:
                # ENETDOWN is told once when the interface goes down; EINVAL is a frame without a virtio_net_hdr form.
                self.missed += 1
                return
            if address[2] == PACKET_OUTGOING:
                continue
            if flags & socket.MSG_TRUNC:
                self.missed += 1
                continue
            self.out.put(with_vlan_tag(size, ancillary), timers)


def with_vlan_tag(size, ancillary):
    """The frame in the buffer, with the VLAN tag that the kernel takes out of it put back (packet(7), auxdata)."""
    for _, kind, data in ancillary:
        if kind != PACKET_AUXDATA:
            continue
        status, _, _, _, _, tag, protocol = struct.unpack("IIIHHHH", data)
        if not status & TP_STATUS_VLAN_VALID:
            continue
        flags, kind, header, segment, start, offset = struct.unpack_from("=BBHHHH", buffer)
        if flags & 1:
            start += 4
        if kind:
            header += 4
        if not status & TP_STATUS_VLAN_TPID_VALID:
            protocol = 0x8100
        return b"".join((
            struct.pack("=BBHHHH", flags, kind, header, segment, start, offset),
            buffer[10:22], struct.pack("!HH", protocol, tag), buffer[22:size],
        ))
    return bytes(buffer[:size])


class Direction:
    """From one port of a pair to the other."""

    def __init__(self, target):
        self.target = target
        self.delay = 0.0
        self.jitter = 0.0
        self.queue = collections.deque()
        self.queued = 0
        self.last = 0.0
        self.dropped = 0

    def put(self, frame, timers):
        if self.delay == 0 and not self.queue:
            self.send(frame)
            return
        size = len(frame) + FRAME_OVERHEAD
        if self.queued + size > QUEUE_BYTES:
            self.dropped += 1
            return
        due = time.monotonic() + self.delay
        if self.jitter:
            due += random.uniform(-self.jitter, self.jitter)
        if due < self.last:
            due = self.last
        self.last = due
        if not self.queue:
            heapq.heappush(timers, (due, id(self), self))
        self.queue.append((due, frame))
        self.queued += size

    def send(self, frame):
        try:
            self.target.socket.send(frame)
        except (OSError, AttributeError):
            # Too large for the link, the buffer full, the interface down or gone: lost, as on a real link.
            self.dropped += 1

    def release(self, timers):
        """Sends what is due; one entry of `timers` stands for the head of each queue."""
        queue = self.queue
        now = time.monotonic()
        while queue and queue[0][0] <= now:
            frame = queue.popleft()[1]
            self.queued -= len(frame) + FRAME_OVERHEAD
            self.send(frame)
        if queue:
            heapq.heappush(timers, (queue[0][0], id(self), self))


class Pair:
    def __init__(self, config):
        self.key = identity(config)
        self.ports = (Port(config["a"], config["peers"][0]), Port(config["b"], config["peers"][1]))
        for port, other in (self.ports, self.ports[::-1]):
            port.out = Direction(other)
        self.configure(config)

    def configure(self, config):
        self.config = config
        for port, delayed in zip(self.ports, (True, config["back"])):
            port.out.delay = config["delay"] / 1000 if delayed else 0.0
            port.out.jitter = config["jitter"] / 1000 if delayed else 0.0

    def state(self):
        return {
            "delay": self.config["delay"], "jitter": self.config["jitter"], "back": self.config["back"],
            "connected": all(port.socket is not None for port in self.ports),
            "dropped": sum(port.out.dropped + port.count_missed() for port in self.ports),
        }


def identity(config):
    return json.dumps([config["a"], config["b"], config["peers"]])
