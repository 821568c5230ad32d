"""Total, own and spillover effects of a panel, by regression of known effects on the statistics of worlds.

The statistics of a panel are computed in every world alike; a sparse regression predicts the true effects of
the worlds from them and from their products with the response of the price, and the errors that it makes for
members of the ensemble it was not fitted to are the errors of an estimate. [Gourieroux, Monfort & Renault
1993, Journal of Applied Econometrics 8(S); Beaumont, Zhang & Balding 2002, Genetics 162(4); Fearnhead &
Prangle 2012, JRSS-B 74(3); intervals: Lei, G'Sell, Rinaldo, Tibshirani & Wasserman 2018, JASA 113(523)]
"""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, LassoCV
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.indirect_inference.panel_statistics import panel_statistics
from experiments.evaluation.indirect_inference.simulated_worlds import EFFECTS, FACTS, NOTHING
from experiments.storage import parquet
from model.files.user_tables import InputError

LEVEL = 0.9  # of the intervals, as of the ensemble's ranges
FOLDS = 10
ROUNDS = 20_000
ANSWER = "own.log_compute_price"  # how a centre moves the price in its city: effects are in proportion to it
EDGE = 0.01  # of the worlds on either side: statistics beyond are taken as at the edge
UNLIKE = 0.01  # share of worlds at least as far from the others, below which a panel is none of them
FEWEST_WORLDS = 60
TABLE, ABOUT = "worlds.parquet", "worlds.json"
MEANINGS = {
    "total": "total effect on hosts",
    "own": "own effect of a host's centre",
    "on_others": "effect on cities without a centre",
}


@dataclass(frozen=True)
class Fitted:
    """One effect, regressed on the statistics of worlds; the scale of its error is floor + |estimate|.

    ``left_out``: estimate of each world, fitted without its member; ``ratio``: quantile of errors over scale.
    """

    model: Pipeline
    truth: Floats
    left_out: Floats
    floor: float
    ratio: float

    def half_width(self, estimate: Floats) -> Floats:
        """Return half the width of the interval of each estimate."""
        return self.ratio * (self.floor + np.abs(estimate))


@dataclass(frozen=True)
class Inference:
    """Regressions of effects on statistics; ``low``, ``high``: edges of the statistics among the worlds."""

    names: tuple[str, ...]
    low: Floats
    high: Floats
    fits: dict[str, Fitted]
    worlds: Floats

    def estimate(self, statistics: Floats) -> pd.DataFrame:
        """Return estimates and intervals of rows of statistics, (n, k): EFFECT, EFFECT_low, EFFECT_high."""
        given = _terms(np.clip(statistics, self.low, self.high), self.names)
        found: dict[str, Floats] = {}
        for name, fit in self.fits.items():
            value = np.asarray(fit.model.predict(given), dtype=np.float64)
            half = fit.half_width(value)
            found |= {name: value, f"{name}_low": value - half, f"{name}_high": value + half}
        return pd.DataFrame(found)

    def likeness(self, statistics: Floats) -> float:
        """Return the share of worlds that lie at least as far from the others as a panel, (k,)."""
        middle, spread = np.median(self.worlds, axis=0), self.worlds.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        own = (((statistics - middle) / spread) ** 2).sum()
        return float(((((self.worlds - middle) / spread) ** 2).sum(axis=1) >= own).mean())


def fit_worlds(worlds: pd.DataFrame, names: Sequence[str]) -> Inference:
    """Regress the effects of worlds of one state of the data on statistics by name.

    Raises InputError for too few worlds.
    """
    if len(worlds) < FEWEST_WORLDS:
        raise InputError([f"{len(worlds)} worlds are too few: at least {FEWEST_WORLDS}"])
    given = worlds[list(names)].to_numpy(dtype=float)
    low, high = np.quantile(given, [EDGE, 1.0 - EDGE], axis=0)
    fits = {}
    for name in EFFECTS:
        known = worlds[name].notna().to_numpy()
        x = _terms(np.clip(given[known], low, high), names)
        y = worlds.loc[known, name].to_numpy(dtype=float)
        model, left_out = _left_out(x, y, worlds.loc[known, "member"].to_numpy())
        floor, ratio = _scale(np.abs(left_out - y), np.abs(left_out))
        fits[name] = Fitted(model, y, left_out, floor, ratio)
    return Inference(tuple(names), low, high, fits, np.clip(given, low, high))


