"""Tables and figures of a paper from a table of the reader's own cities."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from experiments.evaluation.codebook import BANDS
from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.estimators.learners import Learner
from experiments.evaluation.observed_panel import ColumnRoles, read_observed, with_bands
from model.files.user_tables import InputError
from viz.figures.estimate_figures import distance_figure, event_study_figure
from viz.figures.figure_style import write_figures
from viz.reports.regression_table import ENDINGS, RegressionTable

log = logging.getLogger(__name__)
"""Tells, at level INFO, which estimators cannot use a table."""


def write_paper(
    source: str | Path,
    folder: str | Path,
    roles: ColumnRoles | None = None,
    learner: str | Learner = "lasso+boosting",
) -> list[Path]:
    """Write the tables ``effect`` and ``robustness`` (.tex, .docx, .md) and the figures ``event_study`` and
    ``distance`` (.png) of a table of cities and years to a folder; return their paths.

    ``effect``: fixed effects without and with controls, and double machine learning. ``distance``: where the
    table has lon and lat for every city and year. An estimator that cannot use the table, such as an event
    study on one with gaps, is left out; the figure is then of the imputation.

    Raises InputError for a table with mistakes, before anything is computed.
    """
    table, known = read_observed(Path(source), roles)
    outcome, controls = known.outcome, tuple(known.controls or ())
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    treatment = (roles or ColumnRoles()).treatment
    label = "Centre" if treatment == ColumnRoles.treatment else treatment
    labels = {"centre": label, "mean": label}
    unit = outcome if outcome.isascii() else "outcome"  # fonts of figures have no Chinese signs everywhere

    def fixed(cov_type: str) -> Estimate:
        return fixed_effects(table, outcome, controls=controls, cov_type=cov_type)

    def double(kind: str | Learner) -> Estimate:
        return double_ml(table, outcome, controls=controls, settings=DoubleMLSettings(kind))

    effect = {
        "(1)": fixed_effects(table, outcome),
        "(2)": fixed("jackknife"),
        "(3)": double(learner),
    }
    robustness = _possible(
        {
            "Imputation": lambda: imputation(table, outcome, controls=controls),
            "Sun-Abraham": lambda: event_study(table, outcome, comparison="never"),
            "Callaway-Sant'Anna": lambda: event_study(table, outcome),
            "Errors by city and year": lambda: fixed("two-way"),
            "Double ML, lasso": lambda: double("lasso"),
            **({"Errors by distance": lambda: fixed("conley")} if "lon" in table else {}),
        }
    )
    years = robustness.get("Callaway-Sant'Anna", robustness.get("Imputation"))
    figures = {} if years is None else {"event_study": event_study_figure(years, unit)}
    if "lon" in table and len(table) == table["city_id"].nunique() * table["year"].nunique():
        near = with_bands(table)
        seen = {name: f"{low}–{high} km" for (low, high), name in BANDS.items() if near[name].nunique() > 1}
        found = fixed_effects(near, outcome, ["centre", *seen], controls)
        figures["distance"] = distance_figure(found, {"centre": "own centre", **seen}, unit)
    tables = {
        "effect": RegressionTable(effect, labels, f"Effect of {_named(treatment)} on {outcome}"),
        "robustness": RegressionTable(robustness, labels, f"Robustness, {outcome}", keep=tuple(labels)),
    }
    paths = [one.save(place / f"{name}{ending}") for name, one in tables.items() for ending in ENDINGS]
    return paths + write_figures(place, figures)


def _named(treatment: str) -> str:
    return "a centre" if treatment == ColumnRoles.treatment else treatment


def _possible(answers: Mapping[str, Callable[[], Estimate]]) -> dict[str, Estimate]:
    """Return the estimates that the table allows; the reason for one that is left out is logged."""
    found = {}
    for name, answer in answers.items():
        try:
            found[name] = answer()
        except InputError as error:
            log.info("%s is left out: %s", name, error)
    return found
