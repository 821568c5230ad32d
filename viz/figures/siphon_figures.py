"""Figures of one centre alone by distance, and of the frontier of C13 against C14."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.measures.effect_tables import band_labels
from experiments.questions.frontier import BOTH, C13_ONLY, C14_ONLY, NEITHER
from viz.figures.figure_style import ERROR_BARS, new_figure, plain_axes, two_errors
from viz.figures.run_figures import LATE
from viz.palette import BLUE, GREEN, GREY, ORANGE, RED

COLOURS = {BOTH: GREEN, C13_ONLY: BLUE, C14_ONLY: ORANGE, NEITHER: GREY}


def single_centre_chart(bands: pd.DataFrame, scenario: str) -> Figure:
    """Draw the effect of one centre alone on other cities by distance: mean with ±2 s.e., median of hosts."""
    rows = bands.set_index("group").loc[band_labels()]
    rows = rows[rows["runs"] > 0]
    figure = new_figure(4.0, f"One centre alone: effect on innovation of other cities ({scenario}, {LATE})")
    axes = figure.subplots()
    places = np.arange(len(rows))
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    axes.errorbar(places, rows["mean"], two_errors(rows["se"]), **ERROR_BARS)
    axes.plot(places, rows["mean"], "o", color=BLUE, label="mean over hosts and seeds, ±2 s.e.")
    axes.plot(places, rows["median"], "s", color=ORANGE, markersize=4.5, label="median over hosts")
    names = [f"{band.replace('-', '–')}\n({cities:.0f})" for band, cities in rows["cities"].items()]
    axes.set_xticks(places, names)
    axes.set_xlabel("distance to the host, km (mean number of cities)", fontsize=9)
    axes.set_ylabel("effect on the band's total, %", fontsize=9)
    runs, hosts = (int(bands[name].max()) for name in ("runs", "hosts"))
    axes.set_title(f"{runs} runs with one host each, {hosts} cities", fontsize=8.5, loc="left")
    axes.legend(fontsize=8.5, frameon=False)
    plain_axes(axes)
    return figure


def frontier_chart(points: pd.DataFrame, scenario: str) -> Figure:
    """Draw C14 against C13 at every point, with ±2 s.e.; where both hold is the lower right."""
    figure = new_figure(5.0, f"Far less near against the change of the gap ({scenario}, {LATE})")
    axes = figure.subplots()
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    for answer, colour in COLOURS.items():
        own = points[points["holds"] == answer]
        across, up = two_errors(own["c13_se"]), two_errors(own["c14_se"])
        axes.errorbar(
            own["c13"], own["c14"], up, across, fmt="none", ecolor=colour, elinewidth=0.7, alpha=0.6
        )
        axes.plot(own["c13"], own["c14"], "o", color=colour, markersize=5, label=f"{answer} ({len(own)})")
    default = points[points["point"] == 0]
    axes.plot(default["c13"], default["c14"], "*", color=RED, markersize=12, label="defaults")
    axes.set_xlabel("C13: effect at 500–1000 km less that within 300 km, percentage points", fontsize=9)
    axes.set_ylabel("C14: change of Theil between cities × 1000", fontsize=9)
    axes.legend(title="hold beyond 2 s.e.", title_fontsize=8.5, fontsize=8.5, frameon=False)
    plain_axes(axes)
    return figure
