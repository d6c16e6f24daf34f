"""What a virtio_net_hdr can't describe is kept off the delayed links."""
import array
import ctypes
import fcntl
import os
import socket
import struct

SIOCETHTOOL = 0x8946
# linux/ethtool.h
ETHTOOL_GSTRINGS, ETHTOOL_GSSET_INFO, ETHTOOL_SFEATURES, ETH_SS_FEATURES = 0x1B, 0x37, 0x3B, 4
CLONE_NEWNET = 0x40000000


def keep_frames_plain(namespace, interface):
    """Has the stack that sends through `interface` finish what a virtio_net_hdr can't describe: segmentation inside
    tunnels and of UDP, and SCTP's checksum. TCP's large frames stay, they are what makes the relay fast."""
    with in_namespace(namespace) as sock:
        count = struct.unpack_from("I", ethtool(sock, interface, struct.pack("IIQI", ETHTOOL_GSSET_INFO, 0, 1 << ETH_SS_FEATURES, 0)), 16)[0]
        names = ethtool(sock, interface, struct.pack("III", ETHTOOL_GSTRINGS, ETH_SS_FEATURES, count) + bytes(32 * count))[12:]
        words = (count + 31) // 32
        valid = [0] * words
        for bit in range(count):
            name = names[32 * bit:32 * bit + 32].split(b"\0")[0].decode()
            if name == "tx-checksum-sctp" or name.startswith("tx-") and not_plain(name):
                valid[bit // 32] |= 1 << bit % 32
        blocks = b"".join(struct.pack("II", word, 0) for word in valid)
        ethtool(sock, interface, struct.pack("II", ETHTOOL_SFEATURES, words) + blocks)


def not_plain(feature):
    tcp = feature.startswith("tx-tcp") or feature == "tx-generic-segmentation"
    return not tcp and (feature.endswith("-segmentation") or feature == "tx-gso-list")


def ethtool(sock, interface, request):
    data = array.array("B", request)
    fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("16sP8x", interface.encode(), data.buffer_info()[0]))
    return data.tobytes()


class in_namespace:
    """A socket that belongs to another network namespace; this process is in its own again once it exists."""

    def __init__(self, path):
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net") as own, open(path) as other:
            if libc.setns(other.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns to {path}: {os.strerror(ctypes.get_errno())}")
            try:
                self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            finally:
                if libc.setns(own.fileno(), CLONE_NEWNET) != 0:
                    os._exit(1)

    def __enter__(self):
        return self.socket

    def __exit__(self, *_):
        self.socket.close()
