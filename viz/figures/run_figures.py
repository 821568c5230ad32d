"""Figures of a run, each from one table of `experiments.measures.effect_tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from experiments.measures.economic_effects import centres_by_year
from experiments.measures.number_text import estimate, number
from experiments.measures.twin_pairs import WINDOW_YEARS
from viz.figures.economy_figures import chain_chart, compute_chart, own_chart
from viz.figures.effect_map import effect_map, hosting_label
from viz.figures.figure_style import ERROR_BARS, error_bar_note, new_figure, plain_axes, two_errors
from viz.figures.label_placement import city_labels, families, spread
from viz.palette import BLUE, GREEN, GREY, ORANGE, RED

GAP_INDICES = {
    "Theil": "Theil index (no unit)",
    "Gini": "Gini index (no unit)",
    "sigma": "σ, s.d. of log innovation (log points)",
}
HOST_LINE: dict[str, Any] = {"color": BLUE, "linestyle": "-", "linewidth": 1.7, "marker": "o"}
OTHER_LINE: dict[str, Any] = {"color": ORANGE, "linestyle": "--", "linewidth": 1.7, "marker": "s"}
LATE = f"last {WINDOW_YEARS} years"


def all_figures(tables: Mapping[str, pd.DataFrame], centres: pd.DataFrame | None = None) -> dict[str, Figure]:
    """Return every figure for which `experiments.measures.effect_tables.all_tables` has values.

    Without a host city in any run there is no effect to show, and no figure. centres: ``Results.centres``.
    """
    cities = tables["cities"]
    if not (cities["host"] > 0).any():
        return {}
    figures = {"map": effect_map(cities)}
    if _has_means(tables["distance"]):
        figures["distance"] = distance_chart(tables)
    if _has_means(tables["channels"]):
        figures["channels"] = channel_chart(tables["channels"])
    figures["gap"] = gap_chart(tables["gap_over_time"])
    if (tables["ranks"]["gain"] > 0).any():
        figures["ranks"] = rank_chart(tables["ranks"])
    if _has_means(tables["host_strength"]):
        figures["host_strength"] = strength_chart(tables["host_strength"])
    if len(tables["chain"]):
        figures["chain"] = chain_chart(tables["chain"])
    if len(tables.get("own_over_time", ())):
        figures["own_measures"] = own_chart(tables["own_over_time"])
    if len(tables["compute"]):
        figures["compute"] = compute_chart(tables["compute"], centres_by_year(centres))
    return figures


def _has_means(frame: pd.DataFrame) -> bool:
    return "mean" in frame and bool(frame["mean"].notna().any())


def gap_chart(gap_over_time: pd.DataFrame) -> Figure:
    """Draw inequality of innovation between cities by year, with and without centres, and the difference."""
    indices = [index for index in GAP_INDICES if (gap_over_time["index"] == index).any()]
    figure = new_figure(5.0, "Gap between cities in innovation, with and without centres")
    rows = figure.subplots(2, len(indices), sharex=True, squeeze=False, height_ratios=(3, 2))
    for index, top, bottom in zip(indices, *rows, strict=True):
        here = gap_over_time[gap_over_time["index"] == index]
        year, difference, band = here["year"], here["difference"], two_errors(here["se"])
        top.plot(year, here["without"], color=RED, linestyle="--", linewidth=1.6, label="without centres")
        top.plot(year, here["with"], color=BLUE, linewidth=1.6, label="with centres")
        top.set_ylabel(GAP_INDICES[index], fontsize=9)
        low, high = difference - band, difference + band
        bottom.fill_between(year, low, high, color=BLUE, alpha=0.25, linewidth=0)
        bottom.plot(year, difference, color=BLUE, linewidth=1.4)
        bottom.axhline(0.0, color="0.3", linewidth=0.8)
        bottom.set_ylabel("with − without", fontsize=9)
        bottom.set_xlabel("year", fontsize=9)
        bottom.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        bottom.ticklabel_format(axis="y", useOffset=False, scilimits=(-3, 4))
        bottom.yaxis.get_offset_text().set_fontsize(8)
        for axes in (top, bottom):
            plain_axes(axes)
    rows[0][0].legend(fontsize=8.5, frameon=False)
    known = gap_over_time["se"].notna().any()
    note = "band: ±2 s.e. over seeds" if known else "one seed, no band"
    rows[1][0].set_title(note, fontsize=8.5, loc="left")
    return figure


def rank_chart(ranks: pd.DataFrame, count: int = 15) -> Figure:
    """Draw the ranks without and with centres of the cities that gain most, ``count`` at most."""
    best = ranks[ranks["gain"] > 0].sort_values(["gain", "city_id"], ascending=[False, True]).head(count)
    figure = new_figure(6.6, f"Cities that gain most places in innovation ({LATE})")
    axes = figure.subplots()
    before, after = best["rank_without"].to_numpy(), best["rank_with"].to_numpy()
    left, right, limits = _rank_places(before, after)
    axes.set(xlim=(-0.75, 1.9), ylim=limits)
    for row, name in enumerate(city_labels(best)):
        look = HOST_LINE if best["host"].iloc[row] > 0 else OTHER_LINE
        axes.plot([0, 1], [before[row], after[row]], markersize=4.5, **look)
        gain = estimate(best["gain"].iloc[row], best["se"].iloc[row])
        _rank_label(axes, -1, before[row], left[row], f"{name}  {number(before[row], 1)}")
        _rank_label(axes, 1, after[row], right[row], f"{number(after[row], 1)}  ({gain} places)  {name}")
    plain_axes(axes)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([0, 1], ["without centres", "with centres"], fontsize=9)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("rank in innovation, places (1 is the most innovative city)", fontsize=9)
    lines = {hosting_label(best["host"]): HOST_LINE, "hosts none": OTHER_LINE}
    handles = [Line2D([], [], label=label, **look) for label, look in lines.items()]
    below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "ncols": 2}
    axes.legend(handles=handles, fontsize=8.5, frameon=False, handlelength=3.5, **below)
    return figure


def _rank_label(axes: Axes, side: int, rank: float, place: float, text: str) -> None:
    """Write a label at ``place``, left (side −1) or right (1) of a rank, with a line between the two."""
    x = max(side, 0)
    axes.plot([x, x + 0.07 * side], [rank, place], color="0.55", linewidth=0.6, zorder=1)
    font: dict[str, Any] = {"fontsize": 8.5, "fontfamily": families(), "parse_math": False}
    align = "left" if side > 0 else "right"
    axes.text(x + 0.09 * side, place, text, ha=align, va="center", **font)


def _rank_places(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
    """Return the places of the labels on both sides, and the limits of the axis, best rank on top."""
    low, high = min(before.min(), after.min()), max(before.max(), after.max())
    left, right = before, after
    for _ in range(8):  # room for the labels widens the axis, and a wider axis makes labels taller
        low, high = min(low, left.min(), right.min()), max(high, left.max(), right.max())
        gap = max(high - low, 1.0) / 30.0
        left, right = spread(list(before), gap), spread(list(after), gap)
    margin = 0.03 * max(high - low, 1.0)
    return left, right, (high + margin, low - margin)


def distance_chart(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw effects on hosts, on a separate scale, and on other cities by distance to a centre.

    Above: on innovation; below: on real GDP, if it was recorded.
    """
    parts = [("innovation", tables["effects"], tables["distance"], ORANGE)]
    if _has_means(tables["gdp_distance"]):
        gdp = tables["gdp"][tables["gdp"]["measure"] == "real_gdp"]
        parts.append(("real GDP", gdp, tables["gdp_distance"], GREEN))
    title = f"Effects by distance to the nearest centre ({LATE})"
    figure = new_figure(1.0 + 2.9 * len(parts), title)
    rows = figure.subplots(len(parts), 2, width_ratios=(1, 5), squeeze=False)
    for (name, effects, distance, colour), (hosts, others) in zip(parts, rows, strict=True):
        _bars(hosts, ["host\ncities"], effects[effects["group"] == "host cities"], BLUE)
        hosts.set_ylabel(f"effect on {name}, %", fontsize=9)
        hosts.set_xlim(-0.9, 0.9)
        bands = distance[distance["mean"].notna()]
        counts = zip(bands["band_km"], bands["cities"], strict=True)
        names = [f"{band.replace('-', '–')}\n({number(cities, 0)})" for band, cities in counts]
        _bars(others, names, bands, colour)
        others.set_ylabel(f"{name} of other cities, %", fontsize=9)
    rows[-1][1].set_xlabel(
        "distance to the nearest centre, km (number of cities without a centre)", fontsize=9
    )
    note = error_bar_note(tables["effects"])
    rows[0][1].set_title(f"{note}; all panels differ in scale", fontsize=8.5, loc="left")
    return figure


