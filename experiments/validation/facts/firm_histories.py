"""Ages, closings and growth of firms in one run, quarter by quarter."""

from __future__ import annotations

import math

import numpy as np

from experiments.measures.panel_checks import Floats
from experiments.validation import firm_estimators as estimate
from model.regional_model import RegionalModel

UNKNOWN = math.nan
YEARS = (2008, 2012)  # of closings, as in the report of the registers
AGES = 30  # years of life that are told apart
GROWTH = (2015, 2016)
TOP_FIRMS = 500
TAIL = 0.02  # of growth rates, on either side of the median taken together


class FirmHistories:
    """A watcher of a run: call it after every quarter, then ask for ``figures``."""

    def __init__(self, model: RegionalModel) -> None:
        firm = model.state["firms"]
        self._start = model.parameters.start_year
        self._alive = firm["alive"] > 0.5
        self._age, self._lines = firm["age"].copy(), firm["lines"].copy()
        self._closed, self._exposed = np.zeros(AGES), np.zeros(AGES)
        self._closed_by_size, self._exposed_by_size = np.zeros(2), np.zeros(2)
        self._ages_at_closing: list[Floats] = []
        self._ages_alive = np.zeros(0)
        self._sales = {year: np.zeros(firm.rows) for year in GROWTH}
        self._old = np.zeros(0)

    def __call__(self, model: RegionalModel) -> None:
        """Take the quarter that has just been run."""
        firm = model.state["firms"]
        alive = firm["alive"] > 0.5
        year = self._start + (model.quarter - 1) // 4
        last = model.quarter % 4 == 0
        if YEARS[0] <= year <= YEARS[1]:
            self._closings(alive)
        if year == YEARS[1] and last:
            self._ages_alive = firm["age"][alive] / 4.0
        if year in GROWTH:
            self._sales[year] += np.where(alive, firm["revenue"], 0.0)
        if year == GROWTH[1] and last:
            self._old = np.where(alive, firm["age"] / 4.0, np.nan)
        self._alive, self._age, self._lines = alive, firm["age"].copy(), firm["lines"].copy()

    def _closings(self, alive: np.ndarray) -> None:
        before = self._alive
        closed = before & ~alive
        age = np.minimum(self._age[before] / 4.0, AGES - 1).astype(int)
        self._exposed += np.bincount(age, minlength=AGES)
        self._closed += np.bincount(age, closed[before], AGES)
        self._ages_at_closing.append(self._age[closed] / 4.0)
        lines = self._lines[before]
        large = (lines > np.median(lines)).astype(int) if len(lines) else np.zeros(0, dtype=int)
        self._exposed_by_size += np.bincount(large, minlength=2)
        self._closed_by_size += np.bincount(large, closed[before], 2)

    def figures(self) -> dict[str, float]:
        """Return the figures by name; NaN where the run did not reach the years."""
        found = {**self._closing_figures(), **self._growth_figures()}
        ages = self._ages_alive
        if len(ages):
            found["young"], found["old"] = float((ages < 5.0).mean()), float((ages > 10.0).mean())
        return found

    def _closing_figures(self) -> dict[str, float]:
        if not self._exposed.any():
            return {}
        exposed = np.maximum(self._exposed, 1.0)
        hazard = 1.0 - (1.0 - self._closed / exposed) ** 4  # a year
        ages = np.concatenate(self._ages_at_closing)
        late = slice(10, AGES)
        by_size = self._closed_by_size / np.maximum(self._exposed_by_size, 1.0)
        quarterly = float(self._closed.sum() / self._exposed.sum())
        of_late = float(self._closed[late].sum() / max(self._exposed[late].sum(), 1.0))
        return {
            "hazard_peak": float(1 + np.argmax(hazard[:10])),
            "hazard_first": float(hazard[0] / hazard[2]) if hazard[2] > 0 else UNKNOWN,
            "hazard_third": float(hazard[2]),
            "hazard_late": 1.0 - (1.0 - of_late) ** 4,
            "closing": 1.0 - (1.0 - quarterly) ** 4,
            "closing_age": float(ages.mean()) if len(ages) else UNKNOWN,
            "closed_by_5": float((ages < 5.0).mean()) if len(ages) else UNKNOWN,
            "closed_by_1": float((ages < 1.0).mean()) if len(ages) else UNKNOWN,
            "small_less_large": 4.0 * float(by_size[0] - by_size[1]),
        }

    def _growth_figures(self) -> dict[str, float]:
        before, after = (self._sales[year] for year in GROWTH)
        if not len(self._old):
            return {}
        used = (self._old >= 2.0) & (before > 0) & (after > 0)
        growth, age = np.log(after[used] / before[used]), self._old[used]
        largest = after[after > 0]
        found = {
            "top_firms": estimate.tail_exponent(largest, TOP_FIRMS / max(len(largest), 1)),
            "growth_tail": 1.0 + estimate.tail_exponent(np.abs(growth - np.median(growth)), TAIL),
        }
        young, old = growth[age < 5.0], growth[age > 10.0]
        if len(young) > 30 and len(old) > 30:
            found["spread_old_young"] = float(old.std() / young.std())
        return found
