"""Who answers probes."""

import select
import socket
import threading

from namespace import enter


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