def _terms(statistics: Floats, names: Sequence[str]) -> Floats:
    """Return statistics, (n, k), and their products with the response of the price, if it is one of them."""
    if ANSWER not in names:
        return statistics
    return np.column_stack([statistics, statistics * statistics[:, [list(names).index(ANSWER)]]])


def _left_out(x: Floats, y: Floats, members: np.ndarray) -> tuple[Pipeline, Floats]:
    """Return the regression of all worlds, and the estimate of each by one without its member.

    The penalty is chosen once, by cross-validation over members.
    """
    folds = list(GroupKFold(FOLDS).split(x, y, members))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scaled = StandardScaler().fit_transform(x)
        penalty = LassoCV(cv=folds, max_iter=ROUNDS, tol=1e-3).fit(scaled, y).alpha_
        model = make_pipeline(StandardScaler(), Lasso(penalty, max_iter=ROUNDS))
        left_out = cross_val_predict(model, x, y, cv=folds)
        return model.fit(x, y), np.asarray(left_out, dtype=np.float64)


def _scale(errors: Floats, sizes: Floats) -> tuple[float, float]:
    """Return the floor that makes errors over floor + size most alike (Laplace), and their quantile."""
    floors = np.quantile(errors, 0.5) * np.geomspace(0.1, 30.0, 40)
    scales = floors[:, None] + sizes[None, :]
    likelihood = -np.log(scales).mean(axis=1) - np.log((errors[None, :] / scales).mean(axis=1))
    best = int(likelihood.argmax())
    share = min(LEVEL * (1.0 + 1.0 / len(errors)), 1.0)
    return float(floors[best]), float(np.quantile(errors / scales[best], share))


@functools.cache
def shipped_worlds() -> pd.DataFrame:
    """Return the worlds of this version: a row for each world and state of the data."""
    place = resources.files("experiments.evaluation.indirect_inference").joinpath("data", TABLE)
    with resources.as_file(place) as file:
        return parquet.read(file)


def about_worlds() -> dict[str, object]:
    """Return how the shipped worlds were made."""
    place = resources.files("experiments.evaluation.indirect_inference").joinpath("data", ABOUT)
    return dict(json.loads(place.read_text(encoding="utf-8")))


def policy_effects(
    panel: pd.DataFrame, outcome: str = "log_innovations", controls: Sequence[str] = ()
) -> pd.DataFrame:
    """Estimate total, own and spillover effects on ln(1 + expected innovations) of a panel.

    A row for each: effect, meaning, estimate, low, high (90 %), and prior_low, prior_high, the 5 to 95 %
    range of the worlds before the panel is seen. ``attrs["likeness"]``: share of worlds at least as unusual.

    Raises InputError for a panel that is like no world: other sizes of statistics than any of them has.
    """
    found = panel_statistics(panel, outcome, controls)
    state = "expected" if "expected" in outcome else "counts"
    worlds = shipped_worlds()
    worlds = worlds[worlds["data"] == state]
    names = [name for name in statistics_of(worlds) if name in found]
    inference = fit_worlds(worlds, names)
    statistics = np.array([found[name] for name in names])
    likeness = inference.likeness(statistics)
    if likeness < UNLIKE:
        far = np.abs(statistics - inference.worlds.mean(axis=0)) / np.maximum(
            inference.worlds.std(axis=0), 1e-12
        )
        what = (
            f"the panel is like none of {len(worlds)} simulated worlds (statistic {names[int(far.argmax())]})"
        )
        raise InputError([f"{what}: its total effect cannot be inferred from them"])
    row = inference.estimate(statistics[None, :]).iloc[0]
    table = pd.DataFrame(
        [
            {
                "effect": name,
                "meaning": MEANINGS[name],
                "estimate": row[name],
                "low": row[f"{name}_low"],
                "high": row[f"{name}_high"],
                **dict(
                    zip(("prior_low", "prior_high"), np.nanquantile(worlds[name], [0.05, 0.95]), strict=True)
                ),
            }
            for name in EFFECTS
        ]
    )
    table.attrs["likeness"] = likeness
    return table


