"""Estimates and errors next to those of other programs; writes docs/bench/estimator_peers.json.

python -m benchmarks.estimator_peers [FILE]

Needs pyfixest, statsmodels, linearmodels, causaldata, moderndid (for its data), PySensemakr and
convergence-clubs. The page shows the file, and a test holds its differences to their tolerances.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import importlib.resources
import json
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects, fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.estimators.omitted_variable_bias import (
    bias_bound,
    sensitivity_statistics,
    statistics_of_t,
)
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.known_effect import known_panel, lot_panel
from experiments.measures.convergence_clubs import clubs, log_t
from experiments.storage.provenance import versions

PACKAGES = ("pyfixest", "statsmodels", "linearmodels", "causaldata", "PySensemakr", "convergence-clubs")
CASTLE = ("l_police", "unemployrt", "poverty", "l_income", "l_prisoner", "l_lagprisoner")
TEN = tuple(f"x{number}" for number in range(1, 11))
FOLD_SEEDS = 20

Row = dict[str, object]


def row(defect: int, quantity: str, data: str, own: float, peer: float, by: str, tolerance: float) -> Row:
    """Return one comparison; tolerance: of the difference, relative to the peer."""
    return {
        "defect": defect,
        "quantity": quantity,
        "data": data,
        "own": float(own),
        "peer": float(peer),
        "by": by,
        "tolerance": tolerance,
    }


def grunfeld() -> pd.DataFrame:
    """Return the investment of eleven firms in twenty years; the effect is that of a firm's value."""
    from statsmodels.datasets import grunfeld as data

    names = {"invest": "outcome", "value": "centre", "firm": "city_id"}
    return data.load_pandas().data.rename(columns=names)


def castle() -> pd.DataFrame:
    """Return homicides of fifty states from 2000 to 2010; the effect is that of a castle doctrine."""
    from causaldata import castle as data

    frame = data.load_pandas().data
    return frame.rename(columns={"sid": "city_id", "l_homicide": "outcome", "post": "centre"})


def wages() -> pd.DataFrame:
    """Return wages of 545 men in eight years; the effect is that of a union."""
    from linearmodels.datasets import wage_panel

    frame = wage_panel.load().reset_index()
    return frame.rename(columns={"nr": "city_id", "lwage": "outcome", "union": "centre"})


def counties() -> pd.DataFrame:
    """Return employment of 500 counties from 2003 to 2007; the effect is that of a minimum wage."""
    path = importlib.resources.files("moderndid") / "core" / "datasets" / "mpdta_long.pkl.gz"
    with importlib.resources.as_file(path) as place:
        frame = pd.DataFrame(pd.read_pickle(place))
    first = frame["first.treat"]
    centre = ((first > 0) & (frame["year"] >= first)).astype(float)
    return frame.rename(columns={"countyreal": "city_id", "lemp": "outcome"}).assign(centre=centre)


def eight_hosts() -> pd.DataFrame:
    """Return a made-up panel of eight hosts by lot among fifty cities, with ten controls."""
    frame = known_panel(1, cities=50, years=8)
    rng = np.random.default_rng(8)
    opening = dict(zip(rng.choice(50, 8, replace=False) + 1, rng.integers(2008, 2012, 8), strict=True))
    return frame.assign(centre=(frame["year"] >= frame["city_id"].map(opening)).astype(float))


def jackknife_by_refitting(frame: pd.DataFrame, controls: Sequence[str]) -> float:
    """Return the jackknife error of a regression with dummies, fitted again without each city."""

    def slope(part: pd.DataFrame) -> float:
        dummies = [pd.get_dummies(part[name]) for name in ("city_id", "year")]
        columns = np.column_stack([part[["centre", *controls]], *dummies]).astype(float)
        return float(np.linalg.lstsq(columns, part["outcome"].to_numpy(dtype=float), rcond=None)[0][0])

    cities = frame["city_id"].unique()
    without = np.array([slope(frame[frame["city_id"] != city]) for city in cities])
    return float(np.sqrt((len(cities) - 1) / len(cities) * np.sum((without - slope(frame)) ** 2)))


