"""Experiments with the model: studies, measures, results on disk, sweeps, causal evaluation.

>>> from experiments import run_study
>>> results = run_study("random_hosts", seeds=2, firms=300, until=2012, out="results/small")

>>> import experiments
>>> sweep = experiments.load("capacity.toml")
>>> sweep.run(workers=2)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.study_runner import run_study
    from experiments.sweep import from_values, load, open_store

__all__ = ["from_values", "load", "open_store", "run_study"]

_MODULES = {
    "run_study": "experiments.study_runner",
    "load": "experiments.sweep",
    "open_store": "experiments.sweep",
    "from_values": "experiments.sweep",
}


def __getattr__(name: str) -> object:
    """Return a public name, importing its module when it is first asked for."""
    if name in _MODULES:
        return getattr(importlib.import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
