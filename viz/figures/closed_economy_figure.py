"""Figure of the closed economy: growth against the share of investment in compute, and gaps that last.

``python -m viz.figures.closed_economy_figure FILE.png`` draws it with the default parameters.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.questions.closed_economy_runs import closed_path, growth_by_tau
from experiments.questions.closed_economy_theory import FORMULAS, best_tau, growth_rate
from model.parameters import Parameters
from viz.figures.figure_style import new_figure, plain_axes, png
from viz.palette import BLUE, GREEN, GREY, ORANGE, RED

LABELS = {
    "private": "private: (1−τ)r + τω",
    "planner": "planner: Y/W",
    "appendix": "as printed: output counted twice",
}
COLOURS = {"private": BLUE, "planner": GREEN, "appendix": RED}
YEARS = 200


def growth_figure(measured: pd.DataFrame, gaps: pd.DataFrame, parameters: Parameters | None = None) -> Figure:
    """Draw growth against τ, in three readings and as simulated, and the gap between pairs of economies.

    measured: columns tau and measured, 1/year, of `experiments.questions.closed_economy_runs.growth_by_tau`.
    gaps: index years, and for each pair a column of ln(output with the higher τ / with the lower), whose name
    is the label.
    """
    given = parameters or Parameters()
    figure = new_figure(3.9, "Closed economy: investment in compute and growth")
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
    _readings(left, measured, given)
    _gaps(right, gaps)
    return figure


def _readings(axes: Axes, measured: pd.DataFrame, given: Parameters) -> None:
    tau = np.linspace(0.02, 0.98, 193)
    for formula in FORMULAS:
        rate = 100.0 * growth_rate(formula, given, tau)
        axes.plot(tau, rate, color=COLOURS[formula], label=LABELS[formula], linewidth=1.6)
    simulated: dict[str, Any] = {"color": "black", "markersize": 4.5, "label": "simulated", "zorder": 5}
    axes.plot(measured["tau"], 100.0 * measured["measured"], "o", **simulated)
    peak = best_tau(given)
    axes.axvline(peak, color=GREY, linewidth=0.9, linestyle="--")
    axes.axhline(0.0, color=GREY, linewidth=0.6)
    low, high = axes.get_ylim()
    top = high + 0.42 * (high - low)  # room for the legend
    axes.set_ylim(low, top)
    optimum = f"τ* = 1−α = {peak:.2f}"
    axes.text(peak + 0.012, low + 0.02 * (top - low), optimum, fontsize=8.5, color="0.3", va="bottom")
    axes.set_xlabel("τ, share of investment that goes to compute", fontsize=9)
    axes.set_ylabel("balanced growth, % a year", fontsize=9)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    plain_axes(axes)


def _gaps(axes: Axes, gaps: pd.DataFrame) -> None:
    for name, colour, style in zip(gaps.columns, (BLUE, ORANGE), ("-", "--"), strict=False):
        axes.plot(gaps.index, gaps[name], color=colour, linestyle=style, linewidth=1.6, label=name)
    axes.axhline(0.0, color=GREY, linewidth=0.6)
    axes.set_xlabel("years", fontsize=9)
    axes.set_ylabel("ln(output, higher τ / lower τ)", fontsize=9)
    axes.set_title("Two economies that differ in τ alone", fontsize=9, loc="left")
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    plain_axes(axes)


def gaps_of(pairs: Sequence[tuple[float, float]], years: int = YEARS) -> pd.DataFrame:
    """Return gaps for `growth_figure`: a column per pair of a lower and a higher τ, a row per quarter."""
    found = {}
    for low, high in pairs:
        behind, ahead = (
            closed_path(quarters=4 * years, closed_compute_investment=tau)["output"].to_numpy()
            for tau in (low, high)
        )
        found[f"τ = {high:g} against {low:g}"] = np.log(ahead / behind)
    return pd.DataFrame(found, index=np.arange(4 * years) / 4.0)


def main(arguments: Sequence[str]) -> None:
    """Draw the figure with the default parameters into the named file."""
    if len(arguments) != 1:
        raise SystemExit("name one file: python -m viz.figures.closed_economy_figure FILE.png")
    measured = growth_by_tau(np.linspace(0.1, 0.9, 9))
    figure = growth_figure(measured, gaps_of([(0.4, 0.6), (0.7, 0.9)]))
    Path(arguments[0]).write_bytes(png(figure))


if __name__ == "__main__":
    main(sys.argv[1:])
