"""Sends probes through a firewall and tells what became of each, and which rules its packets met.

Runs in a sandbox. Standard input: a JSON object {"firewall": NODE, "listen": {NODE: {"tcp": [PORT...], "udp": [PORT...]}},
"probes": [{"kind": "ping" | "tcp" | "udp" | "ack" | "icmp-error", "from": NODE, "to": ADDRESS, "port": NUMBER}...]}.
Standard output: a JSON array of {"outcome": "answered" | "silent" | the name of an errno, "events": [...]}, in the order of
the probes. Events are those of nftables' trace (rules of iptables-nft among them), as the kernel gives them over netlink:
the packet's number in the probe, whether it is IPv6's neighbour discovery, the rule's table, chain and handle (null for a
chain's policy), and the verdict. The firewall's packets are traced where a table `labwright_trace` says so.
"""

import json
import select
import socket
import subprocess
import sys
import time

from kinds import KINDS, error_name
from listeners import listen
from namespace import enter
from trace import Trace


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
