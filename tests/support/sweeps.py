"""Small sweeps for tests, and packages that are not installed."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import Sweep, from_values

VALUES: dict[str, Any] = {
    "name": "t",
    "cities": "synthetic:12",
    "until": 2005,
    "seeds": 2,
    "parameters": {"firms": 60, "burn_in": 0},
    "design": {"factors": {"talent_mobility": [0.0, 0.05]}},
    "run": {"chunk": 2},
}
"""Two points, two runs each, in two chunks."""

SMALL: dict[str, Any] = {
    "name": "t",
    "scenario": "random_hosts",
    "cities": "synthetic:12",
    "until": 2006,
    "seeds": 2,
    "parameters": {"firms": 100, "burn_in": 0},
    "design": {"factors": {"capacity_scale": [0.5, 1.0, 2.0], "talent_mobility": [0.0, 0.05]}},
    "run": {"chunk": 3},
}
"""Six points, two runs each, in four chunks."""


def tiny(folder: Path, runs: int = 4, chunk: int = 2, twin: bool = False) -> Sweep:
    """Return a sweep of two points."""
    return from_values({**VALUES, "twin": twin, "seeds": runs // 2, "run": {"chunk": chunk}}, folder)


def make(store: Path, **changes: Any) -> Sweep:
    """Return a sweep of six points, two seeds each, in chunks of three runs."""
    return from_values({**SMALL, **changes}, store)


def failing(folder: Path, **limits: Any) -> Sweep:
    """Return four points of which one cannot be run: a product of allowed values is out of range."""
    factors = {"traffic_scale": [1.0, 2.0], "traffic_basic": [5.0, 900_000.0]}
    return make(folder, design={"factors": factors}, run={"chunk": 3, "max_failures": 2, **limits})


def same(one: Sweep, other: Sweep) -> bool:
    """Whether two stores hold the same files, but for the times in ``runs``."""
    parts = [sorted(p.relative_to(s.folder) for p in s.folder.glob("[fm]*/*.parquet")) for s in (one, other)]
    return parts[0] == parts[1] and all(
        (one.folder / part).read_bytes() == (other.folder / part).read_bytes() for part in parts[0]
    )


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Act as if a package were not installed."""
    real = builtins.__import__

    def importing(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(f"No module named {package!r}")
        return real(name, *rest, **more)

    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", importing)
