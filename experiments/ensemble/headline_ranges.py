"""Headlines of a study with all three uncertainties: mean, error over seeds, range over parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from experiments.ensemble.member_run import pair_of, with_factors
from experiments.ensemble.members import DEFAULT, Ensemble
from experiments.ensemble.parameter_range import effect_ranges, sign_holds
from experiments.measures.effect_tables import CHANNELS, band_labels
from experiments.measures.findings import HOLDS, UNDECIDED
from experiments.measures.twin_pairs import pairs
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT, Study
from experiments.study.worker_pool import iter_results
from experiments.sweep.measures import band_effect, effects_of
from model.regional_model import RegionalModel

FRAGILE = "fragile"
COLUMNS = ("table", "label", "effect", "unit", "mean", "se", "seeds", "low", "median", "high")
MEMBERS = 40  # run for a study that the shipped effects do not cover
_GROUPS = (("host cities", "hosts"), ("other cities", "others"), ("whole country (total)", "national"))
_GAPS = {
    "Theil": "theil",
    "Gini": "gini",
    "sigma": "sigma",
    "Theil per head": "theil_per_head",
    "Gini per head": "gini_per_head",
    "Theil between regions": "theil_between",
    "Theil, GDP per head": "gdp_theil_per_head",
    "Theil between regions, GDP per head": "gdp_theil_between",
    "Gini, GDP per head": "gdp_gini_per_head",
}
GDP = {"hosts": "effect_gdp_hosts", "others": "effect_gdp_others", "national": "effect_gdp"}
LABELS = {"effects": "group", "gdp": "group", "distance": "band_km", "channels": "channel", "gap": "index"}


def headlines() -> list[tuple[str, str, str]]:
    """Return table, label and effect of every headline of a results folder."""
    return [
        *(("effects", label, f"effect_{name}") for label, name in _GROUPS),
        *(("gdp", label, GDP[name]) for label, name in _GROUPS),
        *(("distance", label, band_effect(label)) for label in band_labels()),
        *(("channels", label, f"channel_{measure}") for label, measure, _, _ in CHANNELS),
        *(("gap", label, f"change_{name}") for label, name in _GAPS.items()),
    ]


def headline_ranges(tables: Mapping[str, pd.DataFrame], found: Ensemble) -> pd.DataFrame:
    """Return the headlines of a study's tables with their range over the members, one row each.

    table, label, effect, unit; mean, se and seeds of the study; low, median, high over parameters (5, 50 and
    95 %), default (mean of the ensemble at default parameters), above_zero and seeds_share as in
    ``parameter_range.range_of``, members; verdict: ``holds`` if the mean is beyond two standard errors of 0
    and at least 90 % of the members have its sign, ``fragile`` if only the first, else ``undecided``.
    """
    known = effect_ranges(found).set_index("effect")
    rows = []
    for table, label, effect in headlines():
        frame = tables[table]
        if table == "gdp":
            frame = frame[frame["measure"] == "real_gdp"]
        own = frame[frame[LABELS[table]] == label]
        if effect not in known.index or not len(own):
            continue
        one, span = own.iloc[0], known.loc[effect]
        mean, error = float(one["mean"]), float(one["se"])
        rows.append(
            {
                "table": table,
                "label": label,
                "effect": effect,
                "unit": span["unit"],
                "mean": mean,
                "se": error,
                "seeds": int(one["seeds"]),
                **{name: span[name] for name in ("low", "median", "high", "default")},
                **{name: span[name] for name in ("above_zero", "seeds_share", "members")},
                "verdict": verdict(mean, error, span),
            }
        )
    return pd.DataFrame(rows)


def verdict(mean: float, error: float, span: pd.Series) -> str:
    """Return ``holds``, ``fragile`` or ``undecided`` for the sign of a mean."""
    if not (np.isfinite(mean) and np.isfinite(error)) or abs(mean) <= 2.0 * error:
        return UNDECIDED
    return HOLDS if sign_holds(span, 1 if mean > 0 else -1) else FRAGILE


def study_ensemble(
    results: Results,
    shipped: Ensemble,
    members: int = MEMBERS,
    workers: int = 1,
    finished: Callable[[str], None] = lambda name: None,
) -> Ensemble:
    """Return an ensemble for a study that the shipped effects do not cover: its arms, run with members.

    Members are taken evenly from the shipped ones; a parameter that was set in the study stays as set. The
    study's own pairs give the chance of the seeds. Members that fail are left out.
    """
    study = results.study
    given = {member: shipped.values(member) for member in shipped.evenly(members)}
    effects = {}
    job = partial(member_effects, study, given)
    for member, outcome in iter_results(job, list(given), workers):
        if isinstance(outcome, dict):
            effects[int(member)] = outcome
        finished(f"member {member}")
    kept = sorted(effects)
    places = shipped.members.filter(regex="^(at_|point$|wave$|seed$)").iloc[kept].reset_index(drop=True)
    rows = pd.concat([places, pd.DataFrame([effects[member] for member in kept])], axis=1)
    own = pairs(results)
    defaults = pd.DataFrame([effects_of(pair, study.country) for pair in own])
    defaults = defaults.assign(wave=DEFAULT, point=-1, seed=[pair.seed for pair in own])
    return Ensemble(pd.concat([rows, defaults], ignore_index=True), {**shipped.about, "shipped": False})


def member_effects(
    study: Study, given: Mapping[int, Mapping[str, float]], member: int
) -> dict[str, float] | str:
    """Return the effects of the centres of a study with the parameters of a member, or why it failed."""
    seed = study.seeds[member % len(study.seeds)]
    try:
        parameters = with_factors(study.parameters, given[member])
        there = study.country
        how: dict[str, Any] = {"country": there, "threads": study.threads, "extension": study.extension}
        treated, control = (
            RegionalModel(parameters, study.arms[arm], seed, **how) for arm in (WITH, WITHOUT)
        )
        treated.run_until(study.until)
        control.run_until(study.until)
        return effects_of(pair_of(treated, control, study.until), there)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
