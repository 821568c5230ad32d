"""The map of a run: the effect of the centres on innovation, city by city."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from experiments.measures.number_text import number, sign_of
from experiments.measures.twin_pairs import WINDOW_YEARS
from viz.figures.figure_style import new_figure, plain_axes
from viz.figures.label_placement import city_labels, place_labels

NAMED_HOSTS = 14


def effect_map(cities: pd.DataFrame) -> Figure:
    """Draw one point per city, coloured by the effect, with rings around hosts and names of the largest."""
    shown = cities[np.isfinite(cities["effect"])].copy()
    count = f"{len(shown)}" if len(shown) == len(cities) else f"{len(shown)} of {len(cities)}"
    title = f"Effect of the centres on innovation in {count} mainland cities"
    figure = new_figure(_map_height(shown), title)
    axes = figure.subplots()
    estimates = zip(shown["effect"], shown["se"], strict=True)
    shown["clear"] = [sign_of(mean, error) != 0 for mean, error in estimates]
    shown["label"] = city_labels(shown)
    # The strongest effects are drawn last, on top.
    shown = shown.iloc[np.lexsort((shown["effect"].abs(), shown["host"]))]
    hosts = shown[shown["host"] > 0]
    size = 30.0 if len(shown) < 500 else 10.0
    _draw_cities(axes, shown, hosts, size)
    _map_frame(axes, shown)
    bar = figure.colorbar(axes.collections[0], ax=axes, extend="both", shrink=0.7, pad=0.01)
    bar.set_label(f"effect on innovation, % (100·ln with/without), last {WINDOW_YEARS} years", fontsize=9)
    bar.ax.tick_params(labelsize=8.5)
    _map_legend(axes, shown, size)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    _name_hosts(axes, shown, hosts)
    return figure


def colour_limit(cities: pd.DataFrame) -> float:
    """Return the end of the colour scale: the 95th percentile of |effect| in cities without a centre.

    Effects on hosts are several times larger; on their scale all other cities would be white.
    """
    sizes = cities["effect"].abs()
    others = sizes[cities["host"] == 0]
    limit = float(np.percentile(others if len(others) >= 20 else sizes, 95)) if len(sizes) else 0.0
    return limit if limit > 0 else 1.0


def hosting_label(shares: pd.Series) -> str:
    """Return the legend's text on hosts, from the share of seeds in which each city is one."""
    return "hosts a centre" if shares.isin([0.0, 1.0]).all() else "hosts a centre in some seeds"


def _draw_cities(axes: Axes, shown: pd.DataFrame, hosts: pd.DataFrame, size: float) -> None:
    unclear = ~shown["clear"] & bool(shown["clear"].any())
    points: dict[str, Any] = {"cmap": "RdBu", "edgecolors": "0.45", "linewidths": 0.4, "zorder": 3}
    sizes = np.where(unclear, size / 3, size)
    scale = CenteredNorm(0.0, colour_limit(shown))
    axes.scatter(shown["lon"], shown["lat"], sizes, shown["effect"], norm=scale, **points)
    rings: dict[str, Any] = {"facecolors": "none", "edgecolors": "black", "zorder": 4, "gid": "hosts"}
    axes.scatter(hosts["lon"], hosts["lat"], 2.4 * size, linewidths=0.4 + 1.0 * hosts["host"], **rings)


def _name_hosts(axes: Axes, shown: pd.DataFrame, hosts: pd.DataFrame) -> None:
    strongest = hosts["effect"].abs().sort_values(ascending=False).index[:NAMED_HOSTS]
    named = hosts.reindex(strongest)
    effects = zip(named["label"], named["effect"], strict=True)
    texts = [f"{name} {number(effect, 1, signed=True)}" for name, effect in effects]
    points, kept, taken = (frame[["lon", "lat"]].to_numpy() for frame in (named, hosts, shown))
    place_labels(axes, points, texts, kept, taken)


def _limits(degrees: pd.Series) -> tuple[float, float]:
    margin = max(1.0, 0.04 * (degrees.max() - degrees.min()))
    return degrees.min() - margin, degrees.max() + margin


def _aspect(cities: pd.DataFrame) -> float:
    """Return 1/cos(latitude): a degree of longitude is shorter than one of latitude by that factor."""
    return float(1.0 / np.cos(np.radians(cities["lat"].mean())))


def _map_height(cities: pd.DataFrame) -> float:
    (west, east), (south, north) = _limits(cities["lon"]), _limits(cities["lat"])
    return float(np.clip(1.0 + 7.0 * (north - south) / (east - west) * _aspect(cities), 4.0, 9.0))


def _map_frame(axes: Axes, cities: pd.DataFrame) -> None:
    plain_axes(axes)
    axes.set(xlim=_limits(cities["lon"]), ylim=_limits(cities["lat"]), aspect=_aspect(cities))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(13, steps=[1, 2, 5, 10]))
    axes.set_xlabel("longitude, degrees east", fontsize=9)
    axes.set_ylabel("latitude, degrees north", fontsize=9)


def _map_legend(axes: Axes, cities: pd.DataFrame, size: float) -> None:
    def dot(area: float, color: str = "0.75", edge: str = "0.45") -> Line2D:
        style: dict[str, Any] = {"marker": "o", "linestyle": "", "color": color, "markeredgecolor": edge}
        return Line2D([], [], markersize=np.sqrt(area), **style)

    entries = []
    if cities["clear"].any():
        entries.append((dot(size), "beyond two standard errors of 0"))
        entries.append((dot(size / 3), "not distinguishable from 0"))
    if (cities["host"] > 0).any():
        entries.append((dot(2.4 * size, "none", "black"), hosting_label(cities["host"])))
    if entries:
        handles, texts = zip(*entries, strict=True)
        axes.legend(handles, texts, loc="lower left", fontsize=8.5, framealpha=0.9)
