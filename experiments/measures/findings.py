"""The findings of the source study (C0-C14) in the results of a study, each with sign, size and error.

All sizes are signed such that their expected sign is that of ``model/data/targets.csv``; see ``FINDINGS``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.effect_tables import CHANNELS, channels, gap
from experiments.measures.heterogeneity import SPLITS, host_effects, splits
from experiments.measures.panel_checks import Flags
from experiments.measures.robust_effects import ESTIMATORS, NO_SIGN, agreement, group_estimates
from experiments.measures.twin_pairs import Pair, mean_and_se, pairs
from experiments.study.results import Results
from model.country.city_tables import distances_km, nearest_distance_km

NEAR_KM = (0.0, 150.0)
FAR_KM = (500.0, 1000.0)
HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"


@dataclass(frozen=True)
class SourceFinding:
    """A finding: what is measured, in which unit, and the sign that the source study reports."""

    id: str
    words: str
    unit: str
    expected: int = 1


CHANNEL_IDS = ("C1", "C2", "C3", "C4", "C5", "C6")
FINDINGS = (
    SourceFinding("C0", "effect on innovation of host cities", "%"),
    *(
        SourceFinding(identity, f"channel: {label}", unit)
        for identity, (label, _, _, unit) in zip(CHANNEL_IDS, CHANNELS, strict=True)
    ),
    *(SourceFinding(split.id, f"larger effect where {split.words}: raw split", "%") for split in SPLITS),
    *(
        SourceFinding(f"{split.id}-partial", f"the same, others held fixed: {split.words}", "% per s.d.")
        for split in SPLITS
    ),
    SourceFinding("C13", "effect on other cities, 500-1000 km less 0-150 km", "percentage points"),
    SourceFinding("C13-near", "effect on other cities within 150 km (a siphon is below 0)", "%", -1),
    SourceFinding("C13-far", "effect on other cities at 500-1000 km", "%"),
    SourceFinding("C14", "change of the Theil index between cities", "%", -1),
    SourceFinding("C14-regions", "change of the Theil index between regions, per head", "%", -1),
    SourceFinding("C14-sigma", "change of the s.d. of log innovation", "%", -1),
)
BY_ID = {finding.id: finding for finding in FINDINGS}
GAP_INDICES = ("Theil", "Gini", "sigma")
GAPS = {"C14": "Theil", "C14-regions": "Theil between regions", "C14-sigma": "sigma"}


def by_seed(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of every seed, one row per seed, one column per id; NaN if undefined."""
    rows = {pair.seed: _of_one(pair, cities) for pair in found}
    return pd.DataFrame.from_dict(rows, orient="index")


def _of_one(pair: Pair, cities: pd.DataFrame) -> dict[str, float]:
    gaps = gap([pair], cities).set_index("index")["mean"]
    return {
        "C0": pair.group_effect(pair.hosts),
        **dict(zip(CHANNEL_IDS, channels([pair])["mean"], strict=True)),
        **distance_signs(pair, cities),
        **{identity: float(gaps[index]) for identity, index in GAPS.items()},
    }


def distance_signs(pair: Pair, cities: pd.DataFrame) -> dict[str, float]:
    """Return C13, C13-near and C13-far of one seed: the effects far and near, and their difference, %."""
    near, far = (effect_at_distance(pair, cities, band) for band in (NEAR_KM, FAR_KM))
    return {"C13": far - near, "C13-near": near, "C13-far": far}


def effect_at_distance(pair: Pair, cities: pd.DataFrame, band: tuple[float, float]) -> float:
    """Return the effect on the cities without a centre whose nearest host lies within the band, km, %."""
    if not len(pair.hosts):
        return float("nan")
    return pair.group_effect(_cities_within(pair, cities, band))


def _cities_within(pair: Pair, cities: pd.DataFrame, band: tuple[float, float]) -> Flags:
    distances = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    nearest = nearest_distance_km(distances, pair.hosts)
    chosen = np.asarray((nearest >= band[0]) & (nearest < band[1]))
    chosen[pair.hosts] = False
    return chosen


