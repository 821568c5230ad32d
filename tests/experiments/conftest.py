"""Stores of sweeps whose results are given by a formula instead of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.sweep import Sweep, from_values
from experiments.sweep.store import Store, chunk_name, schemas
from experiments.sweep.store_page import Frozen

FACTORS: Mapping[str, Any] = {
    "substitution": {"low": 1.0, "high": 2.0},
    "home_reach": {"low": 100.0, "high": 200.0},
}
Formula = Callable[[np.ndarray, np.ndarray], Mapping[str, np.ndarray]]
MakeStore = Callable[..., Sweep]


def _filled(
    folder: Path,
    formula: Formula,
    design: Mapping[str, Any],
    replications: int,
    common: bool,
    lost: tuple[int, ...],
    years: range,
) -> Sweep:
    metrics = list(formula(np.zeros((1, 9)), np.zeros(1, dtype=int)))
    values = {
        "name": "t",
        "seeds": replications,
        "record": {"metrics": metrics},
        "common_random_numbers": common,
        "design": {"factors": dict(FACTORS), **design},
    }
    sweep = from_values(values, folder)
    points, unit = sweep._made
    assert unit is not None
    runs = len(points) * replications
    store = Store.create(folder, Frozen(sweep.experiment, len(points), runs, {}, {}))
    store.write_design(points, unit)
    of_point, seed = np.divmod(np.arange(runs), replications)
    values = formula(unit.to_numpy()[of_point], seed)
    good = np.array([run for run in range(runs) if run not in lost])
    columns: dict[str, Any] = {name: [None] * runs for name in schemas(sweep.experiment)["runs"].names}
    columns |= {"run": range(runs), "status": ["failed" if run in lost else "ok" for run in range(runs)]}
    finals = {"run": good, **{name: np.asarray(values[name])[good] for name in metrics}}
    # In year y a metric is its final value plus y less the last year.
    yearly = {"run": np.repeat(good, len(years)), "year": np.tile(np.array(years), len(good))}
    yearly |= {
        name: (np.asarray(values[name])[good][:, None] + np.array(years) - years[-1]).ravel()
        for name in metrics
    }
    yearly |= {name: yearly[name].astype(np.float32) for name in metrics}
    store.commit(chunk_name(0), {"runs": columns, "finals": finals, "metrics": yearly})
    return sweep


@pytest.fixture
def make_store(tmp_path: Path) -> MakeStore:
    """A function that makes a store: ``formula(unit design (runs, factors), seed (runs,))`` → metrics."""
    count = iter(range(100))

    def make(
        formula: Formula,
        design: Mapping[str, Any] | None = None,
        replications: int = 1,
        common: bool = False,
        lost: tuple[int, ...] = (),
        years: range = range(2010, 2013),
    ) -> Sweep:
        chosen = {"kind": "lhs", "n": 40, **(design or {})}
        return _filled(tmp_path / f"s{next(count)}", formula, chosen, replications, common, lost, years)

    return make
