"""Sensitivity of a result to the factors of a store: Sobol indices, elementary effects (Morris), PAWN.

A design for an analysis is a whole: a Sobol block or a Morris trajectory that misses a point is useless.
Points without a result are therefore never filled in. Their trajectories (Morris), blocks (Saltelli) or
points (PAWN) are left out, and the answer says how many; more than MOST_LOST of them are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.suggestions import did_you_mean
from experiments.sweep.design import salib_problem
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment
from experiments.sweep.store import schemas
from experiments.sweep.sweep import Sweep

METHODS = {"saltelli": "sobol", "morris": "morris"}  # kind of design → its method; others: PAWN
MOST_LOST = 0.2  # share of trajectories, blocks or points that may be left out
CONFIDENCE = 0.95
PAWN_SLICES = 10
FEWEST = {"sobol": 32, "morris": 10}  # blocks, trajectories, for intervals that can be trusted
RANGES = {"sobol": "the range of a share, 0 to 1", "morris": "the range of the effects, 0 to the largest"}
FEWEST_PAWN = 50  # points

Columns = NDArray[np.float64]


@dataclass(frozen=True)
class Sensitivity:
    """Indices of every factor, and what was left out to compute them.

    ``table`` has one row a factor, the most important first. Sobol: ``first`` (S1) and ``total`` (ST), shares
    of variance, with half-widths of 95 % intervals ``first_conf`` and ``total_conf``. Morris: ``mu``,
    ``mu_star``, ``sigma``, in units of the result over the whole range of the factor, and ``mu_star_conf``.
    PAWN: ``median``, ``maximum`` and ``cv`` of Kolmogorov-Smirnov distances, and ``dummy``, the median that a
    factor without any influence has in the same sample.
    """

    method: str
    result: str
    table: pd.DataFrame
    used: int
    left_out: int
    remark: str


def sensitivity(sweep: Sweep, result: str, method: str | None = None, seed: int = 1) -> Sensitivity:
    """Return the sensitivity of the mean over replications of a final value to the factors of a store.

    method: ``sobol`` needs a ``saltelli`` design, ``morris`` a ``morris`` design, ``pawn`` any sampled one;
    by default what the design was made for. seed: of the bootstrap behind the intervals.

    Raises SweepError for an unknown result, a design that does not fit, too many missing points.
    """
    experiment = sweep.experiment
    kind = experiment.design.kind
    chosen = method or METHODS.get(kind, "pawn")
    unit = sweep.store.unit()
    if unit is None:
        raise SweepError(
            f"sensitivity needs a sampled design (morris, saltelli, lhs, sobol, random), not {kind}"
        )
    if chosen not in ("sobol", "morris", "pawn"):
        raise SweepError(f"there is no method {chosen!r}; there are sobol, morris and pawn")
    needed = {"sobol": "saltelli", "morris": "morris"}.get(chosen, kind)
    if needed != kind:
        raise SweepError(
            f"{chosen} needs a design of kind {needed}, not {kind}; pawn takes any sampled design"
        )
    means = point_means(sweep, result)
    size = _block(experiment) if chosen != "pawn" else 1
    whole = np.isfinite(means).reshape(-1, size).all(axis=1)
    what = {"sobol": "blocks", "morris": "trajectories", "pawn": "points"}[chosen]
    lost = int((~whole).sum())
    if lost > MOST_LOST * len(whole):
        raise SweepError(
            f"{lost:,} of {len(whole):,} {what} have no result of {result}, more than "
            f"{100 * MOST_LOST:.0f} %: run the missing runs, retry the failed ones, or inspect them "
            "(sweep status, sweep retry)"
        )
    kept = np.repeat(whole, size)
    x, y = unit.to_numpy()[kept], means[kept]
    if not len(y) or np.ptp(y) == 0.0:
        raise SweepError(f"{result} has the same value at every point, so there is nothing to attribute")
    table = _ANALYSES[chosen](experiment, x, y, seed)
    remark = f"{len(whole) - lost:,} {what} used"
    remark += f"; {lost:,} left out, as a run in them has no result" if lost else ""
    unsure = undetermined(chosen, table)
    if len(unsure) == len(table):
        raise SweepError(
            f"{remark}, too few for {result}: the 95 % interval of every factor is wider than "
            f"{RANGES[chosen]}; run a design with more {what} (design.n)"
        )
    if len(whole) - lost < FEWEST.get(chosen, 0):
        remark += f"; from fewer than {FEWEST[chosen]} the intervals themselves are rough"
    if unsure:
        remark += (
            f"; the 95 % interval of {', '.join(unsure)} is wider than {RANGES[chosen]}: "
            f"it needs more {what} (design.n)"
        )
    return Sensitivity(chosen, result, table, len(whole) - lost, lost, remark)


def undetermined(method: str, table: pd.DataFrame) -> list[str]:
    """Return the factors whose interval is wider than the range of the index, which tells nothing.

    Shares of variance lie between 0 and 1, so half a width above a half; mean elementary effects lie between
    0 and the largest of them. PAWN has no interval.
    """
    if method == "pawn":
        return []
    if method == "sobol":
        known = (table[["first_conf", "total_conf"]] <= 0.5).all(axis=1)
    else:
        known = 2.0 * table["mu_star_conf"] <= table["mu_star"].max()
    return [str(name) for name in table.loc[~known, "factor"]]


def point_means(sweep: Sweep, result: str) -> Columns:
    """Return the mean of a final value over each point's replications, (points,); NaN if one is missing."""
    experiment = sweep.experiment
    check_result(sweep, result)
    found = sweep.sql(
        f'select point, avg("{result}") as mean, count(case when isfinite("{result}") then 1 end) as runs '
        "from finals group by point"
    )
    means = np.full(sweep.store.frozen.points, np.nan)
    complete = found["runs"] == experiment.seeds
    means[found.loc[complete, "point"]] = found.loc[complete, "mean"]
    return means


