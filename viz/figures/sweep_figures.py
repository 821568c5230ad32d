"""Figures of the analysis of a sweep: importance of factors, boxes of a condition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.sweep.analysis.scenario_discovery import Discovery
from experiments.sweep.analysis.sensitivity import Sensitivity
from viz.figures.figure_style import DPI, new_figure, plain_axes
from viz.palette import BLUE, GREY, ORANGE

LABELS = {
    "sobol": "share of the variance (total index ST, first-order S1)",
    "morris": "mean size of the elementary effects, μ*",
    "pawn": "median distance (PAWN)",
}


def draw_sensitivity(found: Sensitivity, path: Path) -> None:
    """Bars of the indices, the most important factor on top, with 95 % intervals, to a file."""
    table = found.table.iloc[::-1].reset_index(drop=True)
    figure = new_figure(1.2 + 0.3 * len(table), f"Sensitivity of {found.result} ({found.remark})")
    axes = figure.subplots()
    plain_axes(axes)
    places = np.arange(len(table))
    if found.method == "sobol":
        _bars(axes, places + 0.18, table["total"], table["total_conf"], BLUE, "total")
        _bars(axes, places - 0.18, table["first"], table["first_conf"], ORANGE, "first order")
        axes.legend(fontsize=8.5, frameon=False)
    elif found.method == "morris":
        _bars(axes, places, table["mu_star"], table["mu_star_conf"], BLUE, "μ*", 0.6)
        axes.plot(table["sigma"], places, "D", color=ORANGE, markersize=4, label="σ: interactions, curvature")
        axes.legend(fontsize=8.5, frameon=False)
    else:
        _bars(axes, places, table["median"], None, BLUE, "median", 0.6)
        label = "a factor without influence"
        axes.axvline(table["dummy"].iloc[0], color=ORANGE, linestyle="--", linewidth=1.5, label=label)
        axes.legend(fontsize=8.5, frameon=False, loc="lower right")
    axes.set_yticks(places, table["factor"])
    axes.set_xlabel(LABELS[found.method], fontsize=9)
    figure.savefig(path, dpi=DPI)


def _bars(
    axes: Axes,
    places: np.ndarray,
    values: pd.Series,
    errors: pd.Series | None,
    colour: str,
    label: str,
    height: float = 0.34,
) -> None:
    axes.barh(places, values, height, xerr=errors, color=colour, label=label, error_kw={"linewidth": 0.9})


def draw_discovery(found: Discovery, finals: pd.DataFrame, path: Path) -> None:
    """Coverage against density on the way of peeling, and the runs over the two most limited factors."""
    figure = new_figure(3.9, f"Where {found.condition}: {found.cases:,} of {found.runs:,} runs")
    way, plane = figure.subplots(1, 2)
    for axes in (way, plane):
        plain_axes(axes)
    way.plot([b.coverage for b in found.trajectory], [b.density for b in found.trajectory], ".-", color=GREY)
    way.plot(found.box.coverage, found.box.density, "o", color=ORANGE, markersize=9)
    way.set_xlabel("coverage: share of all cases in the box", fontsize=9)
    way.set_ylabel("density: share of the box that are cases", fontsize=9)
    names = [name for name in found.box.limits if not isinstance(found.box.limits[name][0], str)]
    names.sort(key=lambda name: found.box.p_values[name])
    if len(names) < 2:
        names += [n for n in _numeric(finals, found) if n not in names]
    if len(names) < 2:
        plane.set_visible(False)
    else:
        _plane(plane, found, finals, names[0], names[1])
    figure.savefig(path, dpi=DPI)


def _numeric(finals: pd.DataFrame, found: Discovery) -> list[str]:
    return [name for name in found.factors if finals[name].dtype.kind in "iuf"]


def _plane(axes: Axes, found: Discovery, finals: pd.DataFrame, across: str, up: str) -> None:
    for is_case, colour, marker, label in ((False, GREY, "x", "other runs"), (True, BLUE, "o", "cases")):
        shown = finals[found.meets == is_case]
        axes.plot(shown[across], shown[up], marker, color=colour, markersize=3, label=label)
    spans = []
    for name in (across, up):
        low, high = found.box.limits.get(name, (finals[name].min(), finals[name].max()))
        spans.append((float(low), float(high)))
    (left, right), (bottom, top) = spans
    corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    axes.plot(*zip(*corners, strict=True), color=ORANGE, linewidth=2, label="box")
    axes.set_xlabel(across, fontsize=9)
    axes.set_ylabel(up, fontsize=9)
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0.0, 1.0))
