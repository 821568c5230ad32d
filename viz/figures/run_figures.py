"""Figures of a twin study, made from the tables of ``experiments.measures.effects``.

Each function takes one table and returns a Matplotlib figure that stands alone. Colours are those of
Okabe and Ito, or a diverging scale with white at zero, so that they can be told apart by the
colour-blind and in grey. [Okabe & Ito 2008, Color Universal Design]
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from experiments.measures.effects import WINDOW_YEARS
from viz.figures.label_placement import city_labels, families, place_labels, spread
from viz.number_text import estimate, number, sign_of

DPI = 160
WIDTH = 8.6  # inches: the width of a report's column
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7A7A7A"
GAP_INDICES = {
    "Theil": "Theil index (no unit)",
    "Gini": "Gini index (no unit)",
    "sigma": "σ, s.d. of log innovation (log points)",
}
HOST_LINE: dict[str, Any] = {"color": BLUE, "linestyle": "-", "linewidth": 1.7, "marker": "o"}
OTHER_LINE: dict[str, Any] = {"color": ORANGE, "linestyle": "--", "linewidth": 1.7, "marker": "s"}
LATE = f"last {WINDOW_YEARS} years"


def _figure(height: float, title: str) -> Figure:
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    return figure


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=8.5)
    axes.grid(color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)


def _seeds(frame: pd.DataFrame) -> str:
    count = int(frame["seeds"].max())
    return f"bars: ±2 s.e. over {count} seeds" if count > 1 else "one seed, no error bars"


def _two_errors(errors: pd.Series) -> np.ndarray:
    return 2.0 * np.nan_to_num(errors.to_numpy(dtype=float))


def effect_map(cities: pd.DataFrame) -> Figure:
    """Where innovation rises and falls because of centres: one point per city, hosts ringed and named."""
    shown = cities[np.isfinite(cities["effect"])].copy()
    count = f"{len(shown)}" if len(shown) == len(cities) else f"{len(shown)} of {len(cities)}"
    figure = _figure(_map_height(shown), f"Effect of the centres on innovation in {count} mainland cities")
    axes = figure.subplots()
    shown["label"] = city_labels(shown)
    shown["clear"] = [
        sign_of(mean, error) != 0 for mean, error in zip(shown["effect"], shown["se"], strict=True)
    ]
    # The strongest effects are drawn last, on top.
    shown = shown.iloc[np.lexsort((shown["effect"].abs(), shown["host"]))]
    size = 30.0 if len(shown) < 500 else 10.0
    small = ~shown["clear"] & bool(shown["clear"].any())
    points = axes.scatter(
        shown["lon"], shown["lat"], c=shown["effect"], s=np.where(small, size / 3, size), cmap="RdBu",
        norm=CenteredNorm(0.0, colour_limit(shown)), edgecolors="0.45", linewidths=0.4, zorder=3,
    )  # fmt: skip
    hosts = shown[shown["host"] > 0]
    axes.scatter(
        hosts["lon"], hosts["lat"], s=2.4 * size, facecolors="none", edgecolors="black",
        linewidths=0.4 + 1.0 * hosts["host"], zorder=4, gid="hosts",
    )  # fmt: skip
    _map_frame(axes, shown)
    bar = figure.colorbar(points, ax=axes, extend="both", shrink=0.7, pad=0.01)
    bar.set_label(f"effect on innovation, % (100·ln with/without), {LATE}", fontsize=9)
    bar.ax.tick_params(labelsize=8.5)
    _map_legend(axes, shown, size)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    named = hosts.reindex(hosts["effect"].abs().sort_values(ascending=False).index[:14])
    texts = [
        f"{name} {number(effect, 1, signed=True)}"
        for name, effect in zip(named["label"], named["effect"], strict=True)
    ]
    place = ["lon", "lat"]
    place_labels(axes, named[place].to_numpy(), texts, hosts[place].to_numpy(), shown[place].to_numpy())
    return figure


def colour_limit(cities: pd.DataFrame) -> float:
    """End of the map's colour scale: the 95th percentile of the size of effects in cities without a centre.

    Hosts, whose effects are several times larger, would leave all others white; they are off the scale.
    """
    sizes = cities["effect"].abs()
    others = sizes[cities["host"] == 0]
    limit = float(np.percentile(others if len(others) >= 20 else sizes, 95)) if len(sizes) else 0.0
    return limit if limit > 0 else 1.0


def _limits(degrees: pd.Series) -> tuple[float, float]:
    margin = max(1.0, 0.04 * (degrees.max() - degrees.min()))
    return degrees.min() - margin, degrees.max() + margin


def _aspect(cities: pd.DataFrame) -> float:
    """A degree of longitude is shorter than one of latitude by the cosine of the latitude."""
    return float(1.0 / np.cos(np.radians(cities["lat"].mean())))


def _map_height(cities: pd.DataFrame) -> float:
    (west, east), (south, north) = _limits(cities["lon"]), _limits(cities["lat"])
    return float(np.clip(1.0 + 7.0 * (north - south) / (east - west) * _aspect(cities), 4.0, 9.0))


def _map_frame(axes: Axes, cities: pd.DataFrame) -> None:
    _plain(axes)
    axes.set(xlim=_limits(cities["lon"]), ylim=_limits(cities["lat"]), aspect=_aspect(cities))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(13, steps=[1, 2, 5, 10]))
    axes.set_xlabel("longitude, degrees east", fontsize=9)
    axes.set_ylabel("latitude, degrees north", fontsize=9)


def _map_legend(axes: Axes, cities: pd.DataFrame, size: float) -> None:
    def dot(area: float, **style: Any) -> Line2D:
        look: dict[str, Any] = {
            "marker": "o",
            "linestyle": "",
            "color": "0.75",
            "markeredgecolor": "0.45",
            **style,
        }
        return Line2D([], [], markersize=np.sqrt(area), **look)

    entries = []
    if cities["clear"].any():
        entries.append((dot(size), "beyond two standard errors of 0"))
        entries.append((dot(size / 3), "not distinguishable from 0"))
    if (cities["host"] > 0).any():
        entries.append((dot(2.4 * size, color="none", markeredgecolor="black"), _hosting(cities["host"])))
    if entries:
        handles, texts = zip(*entries, strict=True)
        axes.legend(handles, texts, loc="lower left", fontsize=8.5, framealpha=0.9)


def _hosting(shares: pd.Series) -> str:
    return "hosts a centre" if shares.isin([0.0, 1.0]).all() else "hosts a centre in some seeds"


def gap_chart(gap_over_time: pd.DataFrame) -> Figure:
    """Inequality of innovation between cities by year, with and without centres, and the difference."""
    indices = [index for index in GAP_INDICES if (gap_over_time["index"] == index).any()]
    figure = _figure(5.0, "Gap between cities in innovation, with and without centres")
    rows = figure.subplots(2, len(indices), sharex=True, squeeze=False, height_ratios=(3, 2))
    for index, top, bottom in zip(indices, *rows, strict=True):
        here = gap_over_time[gap_over_time["index"] == index]
        top.plot(
            here["year"], here["without"], color=RED, linestyle="--", linewidth=1.6, label="without centres"
        )
        top.plot(here["year"], here["with"], color=BLUE, linewidth=1.6, label="with centres")
        top.set_ylabel(GAP_INDICES[index], fontsize=9)
        band = _two_errors(here["se"])
        bottom.fill_between(
            here["year"],
            here["difference"] - band,
            here["difference"] + band,
            color=BLUE,
            alpha=0.25,
            linewidth=0,
        )
        bottom.plot(here["year"], here["difference"], color=BLUE, linewidth=1.4)
        bottom.axhline(0.0, color="0.3", linewidth=0.8)
        bottom.set_ylabel("with − without", fontsize=9)
        bottom.set_xlabel("year", fontsize=9)
        bottom.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        bottom.ticklabel_format(axis="y", useOffset=False, scilimits=(-3, 4))
        bottom.yaxis.get_offset_text().set_fontsize(8)
        for axes in (top, bottom):
            _plain(axes)
    rows[0][0].legend(fontsize=8.5, frameon=False)
    rows[1][0].set_title(
        "band: ±2 s.e. over seeds" if gap_over_time["se"].notna().any() else "one seed, no band",
        fontsize=8.5,
        loc="left",
    )
    return figure


def rank_chart(ranks: pd.DataFrame, count: int = 15) -> Figure:
    """The cities that gain most places in innovation, ``count`` at most: rank without and with centres."""
    best = ranks[ranks["gain"] > 0].sort_values(["gain", "city_id"], ascending=[False, True]).head(count)
    figure = _figure(6.6, f"Cities that gain most places in innovation ({LATE})")
    axes = figure.subplots()
    before, after = best["rank_without"].to_numpy(), best["rank_with"].to_numpy()
    left, right, limits = _rank_places(before, after)
    axes.set(xlim=(-0.75, 1.9), ylim=limits)
    for row, name in enumerate(city_labels(best)):
        look = HOST_LINE if best["host"].iloc[row] > 0 else OTHER_LINE
        axes.plot([0, 1], [before[row], after[row]], markersize=4.5, **look)
        gain = estimate(best["gain"].iloc[row], best["se"].iloc[row])
        for x, side, rank, place, text in (
            (0, -1, before[row], left[row], f"{name}  {number(before[row], 1)}"),
            (1, 1, after[row], right[row], f"{number(after[row], 1)}  ({gain} places)  {name}"),
        ):
            axes.plot([x, x + 0.07 * side], [rank, place], color="0.7", linewidth=0.6, zorder=1)
            axes.text(
                x + 0.09 * side, place, text, ha="left" if side > 0 else "right", va="center", fontsize=8.5,
                fontfamily=families(), parse_math=False,
            )  # fmt: skip
    _plain(axes)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([0, 1], ["without centres", "with centres"], fontsize=9)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("rank in innovation, places (1 is the most innovative city)", fontsize=9)
    handles = [
        Line2D([], [], label=_hosting(best["host"]), **HOST_LINE),
        Line2D([], [], label="hosts none", **OTHER_LINE),
    ]
    below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "ncols": 2}
    axes.legend(handles=handles, fontsize=8.5, frameon=False, handlelength=3.5, **below)
    return figure


def _rank_places(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
    """Places of the labels on both sides, and the limits of the axis, best rank on top."""
    low, high = min(before.min(), after.min()), max(before.max(), after.max())
    left, right = before, after
    for _ in range(8):  # room for the labels widens the axis, and a wider axis makes labels taller
        low, high = min(low, left.min(), right.min()), max(high, left.max(), right.max())
        gap = max(high - low, 1.0) / 30.0
        left, right = spread(list(before), gap), spread(list(after), gap)
    margin = 0.03 * max(high - low, 1.0)
    return left, right, (high + margin, low - margin)


def distance_chart(distance: pd.DataFrame, effects: pd.DataFrame) -> Figure:
    """Effect by distance to the nearest centre; the hosts' own effect stands beside it on its own scale."""
    figure = _figure(4.0, f"Effect on innovation by distance to the nearest centre ({LATE})")
    hosts, others = figure.subplots(1, 2, width_ratios=(1, 5))
    own = effects[effects["group"] == "host cities"]
    _bars(hosts, ["host\ncities"], own, BLUE)
    hosts.set_ylabel("effect on innovation in host cities, %", fontsize=9)
    hosts.set_xlim(-0.9, 0.9)
    bands = distance[distance["mean"].notna()]
    names = [
        f"{band.replace('-', '–')}\n({number(cities, 0)})"
        for band, cities in zip(bands["band_km"], bands["cities"], strict=True)
    ]
    _bars(others, names, bands, ORANGE)
    others.set_ylabel("effect on other cities, %", fontsize=9)
    others.set_xlabel("distance to the nearest centre, km (number of cities without a centre)", fontsize=9)
    others.set_title(f"{_seeds(effects)}; the two panels differ in scale", fontsize=8.5, loc="left")
    return figure