def conley_by_pairs(panel: PanelData, found: Estimate) -> float:
    """Return Conley's error by its definition: pairs of rows of a city, or of a year and within 500 km."""
    left, cities = found.details["residuals"], panel.cities
    score = left[:, 1] * (left[:, 0] - left[:, 1] * found.params["centre"])
    near = np.maximum(0.0, 1.0 - panel.distances / 500.0)[np.ix_(panel.city, panel.city)]
    same_city, same_year = (code[:, None] == code[None, :] for code in (panel.city, panel.year))
    meat = score @ np.where(same_city, 1.0, np.where(same_year, near, 0.0)) @ score
    scale = cities / (cities - 1) * (panel.rows - 1) / (panel.rows - 1 - len(panel.years))
    return float(np.sqrt(scale * meat) / (left[:, 1] @ left[:, 1]))


def sensitivity() -> Iterator[Row]:
    """Yield statistics of PySensemakr, and the bias of a confounder that is known."""
    import sensemakr
    import statsmodels.formula.api as smf

    frame = lot_panel(2, hosts=25, effect=0.2, cities=50, years=10)
    found = fixed_effects(frame, "outcome")
    own = sensitivity_statistics(found)
    fit = smf.ols("outcome ~ centre + C(city_id) + C(year)", frame).fit()
    theirs = sensemakr.sensitivity_stats(model=fit, treatment="centre")
    by, data = "PySensemakr", "made-up, 25 hosts"
    pairs = {
        "partial R²": (own.partial_r2, theirs["r2yd_x"]),
        "robustness value": (own.robustness, theirs["rv_q"]),
        "robustness value at 5 %": (statistics_of_t("", own.t, own.dof).robustness_alpha, theirs["rv_qa"]),
    }
    for name, (ours, other) in pairs.items():
        yield row(1, name, data, ours, other, by, 1e-6)
    rng = np.random.default_rng(3)
    frame["x"] = 0.8 * frame["centre"] + rng.normal(size=len(frame))
    frame["outcome"] += 0.3 * frame["x"]
    short, long = (fixed_effects(frame, "outcome", controls=names) for names in ((), ("x",)))
    of_treatment = sensitivity_statistics(fixed_effects(frame, "x", "centre")).partial_r2
    of_outcome = sensitivity_statistics(fixed_effects(frame, "outcome", ["x", "centre"]), "x").partial_r2
    change = abs(short.params["centre"] - long.params["centre"])
    bound = bias_bound(short, of_treatment, of_outcome)
    yield row(1, "bias of a known confounder", data, bound, change, "the change of the coefficient", 1e-6)


def errors() -> Iterator[Row]:
    """Yield jackknife errors, widths of two-way intervals, and Conley's errors."""
    import pyfixest

    panels = {
        "Grunfeld": (grunfeld(), ("capital",)),
        "castle doctrine": (castle(), CASTLE),
        "made-up, 8 hosts": (eight_hosts(), TEN),
    }
    for data, (frame, controls) in panels.items():
        own = fixed_effects(frame, "outcome", controls=controls).bse["centre"]
        yield row(
            2, "jackknife error (CV3)", data, own, jackknife_by_refitting(frame, controls), "refitting", 0.01
        )
    panels = {"wage panel": (wages(), ()), **panels}
    panels.pop("castle doctrine")
    for data, (frame, controls) in panels.items():
        low, high = fixed_effects(frame, "outcome", controls=controls, cov_type="two-way").conf_int().iloc[0]
        formula = f"outcome ~ {' + '.join(['centre', *controls])} | city_id + year"
        theirs = pyfixest.feols(formula, frame, vcov={"CRV1": "city_id + year"}).confint().loc["centre"]
        width = float(theirs.iloc[1] - theirs.iloc[0])
        yield row(5, "width of the two-way interval", data, high - low, width, "pyfixest", 0.01)
    frame = lot_panel(2, hosts=12, effect=0.1, cities=40, years=8)
    panel = panel_data(frame, "outcome", "centre")
    found = estimate_fixed_effects(panel, "conley")
    summed, data = conley_by_pairs(panel, found), "made-up, 40 cities"
    yield row(8, "Conley’s error", data, found.bse["centre"], summed, "sum over pairs of rows", 1e-6)