def agreements(found: list[Pair], cities: pd.DataFrame) -> dict[str, str]:
    """Return for each finding on groups of cities ``robust_effects.agreement`` of three estimates.

    They are the ratio of sums, the median and the trimmed mean of the cities' effects; of C14 the Theil, the
    Gini and the s.d. of logarithms. C7-C12 have three estimates of their own (raw, partial, given).
    """
    hosted = [pair for pair in found if len(pair.hosts)]
    by_id: dict[str, list[dict[str, float]]] = {"C0": [group_estimates(pair, pair.hosts) for pair in hosted]}
    for identity, (_, measure, how, _) in zip(CHANNEL_IDS, CHANNELS, strict=True):
        by_id[identity] = [group_estimates(pair, pair.hosts, measure, how) for pair in hosted]
    for identity, band in (("C13-near", NEAR_KM), ("C13-far", FAR_KM)):
        by_id[identity] = [group_estimates(pair, _cities_within(pair, cities, band)) for pair in hosted]
    both = zip(by_id["C13-far"], by_id["C13-near"], strict=True)
    by_id["C13"] = [{name: far[name] - near[name] for name in ESTIMATORS} for far, near in both]
    known = {
        identity: agreement(_estimate(one[name] for one in rows) for name in ESTIMATORS)
        for identity, rows in by_id.items()
    }
    changes = gap(found, cities).set_index("index")
    known["C14"] = agreement((row["mean"], row["se"]) for _, row in changes.loc[list(GAP_INDICES)].iterrows())
    return known


def _estimate(values: Iterable[float]) -> tuple[float, float]:
    one = mean_and_se(values)
    return one["mean"], one["se"]


def findings(results: Results) -> pd.DataFrame:
    """Return all findings of a study: id, finding, unit, expected, size, se, t, seeds, verdict, robust.

    robust: ``agree`` or ``fragile``, as ``agreements``; empty where there is no sign or one estimate alone.
    The splits C7-C12 need hosts drawn at random.
    """
    found = pairs(results)
    robust = agreements(found, results.study.country.cities)
    values = by_seed(found, results.study.country.cities)
    measured = {name: mean_and_se(values[name]) for name in values}
    if results.study.scenario.centres == "random":
        for row in splits(host_effects(results, found)).to_dict("records"):
            seeds = row["seeds"]
            measured[row["id"]] = {"mean": row["raw"], "se": row["raw_se"], "seeds": seeds}
            measured[f"{row['id']}-partial"] = {
                "mean": row["partial"],
                "se": row["partial_se"],
                "seeds": seeds,
            }
    return pd.DataFrame(
        [
            {
                "id": one.id,
                "finding": one.words,
                "unit": one.unit,
                "expected": one.expected,
                "size": measured[one.id]["mean"],
                "se": measured[one.id]["se"],
                "t": t_value(measured[one.id]["mean"], measured[one.id]["se"]),
                "seeds": int(measured[one.id]["seeds"]),
                "verdict": sign_verdict(measured[one.id]["mean"], measured[one.id]["se"], one.expected),
                "robust": robust.get(one.id, NO_SIGN),
            }
            for one in FINDINGS
            if one.id in measured
        ]
    )


def t_value(mean: float, error: float) -> float:
    """Return mean over standard error; NaN where there is none."""
    return mean / error if np.isfinite(error) and error > 0 else float("nan")


def sign_verdict(mean: float, error: float, expected: int, errors: float = 2.0) -> str:
    """Judge whether a mean has the expected sign by more than ``errors`` standard errors.

    ``holds``: it has; ``fails``: it has the other sign by as much; ``undecided``: neither, or no error is
    known.
    """
    if not (np.isfinite(mean) and np.isfinite(error)) or abs(mean) <= errors * error:
        return UNDECIDED
    return HOLDS if np.sign(mean) == expected else FAILS
