"""run_matrix_bgpsim.py FILE PAIRS PROCESSES: matrix-bgpsim's figures, as a line of JSON.

It computes the routes of all ASes to all ASes at once. FILE has AS relationships, PAIRS a JSON list of
[victim, attacker], of which the victims' routes are looked up.
"""
import contextlib
import json
import resource
import sys
import time

from matrix_bgpsim import RMatrix


def cpu():
    """CPU seconds of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    file, pairs, processes = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
    with contextlib.redirect_stdout(sys.stderr):
        start = time.perf_counter()
        matrix = RMatrix(file)
        load = time.perf_counter() - start
        before = cpu()
        matrix.run(n_jobs=processes, save_next_hop=True)
        seconds = cpu() - before

    with open(file) as lines:
        rows = [line.split("|") for line in lines if not line.startswith("#")]
    ases = sorted({asn for row in rows for asn in row[:2]}, key=int)
    answers = []
    for victim, _ in pairs:
        victim = str(victim)
        states = [matrix.get_state(asn, victim) for asn in ases if asn != victim]
        answers.append(sum(int(length) for kind, length in states if kind is not None))

    own, workers = (resource.getrusage(who).ru_maxrss * 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"load": load, "seconds": seconds, "ases": len(ases), "memory": max(own, workers), "answers": answers}))
