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

from experiments.evaluation.estimators.estimate import Estimate, make_estimate
from experiments.evaluation.estimators.partially_linear_iv import anderson_rubin, moving_instruments
from model.files.user_tables import InputError

EFFECTS = ("city_id", "year")
EXTRA = "install it with pip install 'computeleap[evaluation]'"


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
    return _estimate(
        found, names, label, frame, **_facts(controls, effects, cluster, frame), weighted=weights
    )


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
    label = f"Poisson regression of {outcome}, effects {', '.join(effects)}"
    return _estimate(found, names, label, frame, **_facts(controls, effects, cluster, frame))


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
    weak instruments too (see ``partially_linear_iv.anderson_rubin``).
    """
    frame, instruments = moving_instruments(frame, instruments)
    formula, table, names = _formula(frame, outcome, treatment, controls, effects, cluster, None, instruments)
    right = formula.split(" | ")[1]
    regressors = " + ".join(controls) or "1"
    formula = f"{outcome} ~ {regressors} | {right} | {treatment} ~ {' + '.join(instruments)}"
    with optional_package("pyfixest") as pyfixest:
        found = pyfixest.feols(formula, table, vcov={"CRV1": cluster}, fixef_rm="none")
        found.IV_Diag()
        first, effective = float(found._f_stat_1st_stage), float(found._eff_F)
        table = table.assign(side_=table[outcome] - table[treatment])
        sides = [
            _estimate(
                pyfixest.feols(
                    f"{side} ~ {' + '.join([*instruments, *controls])} | {right}",
                    table,
                    vcov={"CRV1": cluster},
                    fixef_rm="none",
                ),
                instruments,
                "",
                frame,
            )
            for side in (outcome, treatment, "side_")
        ]
    reduced = [(one.params.to_numpy(), one.covariance.to_numpy()) for one in sides]
    p, bounds = anderson_rubin(reduced, sides[0].dof)
    more = {
        **_facts(controls, effects, cluster, frame),
        "first_stage_f": first,
        "effective_f": effective,
        "anderson_rubin_p": p,
        "anderson_rubin": bounds,
    }
    label = f"Two-stage least squares of {outcome}, instruments {', '.join(instruments)}"
    return _estimate(found, names, label, frame, **more)


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
    used = [
        "city_id",
        "year",
        outcome,
        *names,
        *controls,
        *parts,
        *cluster.split("+"),
        *more,
        *([weights] if weights else []),
    ]
    missing = [name for name in used if name not in frame]
    if missing:
        raise InputError([f"the panel has no column {missing[0]!r}"])
    table = frame[list(dict.fromkeys(used))].copy()
    table[outcome] = table[outcome].astype(float)
    for name in controls:
        if (table.groupby("city_id")[name].nunique() <= 1).all():
            table[name] = table[name] * (table["year"] - table["year"].min())
    return f"{outcome} ~ {' + '.join([*names, *controls])} | {' + '.join(effects)}", table, names


def _facts(
    controls: Sequence[str], effects: Sequence[str], cluster: str, frame: pd.DataFrame
) -> dict[str, object]:
    """Return controls, effects, errors and clusters as a regression table names them."""
    groups = cluster.split("+")
    return {
        "controls": len(controls),
        "effects": ", ".join(effects).replace("city_id", "city"),
        "cov_type": f"by {', '.join(groups).replace('city_id', 'city')}",
        "clusters": " × ".join(f"{frame[name].nunique():,}" for name in groups),
    }


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
        details={"package": "pyfixest", "r2_within": float(getattr(found, "_r2_within", np.nan)), **details},
    )