def check_result(sweep: Sweep, result: str, yearly: bool = False) -> None:
    """Refuse a name that is not a final value, or yearly metric, of the store. Raises SweepError."""
    tables = schemas(sweep.store.frozen.experiment)
    known = tables["metrics"].names[2:] if yearly else tables["finals"].names[1:]
    if result not in known:
        kind = "yearly metric" if yearly else "result"
        raise SweepError(f"there is no {kind} {result!r} in the store{did_you_mean(result, known)}")


def _block(experiment: Experiment) -> int:
    """Return the size of a Morris trajectory or a Saltelli block."""
    factors = len(experiment.design.factors)
    if experiment.design.kind == "morris":
        return factors + 1
    return 2 * factors + 2 if experiment.design.second_order else factors + 2


def _sobol(experiment: Experiment, x: Columns, y: Columns, seed: int) -> pd.DataFrame:
    from SALib.analyze import sobol

    problem, second = salib_problem(experiment), experiment.design.second_order
    found = sobol.analyze(problem, y, calc_second_order=second, conf_level=CONFIDENCE, seed=seed)
    columns = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    return _table(experiment, {name: found[key] for name, key in columns.items()}, "total")


def _morris(experiment: Experiment, x: Columns, y: Columns, seed: int) -> pd.DataFrame:
    from SALib.analyze import morris

    found = morris.analyze(
        salib_problem(experiment), x, y, num_levels=experiment.design.levels, conf_level=CONFIDENCE, seed=seed
    )
    columns = {"mu": "mu", "mu_star": "mu_star", "mu_star_conf": "mu_star_conf", "sigma": "sigma"}
    return _table(experiment, {name: np.asarray(found[key]) for name, key in columns.items()}, "mu_star")


def _pawn(experiment: Experiment, x: Columns, y: Columns, seed: int) -> pd.DataFrame:
    from SALib.analyze import pawn

    if len(y) < FEWEST_PAWN:
        raise SweepError(f"pawn needs {FEWEST_PAWN} points, and there are {len(y)}")
    problem = salib_problem(experiment)
    # In a finite sample no index is 0: a dummy of pure noise shows the index of a factor without influence.
    dummy = np.random.Generator(np.random.PCG64(seed)).random((len(y), 1))
    names = [*problem["names"], "dummy"]
    wider: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    found = pawn.analyze(wider, np.hstack([x, dummy]), y, S=PAWN_SLICES, seed=seed)
    columns = {"median": "median", "maximum": "maximum", "cv": "CV"}
    values = {name: np.asarray(found[key]) for name, key in columns.items()}
    table = _table(experiment, {name: column[:-1] for name, column in values.items()}, "median")
    return table.assign(dummy=values["median"][-1])


_ANALYSES = {"sobol": _sobol, "morris": _morris, "pawn": _pawn}


def _table(experiment: Experiment, columns: dict[str, Any], by: str) -> pd.DataFrame:
    table = pd.DataFrame({"factor": salib_problem(experiment)["names"], **columns})
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)
