"""Run a model that takes much memory or time: arguments KIND COUNT QUARTERS, as in ``main``.

The last line of the output is JSON: seconds of setting up and of a quarter, peak memory, results. A ceiling
on addresses keeps a run that exceeds its memory from taking the machine with it.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

CEILING = 16 << 30  # bytes of addresses


def main(kind: str, count: int, quarters: int) -> dict[str, object]:
    """Run, check all invariants at the end, and return what was measured."""
    import numpy as np

    from model import Parameters, RegionalModel
    from model.country.synthetic import synthetic_country
    from model.economy.invariants import breaches, broken_accounts

    began = time.monotonic()
    sizes = {"firms": (count, 338), "cities": (10_000, count), "years": (60, 10)}
    firms, cities = sizes[kind]
    model = RegionalModel(
        Parameters(firms=firms, burn_in=0),
        "actual" if kind == "firms" else "random_hosts",
        1,
        cities=None if kind == "firms" else synthetic_country(cities, 1),
        check_invariants=kind == "years",
    )
    ready = time.monotonic()
    trace = []
    for _ in range(quarters):
        model.step()
        if model.quarter % max(1, quarters // 10) == 0:
            state = model.state
            trace.append(
                {
                    "quarter": model.quarter,
                    "firms": float(state["firms"]["alive"].sum()),
                    "innovation": float(state["cities"]["innovation"].sum()),
                    "wage": float(state["cities"]["wage"].mean()),
                    "quality": float(state["firms"]["quality"][state["firms"]["alive"] > 0.5].mean()),
                    "price": float(state["city_kinds"]["price"].mean()),
                    "cities with firms": int((state["cities"]["firms"] > 0).sum()),
                }
            )
    ended = time.monotonic()
    peak = peak_mib()  # before the look at the end
    wrong = [str(breach) for breach in (*breaches(model.state), *broken_accounts(model.state))]
    return {
        "setup": ready - began,
        "quarter": (ended - ready) / quarters,
        "peak_mib": peak,
        "wrong": wrong,
        "state_mib": model.state.bytes / 2**20,
        "trace": trace,
        "alive": trace[-1]["firms"],
        "finite": bool(np.isfinite([value for row in trace for value in row.values()]).all()),
    }


def peak_mib() -> float:
    """Return the peak memory of this process in MiB.

    Linux passes ``ru_maxrss`` on to the program that a process starts, so it would be that of the tests.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return float(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) / 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (CEILING, CEILING))
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
