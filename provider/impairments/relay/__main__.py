"""Delays frames between pairs of interfaces, for kernels without netem.

    python3 relay DIRECTORY

Runs in a network namespace of its own, holds the far ends of the delayed links' veth pairs, and sends every frame that
arrives on one interface of a pair out of the other one later. DIRECTORY/pairs/*.json, one pair a file:

    {"a": "x1a", "b": "x1b", "delay": 20, "jitter": 5, "back": true,
     "peers": [{"namespace": "/run/netns/r1", "interface": "eth0"}, {"namespace": ..., "interface": ...}]}

Delay and jitter are milliseconds; a frame's delay is uniform in delay +- jitter, but never such that it overtakes the
frame before it: TCP takes reordering for loss. Without `back` only what goes from a to b is delayed. `peers` are the
other ends of the veths of a and b. A change holds for frames that arrive from then on.

The command returns when the relay runs in the background (or ran already), with an error message and code 1 when it
can't. DIRECTORY/socket answers a connection with the state as JSON; a connection that sends "reload" first has the
pairs read again, as SIGHUP does. SIGTERM ends it. Python 3.8 or newer, no other package.
"""
import fcntl
import gc
import heapq
import json
import os
import select
import signal
import socket
import sys
import time

from links import IFF_LOWER_UP, IFF_UP, Links
from pairs import Pair, identity


def log(text):
    print(time.strftime("%H:%M:%S"), text, flush=True)


class Relay:
    def __init__(self, directory):
        self.directory = directory
        self.pairs = {}
        self.timers = []
        self.poll = select.epoll()
        self.handlers = {}
        self.links = Links()
        self.complaints = {}
        self.watch(self.links.socket, self.on_links)
        path = os.path.join(directory, "socket")
        if os.path.exists(path):
            os.unlink(path)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.server.bind(path)
        self.server.listen(64)
        self.watch(self.server, self.on_client)
        self.running = True
        self.reload_wanted = False
        self.waker, wake = socket.socketpair()
        wake.setblocking(False)
        self.wake = wake
        self.watch(self.waker, lambda: self.waker.recv(4096))
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "running", False))
        signal.signal(signal.SIGHUP, lambda *_: setattr(self, "reload_wanted", True))

    def watch(self, sock, handler):
        self.handlers[sock.fileno()] = handler
        self.poll.register(sock.fileno(), select.EPOLLIN)

    def forget(self, sock):
        del self.handlers[sock.fileno()]
        self.poll.unregister(sock.fileno())

    def on_links(self):
        self.links.read()
        self.reconcile()

    def on_client(self):
        try:
            client, _ = self.server.accept()
        except BlockingIOError:
            return
        client.setblocking(False)

        def answer():
            self.forget(client)
            try:
                if client.recv(64).startswith(b"reload"):
                    self.reload()
                client.setblocking(True)
                client.settimeout(1)
                client.sendall(json.dumps(self.state()).encode())
            except OSError as error:
                log(f"a client of the socket: {error}")
            client.close()

        self.watch(client, answer)

    def state(self):
        return {"pid": os.getpid(), "pairs": {pair.config["a"]: pair.state() for pair in self.pairs.values()}}

    def reload(self):
        wanted = {}
        with os.scandir(os.path.join(self.directory, "pairs")) as entries:
            for entry in entries:
                if not entry.name.endswith(".json"):
                    continue
                try:
                    with open(entry.path) as file:
                        config = json.load(file)
                    wanted[identity(config)] = config
                    config["delay"] + config["jitter"] + config["back"]
                except FileNotFoundError:
                    continue
                except (ValueError, KeyError, TypeError) as error:
                    log(f"{entry.path}: {error!r}")
        for key in [key for key in self.pairs if key not in wanted]:
            for port in self.pairs.pop(key).ports:
                self.close(port)
        for key, config in wanted.items():
            if key in self.pairs:
                self.pairs[key].configure(config)
            else:
                self.pairs[key] = Pair(config)
        self.links.read()
        self.reconcile()

    def close(self, port):
        if port.socket is not None:
            self.forget(port.socket)
            port.close()

    def reconcile(self):
        """Opens interfaces that have come, closes those that have gone, and passes a lost carrier on to the far end."""
        for pair in self.pairs.values():
            for port in pair.ports:
                index, _ = self.links.table.get(port.name, (0, 0))
                if port.socket is not None and port.index != index:
                    self.close(port)
                if port.socket is None and index != 0:
                    self.connect(port, index)
            if all(port.socket is not None for port in pair.ports):
                self.pass_carrier(*(port.name for port in pair.ports))

    def connect(self, port, index):
        try:
            port.open(index)
        except OSError as error:
            if self.complaints.get(port.name) != str(error):
                log(f"{port.name}: {error}")
            self.complaints[port.name] = str(error)
            return
        self.complaints.pop(port.name, None)
        self.watch(port.socket, lambda: port.receive(self.timers))

    def pass_carrier(self, a, b):
        """A veth has a carrier while its peer is up. So that each end of the link sees whether the other is up, an
        interface is down here while the other one lacks a carrier. The one that lacks it stays up, to see it return."""
        up = lambda name: bool(self.links.table[name][1] & IFF_UP)
        carrier = lambda name: bool(self.links.table[name][1] & IFF_LOWER_UP)
        if not up(a) and not up(b):
            self.links.set_up(a, True)
            self.links.set_up(b, True)
            return
        for this, other in ((a, b), (b, a)):
            if up(this) and carrier(this) != up(other):
                self.links.set_up(other, carrier(this))
                return

    def run(self):
        timers = self.timers
        while self.running:
            if self.reload_wanted:
                self.reload_wanted = False
                self.reload()
            # An interface whose peer isn't in its place yet is tried again; no message tells of the peer.
            timeout = 0.1 if self.complaints else None
            if timers:
                due = max(0.0, timers[0][0] - time.monotonic())
                timeout = due if timeout is None else min(due, timeout)
            # epoll's own timeout is whole milliseconds, select's is microseconds.
            if select.select((self.poll,), (), (), timeout)[0]:
                for fd, _ in self.poll.poll(0):
                    # A handler before it may have closed this one.
                    if fd in self.handlers:
                        self.handlers[fd]()
            elif self.complaints:
                self.reconcile()
            now = time.monotonic()
            while timers and timers[0][0] <= now:
                heapq.heappop(timers)[2].release(timers)


def serve(directory, ready):
    os.umask(0o077)
    # Nothing in this namespace may speak for itself on the links.
    for scope in ("default", "all"):
        try:
            with open(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6", "w") as file:
                file.write("1")
        except FileNotFoundError:
            pass
    relay = Relay(directory)
    relay.reload()
    with open(os.path.join(directory, "log"), "a") as output, open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.write(ready, b"1")
    os.close(ready)
    # Nothing here makes reference cycles, and a collection would hold frames up.
    gc.freeze()
    gc.disable()
    relay.run()


def main(directory):
    os.makedirs(os.path.join(directory, "pairs"), exist_ok=True)
    lock = open(os.path.join(directory, "lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 0
    outcome, ready = os.pipe()
    if os.fork() > 0:
        os.close(ready)
        return 0 if os.read(outcome, 1) else 1
    os.close(outcome)
    os.setsid()
    serve(directory, ready)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 relay DIRECTORY")
    sys.exit(main(sys.argv[1]))
