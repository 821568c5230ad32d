"""Figures of the economy of a run: compute by year, and places in the industry chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from experiments.measures.economic_effects import KINDS_OF_USE, PRICE, rising
from experiments.measures.number_text import estimate
from experiments.measures.twin_pairs import WINDOW_YEARS
from viz.figures.figure_style import new_figure, plain_axes, two_errors
from viz.figures.label_placement import city_labels, families
from viz.palette import BLUE, GREEN, GREY, ORANGE, RED

OWN_SHOWN = 12  # measures of extensions in the figure
TOTAL = KINDS_OF_USE["compute_use"]
# Kind of compute, as of centres → how its line looks.
LINES: dict[str, dict[str, Any]] = {
    "all": {"color": "0.2", "linestyle": "-", "linewidth": 2.2},
    "basic": {"color": BLUE, "linestyle": "-", "linewidth": 1.6},
    "intelligent": {"color": ORANGE, "linestyle": "--", "linewidth": 1.6},
    "super": {"color": GREEN, "linestyle": "-.", "linewidth": 1.6},
}


def compute_chart(compute: pd.DataFrame, centre_years: pd.DataFrame) -> Figure:
    """Draw use of compute by kind, its price with and without centres, and the use of the centres by year."""
    figure = new_figure(4.0, "Compute by year")
    use, price, centres = figure.subplots(1, 3)
    for kind, look in LINES.items():
        label = TOTAL if kind == "all" else KINDS_OF_USE[f"{kind}_use"]
        here = compute[compute["quantity"] == label]
        use.plot(here["year"], here["with"], label=label, **look)
        here = centre_years[(centre_years["kind"] == kind) & centre_years["use"].notna()]
        centres.plot(here["year"], here["use"], **look)
    use.set_ylabel("use of all cities, compute/year", fontsize=9)
    here = compute[compute["quantity"] == PRICE]
    price.plot(
        here["year"], here["without"], color=RED, linestyle=":", linewidth=2.0, label="without centres"
    )
    price.plot(here["year"], here["with"], color=GREY, linewidth=1.6, label="with centres")
    price.set_ylabel("price, money/compute", fontsize=9)
    centres.set_ylabel("use of the centres, % of capacity", fontsize=9)
    centres.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    centres.set_ylim(0.0, 1.05)
    for axes in (use, price):
        axes.set_yscale("log")
    for axes in (use, price, centres):
        plain_axes(axes)
        axes.set_xlabel("year", fontsize=9)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    handles, labels = (
        a + b for a, b in zip(*(x.get_legend_handles_labels() for x in (use, price)), strict=True)
    )
    figure.legend(handles, labels, loc="outside lower center", ncols=6, fontsize=8, frameon=False)
    return figure


def own_chart(own: pd.DataFrame) -> Figure:
    """Draw what extensions measure by year, of the country, with and without centres: 12 at most."""
    names = list(dict.fromkeys(own["measure"]))[:OWN_SHOWN]
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = new_figure(0.6 + 2.2 * rows, "Measures of extensions")
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for name, axes in zip(names, places, strict=False):
        here = own[own["measure"] == name]
        low, high = here["with"] - two_errors(here["se"]), here["with"] + two_errors(here["se"])
        axes.fill_between(here["year"], low, high, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(here["year"], here["without"], color=RED, linestyle="--", label="without centres")
        axes.plot(here["year"], here["with"], color=BLUE, label="with centres")
        unit = here["unit"].iloc[0]
        axes.set_title(f"{name}, {unit}" if unit else name, fontsize=9, loc="left", parse_math=False)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.ticklabel_format(axis="y", useOffset=False, scilimits=(-3, 4))
        plain_axes(axes)
    for axes in places[len(names) :]:
        axes.set_visible(False)
    places[0].legend(fontsize=8, frameon=False)
    return figure


def chain_chart(chain: pd.DataFrame, count: int = 12) -> Figure:
    """Draw rung and value added of cities, and the cities whose rung rises most through the centres."""
    figure = new_figure(4.6, f"Place in the industry chain (last {WINDOW_YEARS} years)")
    places, risers = figure.subplots(1, 2, width_ratios=(5, 4))
    known = chain[(chain["firms"] > 0) & (chain["value_added"] > 0)]
    share, rung = 100.0 * known["value_added"], known["position"] + known["position_change"]
    hosts = known["host"] > 0
    for flags, look in ((~hosts, {"color": GREY, "alpha": 0.8}), (hosts, {"color": BLUE})):
        places.scatter(rung[flags], share[flags], 16, linewidths=0, **look)
    places.set_yscale("log")
    places.set_xlabel("mean rung, 0 (assembly) to 4 (design led by data)", fontsize=8.5)
    places.set_ylabel("value added of its firms, % of the country's", fontsize=9)
    marks = (("hosts a centre", BLUE), ("hosts none", GREY))
    handles = [Line2D([], [], color=colour, marker="o", linestyle="", label=name) for name, colour in marks]
    places.legend(handles=handles, fontsize=8, frameon=False)
    _risers(risers, rising(chain, count))
    for axes in (places, risers):
        plain_axes(axes)
    return figure


def _risers(axes: Axes, best: pd.DataFrame) -> None:
    rows = np.arange(len(best))[::-1]
    colours = [BLUE if host > 0 else GREY for host in best["host"]]
    axes.barh(rows, best["position_change"], height=0.6, color=colours)
    errors = 2.0 * np.nan_to_num(best["position_se"].to_numpy(dtype=float))
    axes.errorbar(
        best["position_change"], rows, xerr=errors, fmt="none", ecolor="0.15", elinewidth=1.0, capsize=2
    )
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    axes.set_yticks(rows, city_labels(best), fontsize=8, fontfamily=families(), parse_math=False)
    axes.set_xlabel("rise of the mean rung through the centres, ±2 s.e.", fontsize=8.5)
    for row, mean, error in zip(rows, best["position_change"], best["position_se"], strict=True):
        text = estimate(mean, error)
        axes.text(1.02, row, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8)
