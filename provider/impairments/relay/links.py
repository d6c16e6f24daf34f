"""The interfaces of this network namespace."""
import errno
import fcntl
import socket
import struct

SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP, IFF_LOWER_UP = 0x1, 0x10000
RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK = 16, 17, 18
NLMSG_DONE, NLM_F_REQUEST, NLM_F_DUMP = 3, 0x1, 0x300
RTMGRP_LINK, IFLA_IFNAME = 1, 3


class Links:
    """The interfaces of this namespace, followed through rtnetlink(7): name to (index, flags)."""

    def __init__(self):
        self.table = {}
        self.seen = None
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        self.control = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self.socket.bind((0, RTMGRP_LINK))
        self.dump()

    def dump(self):
        self.seen = set()
        self.socket.send(struct.pack("IHHII16x", 32, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0))

    def read(self):
        while True:
            try:
                data = self.socket.recv(1 << 18)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                self.dump()
                continue
            offset = 0
            while offset < len(data):
                length, kind = struct.unpack_from("IH", data, offset)
                self.take(kind, data[offset + 16:offset + length])
                offset += (length + 3) & ~3

    def take(self, kind, body):
        if kind == NLMSG_DONE and self.seen is not None:
            self.table = {name: link for name, link in self.table.items() if name in self.seen}
            self.seen = None
        if kind not in (RTM_NEWLINK, RTM_DELLINK) or body[0] != 0:
            return
        _, _, index, flags, _ = struct.unpack_from("BxHiII", body)
        offset, name = 16, None
        while offset + 4 <= len(body) and name is None:
            length, attribute = struct.unpack_from("HH", body, offset)
            if attribute == IFLA_IFNAME:
                name = body[offset + 4:offset + length - 1].decode()
            offset += max(4, (length + 3) & ~3)
        if kind == RTM_DELLINK:
            self.table = {known: link for known, link in self.table.items() if link[0] != index}
        else:
            # One name an index: it may have been renamed.
            for known in [known for known, link in self.table.items() if link[0] == index and known != name]:
                del self.table[known]
            self.table[name] = (index, flags)
            if self.seen is not None:
                self.seen.add(name)

    def set_up(self, name, up):
        index, flags = self.table[name]
        request = struct.pack("16sh14x", name.encode(), 0)
        try:
            now = struct.unpack_from("H", fcntl.ioctl(self.control, SIOCGIFFLAGS, request), 16)[0]
            now = now | IFF_UP if up else now & ~IFF_UP
            fcntl.ioctl(self.control, SIOCSIFFLAGS, struct.pack("16sH14x", name.encode(), now))
        except OSError as error:
            print(f"{name}: {error}", flush=True)
        # The carrier is told by the kernel's own message, which follows.
        self.table[name] = (index, flags | IFF_UP | IFF_LOWER_UP if up else flags & ~(IFF_UP | IFF_LOWER_UP))
