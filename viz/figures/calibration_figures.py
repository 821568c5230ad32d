"""Figures of a calibration (marginals and pairs of the posterior) and of a front (pairs of objectives)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.sweep.analysis.calibration import Calibration
from experiments.sweep.analysis.history_matching import CUT
from experiments.sweep.analysis.optimisation import LIKELY, Front
from viz.figures.figure_style import DPI, WIDTH, new_figure, plain_axes
from viz.palette import BLUE, GREY, ORANGE

MOST_FACTORS = 6  # drawn: those of which most was learned
BINS = 15
SHADES = LinearSegmentedColormap.from_list("weight", ["#FFFFFF", BLUE])


@dataclass(frozen=True)
class AxisData:
    """A factor on an axis: sample and points there (logs of a log scale), ticks of categories and logs."""

    sample: np.ndarray
    points: np.ndarray
    ticks: dict[float, str]
    low: float
    high: float
    bins: int

    @property
    def edges(self) -> np.ndarray:
        """Edges of the bins."""
        return np.linspace(self.low, self.high, self.bins + 1)


def draw_calibration(found: Calibration, path: Path) -> None:
    """Marginals on the diagonal, pairs below it, of the factors of which most was learned, to a file."""
    names = _learned(found)
    count = len(names)
    size = max(3.6, min(WIDTH, 1.9 * count + 0.9))
    title = f"Posterior of the factors: {found.remaining:,} of {len(found.points):,} points not ruled out"
    figure: Figure = new_figure(size + 0.3, title)
    grid = figure.subplots(count, count, squeeze=False)
    places = {name: _axis_data(found, name) for name in names}
    for row, up in enumerate(names):
        for column, across in enumerate(names):
            axes: Axes = grid[row, column]
            if column > row:
                axes.set_visible(False)
                continue
            plain_axes(axes)
            axes.tick_params(labelsize=7)
            if column == row:
                _marginal(axes, found, places[across])
            else:
                _pair(axes, found, places[across], places[up])
            _ticks(axes, places[across].ticks, places[up].ticks if column != row else None)
            if row == count - 1:
                axes.set_xlabel(across, fontsize=8)
            if column == 0 and row:
                axes.set_ylabel(up, fontsize=8)
    handles, labels = grid[-1, 0].get_legend_handles_labels()
    first, texts = grid[0, 0].get_legend_handles_labels()
    both = dict(zip([*texts, *labels], [*first, *handles], strict=True))
    figure.legend(both.values(), both.keys(), fontsize=8, frameon=False, loc="outside lower left", ncols=4)
    figure.savefig(path, dpi=DPI)


def _learned(found: Calibration) -> list[str]:
    names = [name for name in found.sample.columns if name != "weight"]
    narrowed = found.table.set_index("factor")["narrowed"]
    # A categorical factor has no s.d.; it is drawn first.
    best = sorted(names, key=lambda name: -float(narrowed.get(name, 1.0)))[:MOST_FACTORS]
    return [name for name in names if name in best]


def _axis_data(found: Calibration, name: str) -> AxisData:
    sample, points = found.sample[name], found.points[name]
    if points.dtype.kind not in "iuf":
        words = sorted(set(map(str, points)))
        x, y = (np.array([words.index(str(v)) for v in column], dtype=float) for column in (sample, points))
        ticks = {float(k): word for k, word in enumerate(words)}
        return AxisData(x, y, ticks, -0.5, len(words) - 0.5, len(words))
    x, y = sample.to_numpy().astype(float), points.to_numpy().astype(float)
    if name not in found.logarithmic:
        return AxisData(x, y, {}, min(x.min(), y.min()), max(x.max(), y.max()), BINS)
    x, y = np.log(x), np.log(y)
    low, high = min(x.min(), y.min()), max(x.max(), y.max())
    ticks = {float(at): f"{np.exp(at):.2g}" for at in np.linspace(low, high, 3)}
    return AxisData(x, y, ticks, low, high, BINS)


def _marginal(axes: Axes, found: Calibration, place: AxisData) -> None:
    edges = place.edges
    heights, _ = np.histogram(place.sample, edges, weights=found.sample["weight"])
    axes.stairs(heights, edges, fill=True, color=BLUE, label="posterior")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _pair(axes: Axes, found: Calibration, across: AxisData, up: AxisData) -> None:
    edges = across.edges, up.edges
    density, _, _ = np.histogram2d(across.sample, up.sample, edges, weights=found.sample["weight"])
    axes.pcolormesh(*edges, density.T, cmap=SHADES, rasterized=True)
    out = (found.points["implausibility"] > CUT).to_numpy()
    ruled_out, remain = (out, "x", GREY, "points ruled out"), (~out, "o", ORANGE, "points that remain")
    for chosen, marker, colour, label in (ruled_out, remain):
        x, y = across.points[chosen], up.points[chosen]
        axes.plot(x, y, marker, color=colour, markersize=3, label=label, clip_on=False)
    axes.set_xlim(across.low, across.high)
    axes.set_ylim(up.low, up.high)


def _ticks(axes: Axes, across: dict[float, str], up: dict[float, str] | None) -> None:
    """Ticks at the places given; four or so where none are given, and none up a marginal."""
    if across:
        axes.set_xticks(list(across), list(across.values()), fontsize=7)
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    if up:
        axes.set_yticks(list(up), list(up.values()), fontsize=7)
    elif up is not None:
        axes.yaxis.set_major_locator(MaxNLocator(4))


def draw_front(found: Front, path: Path) -> None:
    """Each pair of objectives: points, those that may be on the front, the front, its knee, to a file."""
    pairs = list(combinations(found.objectives, 2))
    columns = min(2, len(pairs))
    rows = -(-len(pairs) // columns)
    figure = new_figure(0.8 + 3.6 * rows, f"{len(found.front):,} of {len(found.table):,} points on the front")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid[len(pairs) :]:
        axes.set_visible(False)
    table, front = found.table, found.front
    near = table[~table["front"] & (table["share"] >= LIKELY)]
    for axes, (across, up) in zip(grid, pairs, strict=False):
        plain_axes(axes)
        x, y = across.result, up.result
        axes.plot(table[x], table[y], ".", color=GREY, alpha=0.5, markersize=4, label="points")
        label = f"on the front in {100 * LIKELY:.0f} % of the resamples or more"
        axes.plot(near[x], near[y], "o", color=BLUE, fillstyle="none", markersize=5, label=label)
        _cross(axes, front, x, y)
        if len(found.objectives) == 2:
            axes.plot(front[x], front[y], "-", color=BLUE, linewidth=1.0)
        axes.plot(front[x], front[y], "o", color=BLUE, markersize=5, label="front, ±2 s.e.")
        knee = table[table["point"] == found.knee]
        if len(knee):
            axes.plot(knee[x], knee[y], "D", color=ORANGE, markersize=8, label=f"knee: point {found.knee}")
        axes.set_xlabel(f"{x} ({'more' if across.more else 'less'} is better)", fontsize=9)
        axes.set_ylabel(f"{y} ({'more' if up.more else 'less'} is better)", fontsize=9)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, fontsize=8, frameon=False, loc="outside lower left", ncols=4)
    figure.savefig(path, dpi=DPI)


def _cross(axes: Axes, front: pd.DataFrame, x: str, y: str) -> None:
    errors = {"xerr": 2 * front[f"se_{x}"], "yerr": 2 * front[f"se_{y}"]}
    axes.errorbar(front[x], front[y], **errors, fmt="none", ecolor=BLUE, elinewidth=0.8, alpha=0.6)
