"""Coverage of the ranges out of sample: members judged by those of other folds, run with new seeds.

A member is judged by the range of those outside its fold, so that none is judged by a range that it helped
make. A *run* is one member with one new seed; the *truth* of a member is its mean over the new seeds. Runs
are judged by the 5 to 95 % of runs, which hold the seeds' chance; truths by the range that is shown with a
headline (``parameter_range.range_of``), from which the seeds' variance is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.ensemble.member_run import pair_of, shared_quarters, twin_of, with_factors
from experiments.ensemble.members import Ensemble
from experiments.ensemble.parameter_range import INTERVAL, range_of
from experiments.study.study import WITH, WITHOUT, Study
from experiments.sweep.measures import effects_of
from model.regional_model import RegionalModel

HEADLINES = ("effect_hosts", "effect_others", "effect_national", "effect_gdp", "change_gdp_theil_per_head")
FOLDS = 5
LEAST_SEEDS = 5  # of a member, for its mean to be its truth
COLUMNS = ("member", "seed", *HEADLINES)  # of a table of runs


def effects_with_seed(study: Study, values: Mapping[str, float], seed: int) -> dict[str, float]:
    """Return the headlines of a member with a seed."""
    parameters = with_factors(study.parameters, dict(values))
    treated = RegionalModel(parameters, study.arms[WITH], seed, country=study.country)
    if common := shared_quarters(treated):
        treated.run_until(common)
        control = twin_of(treated)
    else:
        control = RegionalModel(parameters, study.arms[WITHOUT], seed, country=study.country)
    treated.run_until(study.until)
    control.run_until(study.until)
    found = effects_of(pair_of(treated, control, study.until), study.country)
    return {name: float(found[name]) for name in HEADLINES}


def planned_runs(members: Sequence[int], first_seed: int, seeds: int) -> Iterator[tuple[int, int]]:
    """Yield pairs of member and seed: all members once, then all again.

    A member's seeds start with another one than its neighbour's.
    """
    for turn, (place, member) in itertools.product(range(seeds), enumerate(members)):
        yield member, first_seed + (place + turn) % seeds


def coverage(found: Ensemble, runs: pd.DataFrame, folds: int = FOLDS) -> pd.DataFrame:
    """Return the share that ranges of members outside the fold hold, one row for each headline.

    runs: member, seed and headlines. covered, se: of runs; the standard error is over members, as the runs
    of one are not independent; below, above: of runs on each side; seed_low, seed_high: covered of the seeds
    with the lowest and highest share; truths and on: the same of members with ``LEAST_SEEDS`` runs, by the
    range that is shown, NaN if there are none.
    """
    fold = np.arange(len(found.members)) % folds
    known = runs.groupby("member")[list(HEADLINES)].agg(["mean", "size"])
    rows = []
    for name in HEADLINES:
        values = found.members[name].to_numpy(dtype=float)
        noise = float(found.defaults[name].std(ddof=1)) if len(found.defaults) > 1 else 0.0
        outside = [values[fold != one] for one in range(folds)]
        plain = np.array([np.nanquantile(others, INTERVAL) for others in outside])
        shown = [range_of(others, noise) for others in outside]
        own = np.array([(one["low"], one["high"]) for one in shown])
        side = _sides(runs[name], plain[fold[runs["member"]]])
        by_member = (side == 0).groupby(runs["member"]).mean()
        by_seed = (side == 0).groupby(runs["seed"]).mean()
        truths = known[name][known[name, "size"] >= LEAST_SEEDS]["mean"]
        truth_side = _sides(truths, own[fold[truths.index]])
        rows.append(
            {
                "effect": name,
                "covered": float((side == 0).mean()),
                "se": float(by_member.std(ddof=1) / np.sqrt(len(by_member))),
                "seed_low": float(by_seed.min()),
                "seed_high": float(by_seed.max()),
                "below": float((side < 0).mean()),
                "above": float((side > 0).mean()),
                "truths": float((truth_side == 0).mean()),
                "truths_se": float((truth_side == 0).std(ddof=1) / np.sqrt(max(len(truths), 1))),
                "truths_below": float((truth_side < 0).mean()),
                "truths_above": float((truth_side > 0).mean()),
                "runs": len(runs),
                "members": len(by_member),
                "seeds": len(by_seed),
            }
        )
    return pd.DataFrame(rows)


def _sides(values: pd.Series, spans: np.ndarray) -> pd.Series:
    """Return -1, 0 or 1 of values below, within or above their spans, (N, 2)."""
    return (values > spans[:, 1]).astype(int) - (values < spans[:, 0]).astype(int)
