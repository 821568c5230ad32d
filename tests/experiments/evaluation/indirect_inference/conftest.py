"""Worlds that are made up: their effects follow from two of their statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.indirect_inference.simulated_worlds import NOTHING, SPREAD


@pytest.fixture(scope="session")
def worlds() -> pd.DataFrame:
    """150 worlds of 50 members and 40 panels of a cell: total = price response × (1 + adoption)."""
    rng = np.random.default_rng(1)
    count = 190
    price, adoption = -rng.uniform(0.0, 1.0, count), rng.normal(size=count)
    size = np.where(np.arange(count) % 8 == 0, NOTHING, 1.0)
    price = np.where(size > NOTHING, price, 0.0)
    total = -price * (1.0 + 0.3 * adoption) / 50 + 0.0005 * rng.normal(size=count)
    cell = np.where(np.arange(count) < 150, "", "strong")
    frame = pd.DataFrame(
        {
            "cell": cell,
            "world": np.arange(count),
            "member": np.where(cell == "", np.arange(count) % 50, -1),
            "sites": np.array(["random", "wealth", "shocks"])[np.arange(count) % 3],
            "size": size,
            **dict.fromkeys(SPREAD, 0.0),
            "total": total,
            "own": np.where(np.arange(count) % 2, total, np.nan),
            "on_others": 0.1 * total,
            "own.log_compute_price": price + 0.01 * rng.normal(size=count),
            "change.application": adoption + 0.05 * rng.normal(size=count),
            "level": rng.normal(size=count),
        }
    )
    return frame.assign(data="counts")
