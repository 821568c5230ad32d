"""Regressions of pyfixest on a city panel: further fixed effects, weights, clusters, Poisson, instruments.

pyfixest is of the optional extra ``evaluation`` and takes seconds to import, so it is imported on first use.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.measures.ols import group_sums
from model.files.user_tables import InputError

EFFECTS = ("city_id", "year")
EXTRA = "install it with pip install 'computeleap[evaluation]'"
WIDEST = 1e6  # half width at which an Anderson-Rubin set counts as open, in errors of the reduced form


@contextmanager
def optional_package(name: str) -> Iterator[ModuleType]:
    """Import and yield a package of the extra, without its warnings.

    Raises InputError if it is not installed or cannot use the panel.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield importlib.import_module(name)
        except ImportError as error:
            raise InputError([f"{name.split('.')[0]} is not installed ({error}): {EXTRA}"]) from None
        except (ValueError, NotImplementedError, np.linalg.LinAlgError) as error:
            raise InputError([f"{name} cannot use this panel: {' '.join(str(error).split())}"]) from error


def further_fixed_effects(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str | Sequence[str] = "centre",
    controls: Sequence[str] = (),
    effects: Sequence[str] = EFFECTS,
    cluster: str = "city_id",
    weights: str | None = None,
) -> Estimate:
    """Estimate least squares with any fixed effects, errors clustered by any column, and weights.

    effects: columns, or several joined by ``^`` for their combinations: ``province^year``. cluster: a column,
    or two joined by ``+``.
    """
    formula, table, names = _formula(frame, outcome, treatment, controls, effects, cluster, weights)
    with optional_package("pyfixest") as pyfixest:
        found = pyfixest.feols(formula, table, vcov={"CRV1": cluster}, weights=weights, fixef_rm="none")
    label = f"Least squares of {outcome}, effects {', '.join(effects)}, errors by {cluster}"
    return _estimate(found, names, label, frame, weighted=weights)


def poisson(
    frame: pd.DataFrame,
    outcome: str = "innovations",
    treatment: str | Sequence[str] = "centre",
    controls: Sequence[str] = (),
    effects: Sequence[str] = EFFECTS,
    cluster: str = "city_id",
) -> Estimate:
    """Estimate a Poisson regression with fixed effects, for counts such as patents: effects in log points.

    Cities whose count is always 0 say nothing and are left out. [Santos Silva & Tenreyro 2006, Review of
    Economics and Statistics 88(4)]
    """
    formula, table, names = _formula(frame, outcome, treatment, controls, effects, cluster, None)
    if (table[outcome] < 0).any():
        raise InputError([f"column {outcome} has negative numbers: a Poisson regression takes counts"])
    with optional_package("pyfixest") as pyfixest:
        found = pyfixest.fepois(formula, table, vcov={"CRV1": cluster})
    return _estimate(found, names, f"Poisson regression of {outcome}, effects {', '.join(effects)}", frame)


def instrumented(
    frame: pd.DataFrame,
    instruments: Sequence[str],
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    effects: Sequence[str] = EFFECTS,
    cluster: str = "city_id",
) -> Estimate:
    """Estimate two-stage least squares with fixed effects; fixed instruments, such as slope, enter by year.

    ``details``: ``first_stage_f``, clustered; ``effective_f`` [Montiel Olea & Pflueger 2013];
    ``anderson_rubin_p``, of no effect, and ``anderson_rubin``, the 95 % set, low and high, which holds with
    weak instruments too: infinite ends where they say nothing, NaN where they contradict each other.
    [Anderson & Rubin 1949]
    """
    frame, instruments = _moving(frame, instruments)
    formula, table, names = _formula(frame, outcome, treatment, controls, effects, cluster, None, instruments)
    right = formula.split(" | ")[1]
    regressors = " + ".join(controls) or "1"
    formula = f"{outcome} ~ {regressors} | {right} | {treatment} ~ {' + '.join(instruments)}"
    with optional_package("pyfixest") as pyfixest:
        found = pyfixest.feols(formula, table, vcov={"CRV1": cluster}, fixef_rm="none")
        found.IV_Diag()
        first, effective = float(found._f_stat_1st_stage), float(found._eff_F)
        reduced = [
            pyfixest.feols(
                f"{side} ~ {' + '.join([*instruments, *controls])} | {right}",
                table,
                vcov={"CRV1": cluster},
                fixef_rm="none",
            )
            for side in (outcome, treatment)
        ]
    codes = np.unique(table[cluster], return_inverse=True)[1]
    p, bounds = _anderson_rubin(reduced, instruments, codes)
    more = {
        "first_stage_f": first,
        "effective_f": effective,
        "anderson_rubin_p": p,
        "anderson_rubin": bounds,
    }
    label = f"Two-stage least squares of {outcome}, instruments {', '.join(instruments)}"
    return _estimate(found, names, label, frame, **more)


