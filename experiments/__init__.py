"""Questions put to the model: twins, metrics, results on disk, sweeps.

>>> import experiments
>>> sweep = experiments.load("capacity.toml")
>>> sweep.run(workers=2)
"""

from __future__ import annotations

from typing import Any

_FROM_SWEEP = ("load", "open_store", "from_values")


def __getattr__(name: str) -> Any:
    """``load``, ``open_store`` and ``from_values`` of experiments.sweep, imported when first asked for."""
    if name in _FROM_SWEEP:
        from experiments import sweep

        return getattr(sweep, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