def statistics_of(worlds: pd.DataFrame) -> list[str]:
    """Return the names of the statistics of a table of worlds."""
    return [name for name in worlds if name not in FACTS]


def left_out_scores(worlds: pd.DataFrame) -> pd.DataFrame:
    """Return how well effects of members that were left out are found: a row for each state and effect.

    explained: share of the variance of true effects; bias, coverage of the 90 % intervals and its Monte Carlo
    error, width to that of the worlds' 5 to 95 %; null_power: share of intervals that exclude 0
    where centres sell next to nothing.
    """
    rows = []
    for state, part in worlds[worlds["cell"] == ""].groupby("data", sort=False):
        inference = fit_worlds(part, statistics_of(part))
        for name, fit in inference.fits.items():
            error, half = fit.left_out - fit.truth, fit.half_width(fit.left_out)
            held = np.abs(error) <= half
            null = part.loc[part[name].notna(), "size"].to_numpy() <= NOTHING
            prior = np.ptp(np.quantile(fit.truth, [0.05, 0.95]))
            rows.append(
                {
                    "data": state,
                    "effect": name,
                    "worlds": len(error),
                    "mean": fit.truth.mean(),
                    "explained": 1.0 - (error**2).mean() / fit.truth.var(),
                    "bias": error.mean(),
                    "coverage": held.mean(),
                    "coverage_se": float(np.sqrt(held.mean() * (1 - held.mean()) / len(held))),
                    "width": 2.0 * half.mean() / prior,
                    "null_power": (np.abs(fit.left_out) > half)[null].mean() if null.any() else np.nan,
                }
            )
    return pd.DataFrame(rows)


def cell_scores(worlds: pd.DataFrame, trained_on: dict[str, str] | None = None) -> pd.DataFrame:
    """Return how well panels of the audit's cells are judged by worlds of the ensemble, a row for each cell.

    true: mean total effect; bias with its Monte Carlo error; coverage of 90 % intervals: of the cell's mean
    effect, and ``coverage_own_panel`` of the panel's; power: share that exclude 0 on the side of the truth.
    trained_on: state of a cell → state of the worlds; an economist knows what is left out, not what is wrong.
    """
    trained_on = trained_on or {"flawed": "counts"}
    rows = []
    cells = worlds[worlds["cell"] != ""]
    for (cell, state), part in cells.groupby(["cell", "data"], sort=False):
        known = worlds[(worlds["cell"] == "") & (worlds["data"] == trained_on.get(str(state), state))]
        inference = fit_worlds(known, statistics_of(known))
        found = inference.estimate(part[list(inference.names)].to_numpy(dtype=float))
        for way in part["sites"].unique():
            here = (part["sites"] == way).to_numpy()
            for name in EFFECTS:
                true = part.loc[here, name].to_numpy(dtype=float)
                good = np.isfinite(true)
                value, low, high = (found.loc[here, name + end].to_numpy() for end in ("", "_low", "_high"))
                mean = true[good].mean()
                off = (value - true)[good]
                held = (low <= mean) & (mean <= high)
                rows.append(
                    {
                        "spillover": cell,
                        "data": state,
                        "sites": way,
                        "effect": name,
                        "panels": len(value),
                        "true": mean,
                        "estimate": value.mean(),
                        "bias": value.mean() - mean,
                        "bias_se": off.std(ddof=1) / np.sqrt(len(off)),
                        "sd": value.std(ddof=1),
                        "coverage": held.mean(),
                        "coverage_own_panel": ((low <= true) & (true <= high))[good].mean(),
                        "power": (low > 0).mean() if mean > 0 else (high < 0).mean(),
                    }
                )
    return pd.DataFrame(rows)