def _moving(frame: pd.DataFrame, instruments: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the table with instruments that change: a fixed trait times the years since the first."""
    missing = [name for name in instruments if name not in frame]
    if missing or not instruments:
        raise InputError([f"the panel has no column {missing[0]!r}" if missing else "name an instrument"])
    found, names = frame.copy(), []
    for name in instruments:
        fixed = (frame.groupby("city_id")[name].nunique() <= 1).all()
        names.append(f"{name}_by_year" if fixed else name)
        if fixed:
            found[names[-1]] = frame[name] * (frame["year"] - frame["year"].min())
    return found, names


def _formula(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str | Sequence[str],
    controls: Sequence[str],
    effects: Sequence[str],
    cluster: str,
    weights: str | None,
    more: Sequence[str] = (),
) -> tuple[str, pd.DataFrame, tuple[str, ...]]:
    """Return the formula, its columns, fixed controls as trends, and the names of the treatments."""
    names = (treatment,) if isinstance(treatment, str) else tuple(treatment)
    parts = [part for text in effects for part in text.split("^")]
    used = [outcome, *names, *controls, *parts, *cluster.split("+"), *more, *([weights] if weights else [])]
    missing = [name for name in used if name not in frame]
    if missing:
        raise InputError([f"the panel has no column {missing[0]!r}"])
    table = frame[list(dict.fromkeys([*used, "city_id", "year"]))].copy()
    table[outcome] = table[outcome].astype(float)
    for name in controls:
        if (table.groupby("city_id")[name].nunique() <= 1).all():
            table[name] = table[name] * (table["year"] - table["year"].min())
    return f"{outcome} ~ {' + '.join([*names, *controls])} | {' + '.join(effects)}", table, names


def _estimate(found: Any, names: Sequence[str], method: str, frame: pd.DataFrame, **details: Any) -> Estimate:
    order = [list(found._coefnames).index(name) for name in names]
    return make_estimate(
        tuple(names),
        np.asarray(found._beta_hat, dtype=float)[order],
        np.asarray(found._vcov, dtype=float)[np.ix_(order, order)],
        dof=float(found._df_t),
        nobs=int(found._N),
        cities=int(frame["city_id"].nunique()),
        method=method,
        details={"package": "pyfixest", **details},
    )


def _anderson_rubin(
    reduced: Sequence[Any], instruments: Sequence[str], cluster: np.ndarray
) -> tuple[float, tuple[float, float]]:
    """Return p of no effect and the 95 % set: values b at which outcome − b·treatment has no reduced form."""
    places = [list(reduced[0]._coefnames).index(name) for name in instruments]
    slopes = [np.asarray(one._beta_hat, dtype=float)[places] for one in reduced]
    design = np.asarray(reduced[0]._X, dtype=float)
    bread = np.linalg.inv(design.T @ design)
    sums = [
        group_sums(design * np.asarray(one._u_hat, dtype=float).reshape(-1, 1), cluster) for one in reduced
    ]
    scale = np.asarray(reduced[0]._vcov)[0, 0] / (bread @ sums[0].T @ sums[0] @ bread)[0, 0]
    cross: list[list[Floats]] = [
        [scale * (bread @ one.T @ other @ bread)[np.ix_(places, places)] for other in sums] for one in sums
    ]

    def p_at(effect: float) -> float:
        off = slopes[0] - effect * slopes[1]
        spread = cross[0][0] - effect * (cross[0][1] + cross[1][0]) + effect**2 * cross[1][1]
        statistic = float(off @ np.linalg.solve(spread, off)) / len(places)
        return float(stats.f.sf(statistic, len(places), reduced[0]._df_t))

    unit = float(np.sqrt(cross[0][0][0, 0]) / max(abs(slopes[1][0]), 1e-12))
    middle = float(slopes[0] @ slopes[1] / (slopes[1] @ slopes[1]))
    reach = np.geomspace(1e-3, WIDEST, 400) * unit
    grid = np.concatenate([middle - reach[::-1], [middle], middle + reach])
    kept = np.array([p_at(value) > 0.05 for value in grid])
    if not kept.any():
        return p_at(0.0), (float("nan"), float("nan"))
    low, high = int(kept.argmax()), int(len(kept) - 1 - kept[::-1].argmax())
    ends = (
        (-np.inf if low == 0 else _end(p_at, grid[low - 1], grid[low])),
        (np.inf if high == len(grid) - 1 else _end(p_at, grid[high + 1], grid[high])),
    )
    return p_at(0.0), (float(ends[0]), float(ends[1]))


def _end(p_at: Any, outside: float, inside: float) -> float:
    for _ in range(60):
        between = 0.5 * (outside + inside)
        outside, inside = (outside, between) if p_at(between) > 0.05 else (between, inside)
    return inside
