"""Experiments over many points and seeds: from a laptop to a cluster, losing nothing.

>>> from experiments.sweep import load
>>> sweep = load("capacity")
>>> sweep.run(workers=2)
>>> sweep.finals
"""

from experiments.sweep.errors import StoppedError, SweepError
from experiments.sweep.forecast import Plan
from experiments.sweep.sweep import Status, Sweep, from_values, load, open_store

__all__ = ["Plan", "Status", "StoppedError", "Sweep", "SweepError", "from_values", "load", "open_store"]