def channel_chart(channels: pd.DataFrame) -> Figure:
    """Draw the six channels in host cities; channels of one unit share an axis."""
    units = channels.groupby("unit", sort=False).size()
    title = f"Channels: change in host cities caused by the centres ({LATE})"
    figure = new_figure(1.6 + 0.55 * len(channels), title)
    panels = figure.subplots(len(units), 1, squeeze=False, height_ratios=list(units + 0.6))[:, 0]
    for axes, unit, colour in zip(panels, units.index, (BLUE, GREEN, ORANGE, RED, GREY), strict=False):
        here = channels[channels["unit"] == unit]
        _horizontal_bars(axes, list(here["channel"]), here, [colour] * len(here))
        axes.set_xlabel(f"change, {unit}", fontsize=9)
    panels[0].set_title(f"{error_bar_note(channels)}; right: mean ± s.e.", fontsize=8.5, loc="left")
    return figure


def strength_chart(host_strength: pd.DataFrame) -> Figure:
    """Draw weak and strong hosts side by side: effect on innovation, and places gained."""
    parts = host_strength["measure"].str.rsplit(": ", n=1)
    measures = list(dict.fromkeys(parts.str[0]))
    figure = new_figure(2.8, f"Weak and strong host cities ({LATE})")
    for axes, measure in zip(figure.subplots(1, len(measures), squeeze=False)[0], measures, strict=True):
        here = host_strength[parts.str[0] == measure]
        _horizontal_bars(axes, list(parts.str[1][here.index]), here, (ORANGE, BLUE, GREY))
        label = "places gained in rank, places" if measure == "places gained" else measure
        axes.set_xlabel(label, fontsize=9)
    figure.axes[0].set_title(error_bar_note(host_strength), fontsize=8.5, loc="left")
    return figure


def _bars(axes: Axes, names: Sequence[str], frame: pd.DataFrame, colour: str) -> None:
    places = np.arange(len(names))
    axes.bar(places, frame["mean"], width=0.62, color=colour)
    if frame["se"].notna().any():
        axes.errorbar(places, frame["mean"], two_errors(frame["se"]), **ERROR_BARS)
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    plain_axes(axes)
    axes.grid(visible=False, axis="x")
    axes.set_xticks(places, names)


def _horizontal_bars(axes: Axes, names: Sequence[str], frame: pd.DataFrame, colours: Sequence[str]) -> None:
    """Draw estimates as horizontal bars, the first on top, with their numbers in the right margin."""
    places = np.arange(len(names))[::-1]
    axes.use_sticky_edges = False
    axes.barh(places, frame["mean"], height=0.55, color=list(colours))
    if frame["se"].notna().any():
        axes.errorbar(frame["mean"], places, xerr=two_errors(frame["se"]), **ERROR_BARS)
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    plain_axes(axes)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(places, names)
    for place, mean, error in zip(places, frame["mean"], frame["se"], strict=True):
        text = estimate(mean, error)
        axes.text(1.01, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5)
