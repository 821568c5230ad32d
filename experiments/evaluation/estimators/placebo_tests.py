"""Placebo tests: treatment permuted among cities, and openings moved to earlier years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, estimate_panel
from experiments.evaluation.estimators.estimate import Estimate, Floats
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from model.engine.draws import stream_key, uniforms
from model.files.user_tables import InputError

Estimator = Callable[[PanelData], Estimate]


@dataclass(frozen=True)
class Permutation:
    """``estimate``, and ``draws`` of it with treatment histories permuted among cities; ``p``: two-sided."""

    estimate: float
    p: float
    draws: Floats


def permutation_test(
    data: PanelData,
    estimator: Estimator,
    draws: int = 200,
    seed: int = 1,
    groups: Sequence[object] | None = None,
) -> Permutation:
    """Permute the treatment histories of cities within groups, and re-estimate.

    groups: for each city, such as its region; the histories stay within a group. p is the share of draws, the
    true one included, whose estimate is at least as far from zero: exact where hosts were drawn at random
    within groups and no city's centre affects another city.

    Raises InputError if the panel has gaps.
    """
    count, length = data.cities, len(data.years)
    if data.rows != count * length:
        raise InputError(["a permutation test needs every city in every year"])
    treated = data.treatments.reshape(count, length, -1)
    labels = np.zeros(count) if groups is None else pd.factorize(np.asarray(groups))[0]
    found = []
    for draw in range(draws):
        order = uniforms(stream_key(seed, "evaluation.permutation", draw), np.arange(count))
        permuted = np.arange(count)
        for label in np.unique(labels):
            members = np.flatnonzero(labels == label)
            permuted[members] = members[np.argsort(order[members], kind="stable")]
        shuffled = replace(data, treatments=treated[permuted].reshape(data.rows, -1))
        found.append(float(estimator(shuffled).params.iloc[0]))
    own = float(estimator(data).params.iloc[0])
    values = np.array(found)
    p = (1 + (np.abs(values) >= abs(own) - 1e-12).sum()) / (1 + draws)
    return Permutation(own, float(p), values)


def placebo_in_time(
    frame: pd.DataFrame,
    years_before: int = 3,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    settings: DoubleMLSettings | None = None,
    *,
    city: str = "city_id",
    year: str = "year",
) -> Estimate:
    """Estimate with every opening moved to earlier years, on the city-years before the true openings.

    Zero is expected; a non-zero estimate means that hosts were on another path before they had a centre.

    Raises InputError if no year is left before the openings.
    """
    data = panel_data(frame, outcome, treatment, controls, city=city, year=year)
    first = np.full(data.cities, np.inf)
    hosting = data.treatments[:, 0] > 0.5
    np.minimum.at(first, data.city[hosting], data.years[data.year[hosting]])
    own = first[data.city]
    before = data.years[data.year] < own
    moved = (data.years[data.year] >= own - years_before).astype(np.float64)
    if not moved[before].any():
        raise InputError([f"no host has {years_before} years before its centre in the panel"])
    names = (f"{treatment} {years_before} years early",)
    early = replace(data, treatments=moved[:, None], treatment_names=names)
    return estimate_panel(early.of(before), settings)
