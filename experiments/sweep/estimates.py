"""Further estimates of the effects of a sweep, and the sign of an effect on which three estimates agree.

``experiments.measures.robust_effects`` defines the estimates and their agreement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.measures.effect_tables import CHANNELS, band_labels, cities_by_band
from experiments.measures.robust_effects import ESTIMATORS, FRAGILE, agreement, group_estimates
from experiments.measures.twin_pairs import Pair, mean_and_se
from experiments.sweep.errors import SweepError
from experiments.sweep.measures import EFFECTS, band_effect
from model.country.country import Country

GROUPS = (
    *(f"effect_{of}{group}" for of in ("", "gdp_") for group in ("hosts", "others")),
    "effect_national",
    "effect_gdp",
    *(f"channel_{measure}" for _, measure, _, _ in CHANNELS),
    *(band_effect(label) for label in band_labels()),
)
"""The effects on groups of cities; the others are of indices and of differences of groups."""

ESTIMATES = {name: tuple(f"{other}_{name}" for other in ESTIMATORS[1:]) for name in GROUPS}
"""Effect → columns of ``finals`` with the median and the trimmed mean of the cities."""

_ALSO = {**ESTIMATES, "change_theil": ("change_gini", "change_sigma")}
COLUMNS = tuple(column for columns in ESTIMATES.values() for column in columns)
ABOVE, BELOW, UNDECIDED = "above 0", "below 0", "undecided"


def further_estimates(pair: Pair, country: Country) -> dict[str, float]:
    """Return the value of every column of ``COLUMNS`` for one pair of runs."""
    host, everyone = pair.host_flags(), np.ones(len(country.cities), dtype=bool)
    groups = {
        "effect_national": (everyone, "innovation", "log"),
        "effect_gdp": (everyone, "real_gdp", "log"),
    }
    if len(pair.hosts):
        for of, measure in (("", "innovation"), ("gdp_", "real_gdp")):
            groups[f"effect_{of}hosts"] = (host, measure, "log")
            groups[f"effect_{of}others"] = (~host, measure, "log")
        groups |= {f"channel_{measure}": (host, measure, how) for _, measure, how, _ in CHANNELS}
        bands = cities_by_band(pair, country.distances).items()
        groups |= {band_effect(label): (here, "innovation", "log") for label, here in bands}
    found = dict.fromkeys(COLUMNS, float("nan"))
    for name, (cities, measure, how) in groups.items():
        estimates = group_estimates(pair, cities, measure, how)
        found |= {f"{other}_{name}": estimates[other] for other in ESTIMATORS[1:]}
    return found


def estimate(rows: pd.DataFrame, column: str) -> dict[str, float]:
    """Return mean, standard error and number of seeds; runs of a replication share draws and are averaged."""
    return mean_and_se(rows.groupby("replication")[column].mean())


def sign_of(rows: pd.DataFrame, effect: str) -> str:
    """Return whether an effect is ``above 0`` or ``below 0`` beyond two standard errors, or ``undecided``.

    ``fragile``: so by the effect of the group, but its median or its trimmed mean does not show it; of
    ``change_theil``, by the Gini or the s.d. of logarithms. An effect without such columns has one estimate.
    """
    columns = (effect, *(name for name in _ALSO.get(effect, ()) if name in rows and rows[name].notna().any()))
    found = [(one["mean"], one["se"]) for one in (estimate(rows, column) for column in columns)]
    said = agreement(found)
    if not said:
        return UNDECIDED
    return FRAGILE if said == FRAGILE else ABOVE if found[0][0] > 0 else BELOW


def effects_table(finals: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return effect, unit, mean, se, seeds, median, trimmed and sign of every effect.

    by: Factors; a block of rows for each of their levels. Raises SweepError without effects or such a factor.
    """
    there = [name for name in EFFECTS if name in finals and name != "hosts"]
    if not there:
        raise SweepError("this experiment has no effects: write twin = true in its file")
    wrong = [name for name in by if name not in finals or name in EFFECTS]
    if wrong:
        raise SweepError(f"{wrong[0]!r} is no factor of this experiment")
    groups = finals.groupby(list(by), sort=True) if by else [((), finals)]
    rows = []
    for levels, here in groups:
        for name in there:
            own = {
                short: estimate(here, column)["mean"]
                for short, column in zip(ESTIMATORS[1:], ESTIMATES.get(name, ()), strict=False)
                if column in here
            }
            rows.append(
                {
                    **dict(zip(by, levels, strict=True)),
                    "effect": name,
                    "unit": EFFECTS[name][0],
                    **estimate(here, name),
                    **{short: own.get(short, float("nan")) for short in ESTIMATORS[1:]},
                    "sign": sign_of(here, name),
                }
            )
    return pd.DataFrame(rows)