def _bars(axes: Axes, names: Sequence[str], frame: pd.DataFrame, colour: str) -> None:
    places = np.arange(len(names))
    axes.bar(places, frame["mean"], width=0.62, color=colour, alpha=0.75)
    if frame["se"].notna().any():
        axes.errorbar(
            places,
            frame["mean"],
            _two_errors(frame["se"]),
            fmt="none",
            ecolor="0.15",
            elinewidth=1.2,
            capsize=3,
        )
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    _plain(axes)
    axes.grid(visible=False, axis="x")
    axes.set_xticks(places, names)


def _estimates(axes: Axes, names: Sequence[str], frame: pd.DataFrame, colours: Sequence[str]) -> None:
    """Horizontal estimates, the first on top, with their numbers in the right margin."""
    places = np.arange(len(names))[::-1]
    axes.use_sticky_edges = False
    axes.barh(places, frame["mean"], height=0.55, color=list(colours), alpha=0.75)
    if frame["se"].notna().any():
        axes.errorbar(
            frame["mean"],
            places,
            xerr=_two_errors(frame["se"]),
            fmt="none",
            ecolor="0.15",
            elinewidth=1.2,
            capsize=3,
        )
    axes.axvline(0.0, color="0.3", linewidth=0.8)
    _plain(axes)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.set_yticks(places, names)
    for place, mean, error in zip(places, frame["mean"], frame["se"], strict=True):
        text = estimate(mean, error)
        axes.text(1.01, place, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5)


