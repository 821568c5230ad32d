"""Factors of a sweep as coordinates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.sweep import from_values
from experiments.sweep.analysis.factor_space import space_of
from experiments.sweep.store import Store
from experiments.sweep.store_page import Frozen


def test_a_table_has_the_ranges_of_its_values(tmp_path: Path) -> None:
    file = tmp_path / "design.csv"
    values = {
        "substitution": [1.0, 1.2, 2.0],
        "until": [2005, 2005, 2005],
        "scenario": ["none", "actual", "none"],
    }
    pd.DataFrame(values).to_csv(file, index=False)
    sweep = from_values({"name": "t", "design": {"kind": "table", "file": str(file)}}, tmp_path / "s")
    store = Store.create(tmp_path / "s", Frozen(sweep.experiment, 3, 3, {}, {}))
    store.write_design(*sweep._made)
    space = space_of(sweep)
    assert list(space.axes) == ["substitution", "scenario"]  # the year does not vary
    coordinates = space.coordinates(sweep.store.design())
    np.testing.assert_allclose(coordinates, [[0.0, 1.0], [0.2, 0.0], [1.0, 1.0]])
