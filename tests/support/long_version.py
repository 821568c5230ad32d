"""Whether the long version runs, and what a test tells the ledger of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import pytest

FULL = os.environ.get("RELIABILITY") == "full"
LONG = pytest.mark.skipif(not FULL, reason="of the long suite: make reliability")
LEDGER = os.environ.get("RELIABILITY_LEDGER")

Note = Callable[..., None]


def some[Case](cases: Sequence[Case], few: int = 1) -> Sequence[Case]:
    """Return all cases in the long version, else a few of them, spread over their order."""
    return cases if FULL else [cases[k * len(cases) // few] for k in range(few)]


def examples(few: int, many: int) -> int:
    """Return how many examples a test draws: many in the long version."""
    return many if FULL else few
