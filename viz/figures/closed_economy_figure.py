"""Figure of the closed economy: growth against the share of investment in compute, and who stays ahead.

``python -m viz.figures.closed_economy_figure FILE.png`` draws it with the default parameters.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.questions.closed_economy_runs import closed_path, growth_by_tau
from experiments.questions.closed_economy_theory import FORMULAS, best_tau, growth_rate
from model.parameters import Parameters
from viz.figures.run_figures import BLUE, DPI, GREEN, GREY, ORANGE, RED, WIDTH, png

LABELS = {
    "private": "private: (1−τ)r + τω",
    "planner": "planner: Y/W",
    "appendix": "as printed: output counted twice",
}
COLOURS = {"private": BLUE, "planner": GREEN, "appendix": RED}
YEARS = 200


def growth_figure(measured: pd.DataFrame, gaps: pd.DataFrame, parameters: Parameters | None = None) -> Figure:
    """Growth against τ in three readings with what agents come to, beside the gap between two economies.

    ``measured``: columns tau and measured, 1/year, as ``experiments.questions.closed_economy_runs.growth_by_tau`` gives them.
    ``gaps``: index years, a column of ln(output with the higher τ / with the lower) for each pair, its name
    the label. Returns the figure.
    """
    given = parameters or Parameters()
    figure = Figure(figsize=(WIDTH, 3.9), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    title = "Closed economy: investment in compute and growth"
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
    _readings(left, measured, given)
    _gaps(right, gaps)
    return figure


def _readings(axes: Axes, measured: pd.DataFrame, given: Parameters) -> None:
    tau = np.linspace(0.02, 0.98, 193)
    for formula in FORMULAS:
        rate = 100.0 * growth_rate(formula, given, tau)
        axes.plot(tau, rate, color=COLOURS[formula], label=LABELS[formula], linewidth=1.6)
    axes.plot(
        measured["tau"], 100.0 * measured["measured"], "o", color="black", markersize=4.5,
        label="what the agents come to", zorder=5,
    )  # fmt: skip
    peak = best_tau(given)
    axes.axvline(peak, color=GREY, linewidth=0.9, linestyle="--")
    axes.axhline(0.0, color=GREY, linewidth=0.6)
    low, high = axes.get_ylim()
    top = high + 0.42 * (high - low)  # room for the legend
    axes.set_ylim(low, top)
    said = f"τ* = 1−α = {peak:.2f}"
    axes.text(peak + 0.012, low + 0.02 * (top - low), said, fontsize=8.5, color="0.3", va="bottom")
    axes.set_xlabel("τ, share of investment that goes to compute", fontsize=9)
    axes.set_ylabel("balanced growth, % a year", fontsize=9)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    _plain(axes)


def _gaps(axes: Axes, gaps: pd.DataFrame) -> None:
    for name, colour, style in zip(gaps.columns, (BLUE, ORANGE), ("-", "--"), strict=False):
        axes.plot(gaps.index, gaps[name], color=colour, linestyle=style, linewidth=1.6, label=name)
    axes.axhline(0.0, color=GREY, linewidth=0.6)
    axes.set_xlabel("years", fontsize=9)
    axes.set_ylabel("ln(output, higher τ / lower τ)", fontsize=9)
    axes.set_title("Two economies that differ in τ alone", fontsize=9, loc="left")
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    _plain(axes)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8.5)
    axes.grid(color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)


def gaps_of(pairs: Sequence[tuple[float, float]], years: int = YEARS) -> pd.DataFrame:
    """Gaps for ``growth_figure``: one column for each pair of a lower and a higher τ, a row a quarter."""
    found = {}
    for low, high in pairs:
        behind, ahead = (
            closed_path(quarters=4 * years, closed_compute_investment=tau)["output"].to_numpy()
            for tau in (low, high)
        )
        found[f"τ = {high:g} against {low:g}"] = np.log(ahead / behind)
    return pd.DataFrame(found, index=np.arange(4 * years) / 4.0)


def main(arguments: Sequence[str]) -> None:
    """Draw the figure with the default parameters into the file that is named."""
    if len(arguments) != 1:
        raise SystemExit("name one file: python -m viz.figures.closed_economy_figure FILE.png")
    measured = growth_by_tau(np.linspace(0.1, 0.9, 9))
    figure = growth_figure(measured, gaps_of([(0.4, 0.6), (0.7, 0.9)]))
    Path(arguments[0]).write_bytes(png(figure))


if __name__ == "__main__":
    main(sys.argv[1:])
