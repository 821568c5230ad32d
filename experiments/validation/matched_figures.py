"""The published figures that a member of the ensemble must not miss: the rows marked *calibrate*."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.measures.observed_decade import MEASURES as DECADE_MEASURES
from experiments.measures.observed_decade import Decade, east_over_west, people_response, target_years
from experiments.measures.panel_checks import Floats
from experiments.measures.published_targets import target, targets
from experiments.validation.economy_facts import MEASURES, facts
from experiments.validation.economy_run import EconomyRun

CUT = 3.0  # s.d. from a figure beyond which a point is ruled out [Pukelsheim 1994]
MARGIN = 0.05  # of figures without bounds [judgement]
LEFT_OUT = {
    "X13": "cannot hold together with B2d: demand for compute has unit elasticity (docs/decisions.md)",
}
OF_THE_DECADE = {
    "E13b": partial(east_over_west, year=2010),
    "E16": partial(people_response, first=2010, last=2020),
}


@dataclass(frozen=True)
class Matched:
    """A figure and how far off a run may be: any value within the tolerance is as good as another."""

    id: str
    quantity: str
    value: float
    tolerance: float

    def implausibility(self, measured: float, noise: float) -> float:
        """Return the distance in s.d. of tolerance and seeds; infinite where nothing was measured."""
        if not math.isfinite(measured):
            return math.inf
        return abs(measured - self.value) / math.sqrt(self.tolerance**2 / 3.0 + noise**2)


def matched_figures() -> tuple[Matched, ...]:
    """Return the figures, those of ``economy_facts.csv`` first."""
    found = [
        Matched(one.id, one.quantity, 0.5 * (one.low + one.high), _half(one.low, one.high, one.value))
        for one in facts()
        if one.kind == "calibration" and one.id not in LEFT_OUT
    ]
    for identity in OF_THE_DECADE:
        known = target(identity)
        middle = 0.5 * (known.low + known.high)
        found.append(Matched(identity, known.quantity, middle, _half(known.low, known.high, known.value)))
    return tuple(found)


def _half(low: float, high: float, value: float) -> float:
    return 0.5 * (high - low) if low < high else MARGIN * abs(value)


def measured_figures(run: EconomyRun, decade: Decade) -> dict[str, float]:
    """Return every figure of the economy and of the observed decade that a run gives, by id."""
    found = {identity: float(measure(run)) for identity, measure in MEASURES.items()}
    for identity, measure in OF_THE_DECADE.items():
        known = set(measure.keywords.values()) <= set(decade.years.tolist())
        found[identity] = float(measure(decade)) if known else math.nan
    for one in targets():
        years = target_years(one.id, one.quantity) if one.id in DECADE_MEASURES else ()
        if one.id not in OF_THE_DECADE and years and all(year in decade.years for year in years):
            name = f"{one.id}-{'-'.join(map(str, years))}"
            found[name] = float(DECADE_MEASURES[one.id](decade, *years))
    return found


def decade_of(economy: EconomyRun, yearly: Mapping[str, Floats], cities: pd.DataFrame) -> Decade:
    """Return what the observed decade is compared with, from the yearly measures of a run's cities."""
    return Decade(economy.years, yearly["real_gdp"], yearly["people"], cities["region"].to_numpy())


def distances(
    measured: Mapping[str, float], noise: Mapping[str, float], figures: tuple[Matched, ...]
) -> NDArray[np.float64]:
    """Return the implausibility of each figure, (figures,)."""
    return np.array([one.implausibility(measured[one.id], noise.get(one.id, 0.0)) for one in figures])
