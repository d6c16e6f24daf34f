#!/usr/bin/env python3
"""Asks a name server the same again and again, each time from another port, and counts who answers.

With --until it goes on until one of them has answered ten times in a row, and tells since when and at what loss.
With --flood it only sends.
"""
import argparse
import collections
import ipaddress
import random
import selectors
import socket
import struct
import sys
import time

IN_A_ROW = 10
FLOOD_PORTS = 64


def question(number, name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", number, 0, 1, 0, 0, 0) + labels + struct.pack("!x2H", 16, kind)


def after_name(message, at):
    while message[at] != 0:
        if message[at] >= 0xC0:
            return at + 2
        at += message[at] + 1
    return at + 1


def answer(message):
    """The text of the first TXT record, or what is there instead of one (RFC 1035, section 4)."""
    _, flags, _, records, _, _ = struct.unpack("!6H", message[:12])
    if flags & 15 or records == 0:
        return f"error-{flags & 15}"
    at = after_name(message, after_name(message, 12) + 4) + 10
    return message[at + 1 : at + 1 + message[at]].decode()


class Query:
    def __init__(self, sent):
        self.sent = sent
        self.answer = None


def open_socket(address):
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    one = socket.socket(family, socket.SOCK_DGRAM)
    one.setblocking(False)
    return one


def send(one, address, message):
    """What can't be sent for want of a route, or because the port is closed, is as good as lost."""
    try:
        one.connect((address, 53))
        one.send(message)
    except OSError:
        pass


def flood(options):
    ports = [open_socket(options.address) for _ in range(FLOOD_PORTS)]
    kind = 3 if options.chaos else 1
    began, sent = time.monotonic(), 0
    while sent < options.count:
        due = min(options.count, int((time.monotonic() - began) * options.rate))
        for number in range(sent, due):
            send(ports[number % FLOOD_PORTS], options.address, question(number & 0xFFFF, options.name, kind))
        sent = due
        time.sleep(0.001)
    print(f"{sent} queries sent")


def in_a_row(queries, who):
    answered = [query for query in queries if query.answer is not None][-IN_A_ROW:]
    return len(answered) == IN_A_ROW and all(query.answer == who for query in answered)


def ask(options):
    selector = selectors.DefaultSelector()
    waiting = {}
    queries = []
    kind = 3 if options.chaos else 1
    began = time.monotonic()
    done = False
    while not done or waiting:
        now = time.monotonic() - began
        if not done and now >= len(queries) / options.rate:
            one = open_socket(options.address)
            query = Query(now)
            queries.append(query)
            waiting[one] = query
            selector.register(one, selectors.EVENT_READ)
            send(one, options.address, question(random.randrange(65536), options.name, kind))
        if options.until is None:
            done = len(queries) >= options.count
        elif not done:
            done = in_a_row(queries, options.until) or now > options.within
        next_query = now + 1 if done else len(queries) / options.rate
        oldest = min((query.sent for query in waiting.values()), default=now) + options.timeout
        for key, _ in selector.select(max(0, min(next_query, oldest) - now)):
            try:
                waiting[key.fileobj].answer = answer(key.fileobj.recv(4096))
            except OSError:
                pass  # refused: the port is closed
            finish(selector, waiting, key.fileobj)
        for one, query in list(waiting.items()):
            if time.monotonic() - began > query.sent + options.timeout:
                finish(selector, waiting, one)
    report(options, queries)


def finish(selector, waiting, one):
    selector.unregister(one)
    del waiting[one]
    one.close()


def report(options, queries):
    counts = collections.Counter(query.answer for query in queries if query.answer is not None)
    lost = len(queries) - sum(counts.values())
    print(f"{len(queries)} queries in {queries[-1].sent:.2f} s: {len(queries) - lost} answered, {lost} lost")
    for who, count in sorted(counts.items()):
        print(f"{count:6} {who}")
    if options.until is None:
        return
    since = None
    for query in reversed(queries):
        if query.answer != options.until:
            break
        since = query.sent
    if since is None or not in_a_row(queries, options.until):
        sys.exit(f"{options.until} did not answer {IN_A_ROW} times in a row within {options.within:g} s")
    print(f"{options.until} answers since {since:.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="of the name server")
    parser.add_argument("name", help="whose TXT record is asked for")
    parser.add_argument("--chaos", action="store_true", help="class CH, as for id.server (RFC 4892)")
    parser.add_argument("--rate", type=float, default=20, help="queries a second (20)")
    parser.add_argument("--count", type=int, default=100, help="queries in all (100)")
    parser.add_argument("--until", metavar="WHO", help="go on until this answer comes ten times in a row")
    parser.add_argument("--within", type=float, default=30, help="but no longer than so many seconds (30)")
    parser.add_argument("--timeout", type=float, default=1, help="seconds after which a query is lost (1)")
    parser.add_argument("--flood", action="store_true", help="send only, from a few ports")
    options = parser.parse_args()
    (flood if options.flood else ask)(options)


main()
