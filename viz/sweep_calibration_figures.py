"""Figures of a calibration (marginals and pairs of the posterior) and of a front (pairs of objectives)."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from experiments.sweep.calibration import Calibration
from experiments.sweep.matching import CUT
from experiments.sweep.optimisation import LIKELY, Front
from viz.figures import BLUE, DPI, GREY, ORANGE, WIDTH, _figure, _plain

MOST_FACTORS = 6  # drawn: those of which most was learned
BINS = 24
SHADES = LinearSegmentedColormap.from_list("weight", ["#FFFFFF", BLUE])


def draw_calibration(found: Calibration, path: Path) -> None:
    """Marginals on the diagonal, pairs below it, of the factors of which most was learned, to a file."""
    names = _learned(found)
    count = len(names)
    size = max(3.6, min(WIDTH, 1.9 * count + 0.9))
    title = f"Posterior of the factors: {found.remaining:,} of {len(found.points):,} points not ruled out"
    figure: Figure = _figure(size + 0.3, title)
    grid = figure.subplots(count, count, squeeze=False)
    places = {name: _places(found, name) for name in names}
    for row, up in enumerate(names):
        for column, across in enumerate(names):
            axes: Axes = grid[row, column]
            if column > row:
                axes.set_visible(False)
                continue
            _plain(axes)
            axes.tick_params(labelsize=7)
            axes.locator_params(nbins=4) if not places[across][2] else None
            if column == row:
                _marginal(axes, found, places[across])
            else:
                _pair(axes, found, places[across], places[up])
            _ticks(axes, places[across][2], places[up][2] if column != row else [])
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
    # A factor in words has no s.d.; it is drawn first, as its values are kinds of worlds.
    best = sorted(names, key=lambda name: -float(narrowed.get(name, 1.0)))[:MOST_FACTORS]
    return [name for name in names if name in best]


def _places(found: Calibration, name: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Places of the sample and of the points on an axis, and the words that they stand for."""
    sample, points = found.sample[name], found.points[name]
    if points.dtype.kind in "iuf":
        return sample.to_numpy().astype(float), points.to_numpy().astype(float), []
    words = sorted(set(map(str, points)))
    return (
        np.array([words.index(str(value)) for value in sample], dtype=float),
        np.array([words.index(str(value)) for value in points], dtype=float),
        words,
    )


def _edges(place: tuple[np.ndarray, np.ndarray, list[str]]) -> np.ndarray:
    if place[2]:
        return np.arange(len(place[2]) + 1) - 0.5
    low, high = place[1].min(), place[1].max()
    low, high = min(low, place[0].min()), max(high, place[0].max())
    return np.linspace(low, high, BINS + 1)


def _marginal(axes: Axes, found: Calibration, place: tuple[np.ndarray, np.ndarray, list[str]]) -> None:
    edges = _edges(place)
    heights, _ = np.histogram(place[0], edges, weights=found.sample["weight"])
    axes.stairs(heights, edges, fill=True, color=BLUE, label="posterior")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _pair(
    axes: Axes, found: Calibration, across: tuple[np.ndarray, np.ndarray, list[str]],
    up: tuple[np.ndarray, np.ndarray, list[str]],
) -> None:  # fmt: skip
    edges = _edges(across), _edges(up)
    density, _, _ = np.histogram2d(across[0], up[0], edges, weights=found.sample["weight"])
    axes.pcolormesh(*edges, density.T, cmap=SHADES, rasterized=True)
    out = (found.points["implausibility"] > CUT).to_numpy()
    axes.plot(
        across[1][out], up[1][out], "x", color=GREY, markersize=2.5, alpha=0.5, label="points ruled out"
    )
    axes.plot(across[1][~out], up[1][~out], "o", color=ORANGE, markersize=3, label="points that remain")
    axes.set_xlim(edges[0][0], edges[0][-1])
    axes.set_ylim(edges[1][0], edges[1][-1])


def _ticks(axes: Axes, across: list[str], up: list[str]) -> None:
    if across:
        axes.set_xticks(range(len(across)), across, fontsize=7)
    if up:
        axes.set_yticks(range(len(up)), up, fontsize=7)


def draw_front(found: Front, path: Path) -> None:
    """Each pair of objectives: points, those that may be on the front, the front, its knee, to a file."""
    pairs = list(combinations(found.objectives, 2))
    columns = min(2, len(pairs))
    rows = -(-len(pairs) // columns)
    figure = _figure(0.8 + 3.6 * rows, f"{len(found.front):,} of {len(found.table):,} points on the front")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid[len(pairs) :]:
        axes.set_visible(False)
    table, front = found.table, found.front
    near = table[~table["front"] & (table["share"] >= LIKELY)]
    for axes, (across, up) in zip(grid, pairs, strict=False):
        _plain(axes)
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
    axes.errorbar(
        front[x], front[y], xerr=2 * front[f"se_{x}"], yerr=2 * front[f"se_{y}"], fmt="none", ecolor=BLUE,
        elinewidth=0.8, alpha=0.6,
    )  # fmt: skip