def differences() -> Iterator[Row]:
    """Yield event studies and imputation."""
    import pyfixest

    frame = counties()
    # aggte(att_gt(…, control_group = "notyettreated")) of R's did, and csdid with its regression adjustment.
    published = {
        (): (-0.03976363, 0.01205, "did (R)"),
        ("lpop",): (-0.04137477, 0.01138, "csdid"),
    }
    for controls, (value, error, by) in published.items():
        found = event_study(frame, "outcome", controls=controls)
        data = f"mpdta{', control lpop' if controls else ''}"
        yield row(7 if controls else 12, "mean effect", data, found.params["mean"], value, by, 1e-6)
        yield row(12, "its error", data, found.bse["mean"], error, by, 0.01)
    frame = lot_panel(1, hosts=30, effect=0.1, growth=0.02, cities=60, years=12)
    first = frame[frame["centre"] > 0].groupby("city_id")["year"].min()
    frame["first"] = frame["city_id"].map(first).fillna(0).astype(int)
    theirs = pyfixest.did2s(
        frame,
        yname="outcome",
        first_stage="~ 0 | city_id + year",
        second_stage="~ i(centre, ref=0)",
        treatment="centre",
        cluster="city_id",
    )
    own = imputation(frame, "outcome").params["mean"]
    yield row(
        3,
        "mean of effects that grow",
        "made-up, 30 hosts",
        own,
        theirs.coef().iloc[0],
        "pyfixest did2s",
        1e-4,
    )


def convergence() -> Iterator[Row]:
    """Yield the log t test and the clubs of 152 countries as published."""
    from convergence_clubs.datasets import load_filtered_gdp

    y = load_filtered_gdp().to_numpy().T
    found = log_t(y, 1 / 3, published=True)
    by, data = "Phillips & Sul", "152 countries"
    yield row(9, "b of log t", data, found.slope, -0.8748, by, 1e-4)
    yield row(9, "t of log t", data, found.t, -159.56, by, 1e-4)
    sizes = np.bincount(clubs(y, 1 / 3, published=True))[1:]
    for place, size in enumerate((50, 30, 21, 38, 11, 2)):
        yield row(9, f"countries in club {place + 1}", data, sizes[place], size, by, 0.0)


def fold_ranges() -> dict[str, list[float]]:
    """Return the least and the largest estimate over seeds of the folds, of one split and by default."""
    frame = eight_hosts()
    found = {}
    for name, repeats in (("one split", 1), ("default", None)):
        settings = (
            DoubleMLSettings("lasso", seed=seed, repeats=repeats) for seed in range(1, FOLD_SEEDS + 1)
        )
        values = [
            double_ml(frame, "outcome", controls=TEN, settings=one).params["centre"] for one in settings
        ]
        found[name] = [round(float(min(values)), 4), round(float(max(values)), 4)]
    return found


def main(path: Path) -> None:
    """Compare, print and write the rows with date and versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages
        rows = [*sensitivity(), *errors(), *differences(), *convergence()]
        folds = fold_ranges()
    facts = {
        "date": datetime.date.today().isoformat(),
        "versions": {**versions(), **{name: importlib.metadata.version(name) for name in PACKAGES}},
        "rows": sorted(rows, key=lambda one: str(one["defect"]).zfill(2)),
        "folds": folds,
    }
    path.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(pd.DataFrame(facts["rows"]).to_string(index=False))
    print(folds)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/bench/estimator_peers.json"))
