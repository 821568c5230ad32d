"""Tables and figures of a paper from a table of the reader's own cities."""

from __future__ import annotations

from pathlib import Path

from experiments.evaluation.codebook import BANDS
from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.estimators.learners import Learner
from experiments.evaluation.observed_panel import ColumnRoles, read_observed, with_bands
from viz.figures.estimate_figures import distance_figure, event_study_figure
from viz.figures.figure_style import write_figures
from viz.reports.regression_table import ENDINGS, RegressionTable

LABELS = {"centre": "Centre", "mean": "Centre"}


def write_paper(
    source: str | Path,
    folder: str | Path,
    roles: ColumnRoles | None = None,
    learner: str | Learner = "lasso+boosting",
) -> list[Path]:
    """Write the tables ``effect`` and ``robustness`` (.tex, .docx, .md) and the figures ``event_study`` and
    ``distance`` (.png) of a table of cities and years to a folder; return their paths.

    ``effect``: fixed effects without and with controls, and double machine learning. ``distance``: where the
    table has lon and lat for every city and year.

    Raises InputError for a table with mistakes, before anything is computed.
    """
    table, known = read_observed(Path(source), roles)
    outcome, controls = known.outcome, tuple(known.controls or ())
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    years = event_study(table, outcome)
    unit = outcome if outcome.isascii() else "outcome"  # fonts of figures have no Chinese signs everywhere
    effect: dict[str, Estimate] = {
        "(1)": fixed_effects(table, outcome),
        "(2)": fixed_effects(table, outcome, controls=controls),
        "(3)": double_ml(table, outcome, controls=controls, settings=DoubleMLSettings(learner)),
    }
    robustness: dict[str, Estimate] = {
        "Imputation": imputation(table, outcome, controls=controls),
        "Sun-Abraham": event_study(table, outcome, comparison="never"),
        "Callaway-Sant'Anna": years,
        "Errors by city and year": fixed_effects(table, outcome, controls=controls, cov_type="two-way"),
        "Double ML, lasso": double_ml(table, outcome, controls=controls, settings=DoubleMLSettings("lasso")),
    }
    figures = {"event_study": event_study_figure(years, unit)}
    if "lon" in table:
        robustness["Errors by distance"] = fixed_effects(table, outcome, controls=controls, cov_type="conley")
        if len(table) == table["city_id"].nunique() * table["year"].nunique():
            near = with_bands(table)
            seen = {
                name: f"{low}–{high} km" for (low, high), name in BANDS.items() if near[name].nunique() > 1
            }
            found = fixed_effects(near, outcome, ["centre", *seen], controls)
            figures["distance"] = distance_figure(found, {"centre": "own centre", **seen}, unit)
    tables = {
        "effect": RegressionTable(effect, LABELS, f"Effect of a centre on {outcome}"),
        "robustness": RegressionTable(robustness, LABELS, f"Robustness, {outcome}", keep=tuple(LABELS)),
    }
    paths = [one.save(place / f"{name}{ending}") for name, one in tables.items() for ending in ENDINGS]
    return paths + write_figures(place, figures)
