"""Figures of estimates for a paper: effects by years since the opening, and by distance."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import uniform_bands
from viz.figures.figure_style import new_figure, plain_axes
from viz.palette import BLUE


def event_study_figure(found: Estimate, unit: str = "log points") -> Figure:
    """Draw the effects by years since the opening, 95 % intervals and bands that hold for all years at once.

    found: of ``event_study`` or ``imputation``. unit: of the outcome.
    """
    rows = found.frame().set_index("term").drop("mean")
    years = rows.index.astype(int).to_numpy()
    figure = new_figure(3.6, "Effect by years since the opening")
    axes = figure.subplots()
    _intervals(axes, years, rows)
    bands = uniform_bands(found)
    axes.vlines(years, bands[0], bands[1], color=BLUE, linewidth=0.8, label="95 % band for all years")
    if (years < 0).any():
        axes.plot([-1], [0.0], "o", color="white", markeredgecolor=BLUE, label="base year")
        axes.axvline(-0.5, color="0.5", linewidth=0.8, linestyle=":")
    axes.set_xlabel("years since the opening", fontsize=9)
    axes.set_ylabel(unit, fontsize=9)
    axes.legend(fontsize=8.5, frameon=False)
    return figure


def distance_figure(
    found: Estimate, labels: dict[str, str] | None = None, unit: str = "log points"
) -> Figure:
    """Draw the effects of the own centre and of others by distance, in the order of the coefficients.

    labels: name of a coefficient → its text.
    """
    rows = found.frame().set_index("term")
    places = np.arange(len(rows))
    figure = new_figure(3.6, "Effect of centres by distance")
    axes = figure.subplots()
    _intervals(axes, places, rows)
    axes.set_xticks(places, [(labels or {}).get(str(term), str(term)) for term in rows.index], fontsize=8.5)
    axes.set_ylabel(unit, fontsize=9)
    axes.legend(fontsize=8.5, frameon=False)
    return figure


def _intervals(axes, places: np.ndarray, rows) -> None:
    errors = [rows["estimate"] - rows["low"], rows["high"] - rows["estimate"]]
    axes.errorbar(
        places,
        rows["estimate"],
        yerr=errors,
        fmt="o",
        color=BLUE,
        ecolor="0.35",
        capsize=3,
        label="estimate, 95 % interval",
    )
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    plain_axes(axes)