def channel_chart(channels: pd.DataFrame) -> Figure:
    """The six channels in host cities; channels of one unit share an axis, others have their own."""
    units = list(dict.fromkeys(channels["unit"]))
    figure = _figure(
        1.6 + 0.55 * len(channels), f"Channels: change in host cities caused by the centres ({LATE})"
    )
    counts = [int((channels["unit"] == unit).sum()) for unit in units]
    rows = figure.subplots(len(units), 1, squeeze=False, height_ratios=[count + 0.6 for count in counts])[
        :, 0
    ]
    for axes, unit, colour in zip(rows, units, (BLUE, GREEN, ORANGE, RED, GREY), strict=False):
        here = channels[channels["unit"] == unit]
        _estimates(axes, list(here["channel"]), here, [colour] * len(here))
        axes.set_xlabel(f"change, {unit}", fontsize=9)
    rows[0].set_title(f"{_seeds(channels)}; right: mean ± s.e.", fontsize=8.5, loc="left")
    return figure


def strength_chart(host_strength: pd.DataFrame) -> Figure:
    """Weak against strong hosts: effect on innovation, and places gained."""
    parts = host_strength["measure"].str.rsplit(": ", n=1)
    measures = list(dict.fromkeys(parts.str[0]))
    figure = _figure(2.8, f"Weak and strong host cities ({LATE})")
    for axes, measure in zip(figure.subplots(1, len(measures), squeeze=False)[0], measures, strict=True):
        here = host_strength[parts.str[0] == measure]
        _estimates(axes, list(parts.str[1][here.index]), here, (ORANGE, BLUE, GREY))
        axes.set_xlabel(
            "places gained in rank, places" if measure == "places gained" else measure, fontsize=9
        )
    figure.axes[0].set_title(f"{_seeds(host_strength)}", fontsize=8.5, loc="left")
    return figure


