"""Uncertainty from parameters: ranges, shares of the variance, sentences about them.

Every member is run with one seed, so that its effect holds the chance of that seed too. The variance of that
chance is known from the default parameters, which are run with every seed; ranges are narrowed by it.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.ensemble.members import Ensemble
from experiments.sweep.measures import EFFECTS

Array = NDArray[np.float64]

INTERVAL = (0.05, 0.95)
SIGN_SHARE = 0.9  # of members, for a sign to hold over parameters
FEWEST = 20  # members, for a range
TOP = 5  # parameters named
CHANCE = 0.05  # of any of all parameters by chance, for one to be named
NARROW, WEAK = 0.5, 0.85  # width of the posterior to that of the prior
IDENTIFIED, WEAKLY, NOT = "identified", "weakly", "not"


def narrowed(values: Array, noise: float) -> Array:
    """Return values of members about their median, without the part of their spread that is the seeds'.

    noise: Standard deviation over seeds at fixed parameters.
    """
    total = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    keep = math.sqrt(max(total - noise**2, 0.0) / total) if total > 0 else 0.0
    middle = float(np.median(values))
    return np.asarray(middle + keep * (values - middle))


def range_of(values: Array, noise: float) -> dict[str, float]:
    """Return low, median and high of the parameters, shares of sign and variance, and the members.

    low, high: 5 and 95 % of ``narrowed``; above_zero: share of members above 0; seeds_share: share of the
    variance of one run that is the seeds'. NaN with fewer than ``FEWEST`` members, and where seeds differ as
    much as members do.
    """
    good = values[np.isfinite(values)]
    names = ("low", "median", "high", "above_zero", "seeds_share")
    if len(good) < FEWEST:
        return {**dict.fromkeys(names, math.nan), "members": len(good)}
    own = narrowed(good, noise)
    if not np.ptp(own):  # the seeds' chance hides what parameters do
        return {**dict.fromkeys(names, math.nan), "seeds_share": 1.0, "members": len(good)}
    low, high = np.quantile(own, INTERVAL)
    total = float(good.var(ddof=1))
    share = min(noise**2 / total, 1.0) if total > 0 else math.nan
    found = (low, np.median(own), high, (own > 0).mean(), share)
    return {**dict(zip(names, map(float, found), strict=True)), "members": len(good)}


def effect_ranges(found: Ensemble) -> pd.DataFrame:
    """Return ``range_of`` of every effect: effect, unit, default, then its columns.

    default: the mean over seeds at the default parameters, in the country of the ensemble.
    """
    members, defaults = found.members, found.defaults
    rows = []
    for name, (unit, _) in EFFECTS.items():
        if name not in members:
            continue
        own = defaults[name].to_numpy(dtype=float)
        own = own[np.isfinite(own)]
        noise = float(own.std(ddof=1)) if len(own) > 1 else 0.0
        middle = float(own.mean()) if len(own) else math.nan
        values = members[name].to_numpy(dtype=float)
        rows.append({"effect": name, "unit": unit, "default": middle, **range_of(values, noise)})
    return pd.DataFrame(rows)


def sign_holds(row: pd.Series, expected: int) -> bool:
    """Return whether a sign holds in ``SIGN_SHARE`` of the members."""
    share = row["above_zero"] if expected > 0 else 1.0 - row["above_zero"]
    return bool(share >= SIGN_SHARE)


def strongest(found: Ensemble, effect: str, top: int = TOP) -> pd.DataFrame:
    """Return the parameters that an effect hangs on most: factor, share, slope, beyond_chance.

    share: of the variance between members that a line over the factor explains, adjusted for its one degree
    of freedom (the first-order index where the response is a line); slope: change of the effect from the low
    to the high end of the range; beyond_chance: whether the largest of as many factors without influence
    would reach that share with a chance below ``CHANCE``.
    """
    from scipy.stats import t

    x, y = found.places(), found.members[effect].to_numpy(dtype=float)
    good = np.isfinite(y)
    x, y = x[good], y[good]
    count, factors = x.shape
    if count < FEWEST:
        return pd.DataFrame(columns=["factor", "share", "slope", "beyond_chance"])
    spread = x.std(axis=0)
    centred = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    correlation = centred.T @ (y - y.mean()) / (count * max(float(y.std()), 1e-300))
    adjusted = 1.0 - (1.0 - correlation**2) * (count - 1) / (count - 2)
    least = float(t.isf(0.5 * CHANCE / factors, count - 2))
    strength = np.abs(correlation) * np.sqrt((count - 2) / np.maximum(1.0 - correlation**2, 1e-300))
    order = np.argsort(-np.abs(correlation), kind="stable")[:top]
    return pd.DataFrame(
        {
            "factor": [found.factors[place] for place in order],
            "share": np.maximum(adjusted[order], 0.0),
            "slope": correlation[order] * y.std() / np.where(spread[order] > 0, spread[order], 1.0),
            "beyond_chance": strength[order] > least,
        }
    )


def identifiability(found: Ensemble) -> pd.DataFrame:
    """Return what the published figures say of each parameter: factor, low, median, high, width, told.

    low, median, high: 5, 50 and 95 % of the members, as places in the range; width: of 5 to 95 % of the
    members to that of the range; told: ``identified`` (below half), ``weakly`` (below 85 %) or ``not``.
    """
    low, middle, high = np.quantile(found.places(), (INTERVAL[0], 0.5, INTERVAL[1]), axis=0)
    width = (high - low) / (INTERVAL[1] - INTERVAL[0])
    told = np.where(width < NARROW, IDENTIFIED, np.where(width < WEAK, WEAKLY, NOT))
    columns = {
        "factor": found.factors,
        "low": low,
        "median": middle,
        "high": high,
        "width": width,
        "told": told,
    }
    return pd.DataFrame(columns).sort_values("width", kind="stable", ignore_index=True)
