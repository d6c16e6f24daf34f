"""run_bgpy.py FILE PAIRS: BGPy's figures for hijacks of one prefix, as a line of JSON.

FILE has AS relationships in serial-2, PAIRS a JSON list of [victim, attacker].
"""
import gc
import json
import resource
import sys
import time
from pathlib import Path

from bgpy.as_graphs import CAIDAASGraph
from bgpy.as_graphs.caida_as_graph import CAIDAASGraphConstructor
from bgpy.simulation_engine import Announcement, BGP, SimulationEngine
from bgpy.simulation_framework import PrefixHijack, ScenarioConfig

file, pairs = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())


def scenario(announcements, victim, attacker):
    config = ScenarioConfig(
        ScenarioCls=PrefixHijack,
        BasePolicyCls=BGP,
        override_announcements=announcements,
        override_attacker_asns=frozenset([attacker]),
        override_victim_asns=frozenset([victim]),
        override_adopting_asns=frozenset(),
        override_roas=(),
    )
    return PrefixHijack(scenario_config=config)


def announce(prefix, asn):
    return Announcement(prefix=prefix, as_path=(asn,))


def run(engine, wanted):
    """CPU seconds to propagate; every AS has got a fresh, empty table before."""
    engine.setup(wanted)
    start = time.process_time()
    engine.run(propagation_round=0, scenario=wanted)
    return time.process_time() - start


start = time.perf_counter()
constructor = CAIDAASGraphConstructor(ASGraphCls=CAIDAASGraph)
# Customer cones are of no use here and would take their time.
graph = CAIDAASGraph(constructor._get_as_graph_info(file), store_customer_cone_size=False)
engine = SimulationEngine(graph)
load = time.perf_counter() - start

# As BGPy's own simulations do: what lives on is not looked at again and again.
gc.collect()
gc.freeze()

prefix = "192.0.2.0/24"
seconds, answers = [], []
for victim, attacker in pairs:
    wanted = scenario((announce(prefix, victim), announce(prefix, attacker)), victim, attacker)
    seconds.append(run(engine, wanted))
    hit = length = 0
    for each in graph:
        route = each.policy.local_rib.get(prefix)
        if route is None:
            continue
        length += len(route.as_path) - 1
        hit += route.as_path[-1] == attacker and each.asn not in (victim, attacker)
    answers.append([hit, length])

# All of them at once, each a prefix of its own.
announcements = tuple(
    announce(f"198.18.{index}.0/24", asn) for index, pair in enumerate(pairs) for asn in pair
)
together = run(engine, scenario(announcements, *pairs[0])) / len(pairs)

memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"load": load, "seconds": seconds, "together": together, "memory": memory, "answers": answers}))
