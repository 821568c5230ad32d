"""Experiments over many points and seeds: from a laptop to a cluster, losing nothing.

>>> from experiments.sweep import load
>>> sweep = load("capacity")
>>> sweep.run(workers=2)
>>> sweep.finals
"""

from experiments.sweep.errors import StoppedError, SweepError
from experiments.sweep.forecast import Forecast
from experiments.sweep.sweep import Status, Sweep, from_values, load, open_store

__all__ = ["Forecast", "Status", "StoppedError", "Sweep", "SweepError", "from_values", "load", "open_store"]


def __getattr__(name: str) -> None:
    """Answer a name of an earlier version with a sentence."""
    known = {"Plan": "Forecast"}
    raise AttributeError(
        f"{__name__}.{name} is now {known[name]}" if name in known else f"{__name__} has no {name}"
    )
