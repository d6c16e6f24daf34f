"""run_mininet.py TOPOLOGY: brings the topology up, says "started", takes it down when its standard input ends."""
import json
import shlex
import sys

import mininet.net
from mininet.log import setLogLevel
from mininet.node import Node

# It would raise limits of the whole machine, which stay raised; these topologies don't need that.
mininet.net.fixLimits = lambda: None

setLogLevel("error")
with open(sys.argv[1]) as file:
    topology = json.load(file)

net = mininet.net.Mininet(controller=None, host=Node)
nodes = {node["name"]: net.addHost(node["name"], ip=None) for node in topology["nodes"]}
for one, other in topology["links"]:
    net.addLink(
        nodes[one["node"]],
        nodes[other["node"]],
        intfName1=one["interface"],
        intfName2=other["interface"],
        params1={"ip": one["address"]},
        params2={"ip": other["address"]},
    )
try:
    net.start()
    for node in topology["nodes"]:
        lines = ["cd " + shlex.quote(node["directory"])]
        for name, value in node["sysctls"].items():
            path = "/proc/sys/" + name.replace(".", "/")
            lines.append("for f in %s; do echo %s >$f; done" % (path.replace("/conf/default/", "/conf/*/"), value))
        lines += ["ip " + line for line in node["ip"]]
        for command in node["commands"]:
            lines.append("%s >bird.log 2>&1 </dev/null &" % " ".join(shlex.quote(word) for word in command))
        nodes[node["name"]].cmd("\n".join(lines))
    print("started", flush=True)
    sys.stdin.read()
finally:
    for node in net.hosts:
        node.cmd("kill %1")
    net.stop()