def all_figures(tables: Mapping[str, pd.DataFrame]) -> dict[str, Figure]:
    """Every figure that the tables of ``experiments.measures.effects.all_tables`` have something to show in.

    Without a host city in any run there is no effect to show, and no figure.
    """
    cities = tables["cities"]
    if not (cities["host"] > 0).any():
        return {}
    figures = {"map": effect_map(cities)}
    if _measured(tables["distance"]):
        figures["distance"] = distance_chart(tables["distance"], tables["effects"])
    if _measured(tables["channels"]):
        figures["channels"] = channel_chart(tables["channels"])
    figures["gap"] = gap_chart(tables["gap_over_time"])
    if (tables["ranks"]["gain"] > 0).any():
        figures["ranks"] = rank_chart(tables["ranks"])
    if _measured(tables["host_strength"]):
        figures["host_strength"] = strength_chart(tables["host_strength"])
    return figures


def _measured(frame: pd.DataFrame) -> bool:
    return "mean" in frame and bool(frame["mean"].notna().any())


def png(figure: Figure) -> bytes:
    """The figure as a PNG file; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def write_figures(folder: Path, figures: Mapping[str, Figure]) -> list[Path]:
    """Write each figure to ``folder`` as NAME.png; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png" for name in figures]
    for path, figure in zip(paths, figures.values(), strict=True):
        path.write_bytes(png(figure))
    return paths
