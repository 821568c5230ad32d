"""Lines with bands, and means with intervals, as ECharts options."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.app.results.chart_numbers import interval, rounded, safe, shown
from viz.app.ui.chart_options import INK, SOFT, Option, axis, base_option, changed, line

HIDDEN: Option = {"silent": True, "tooltip": {"show": False}}  # of series that only support another


@dataclass(frozen=True)
class Band:
    """A line with its 95 % band: name, mean and ends of the interval, (T,) each, and look."""

    name: str
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str
    dash: str = "solid"

    def series(self, labels: Sequence[str], ends: tuple[str, str]) -> list[Option]:
        """Return the line and, where the interval is known, the band; ``ends`` names it in the tooltip."""
        rows = [
            [label, *(rounded(value, 5) for value in row)]
            for label, row in zip(labels, np.column_stack([self.mean, self.low, self.high]), strict=True)
        ]
        main = line(
            self.name,
            self.colour,
            self.dash,
            2.2,
            data=rows,
            symbol="circle",
            symbolSize=5,
            showSymbol=False,
            dimensions=["x", self.name, *ends],
            encode={"x": 0, "y": 1, "tooltip": [1, 2, 3]},
            z=5,
        )
        # The area between two lines: a stack of an invisible line and the distance to the other.
        stack: Option = {
            "stack": f"band {self.name}",
            "stackStrategy": "all",
            "lineStyle": {"opacity": 0},
            "z": 2,
        }
        edge = line(self.name, self.colour) | stack | HIDDEN
        area = {"areaStyle": {"color": self.colour, "opacity": 0.2}}
        band = [
            {**edge, "data": _points(labels, self.low)},
            {**edge, "data": _points(labels, self.high - self.low), **area},
        ]
        # The line first: the legend shows the look of the first series of a name.
        return [main, *(band if np.isfinite(self.low).all() else [])]


@dataclass(frozen=True)
class SeedLines:
    """A measure of S seeds over T years: name, values (S, T), look."""

    name: str
    values: np.ndarray
    colour: str
    dash: str = "solid"

    def band(self) -> Band:
        """Return the mean over seeds with its 95 % interval; the ends are NaN with one seed."""
        mean, count = self.values.mean(axis=0), len(self.values)
        error = self.values.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.full(len(mean), np.nan)
        ends = np.array([interval(m, e, count) for m, e in zip(mean, error, strict=True)])
        return Band(self.name, mean, ends[:, 0], ends[:, 1], self.colour, self.dash)

    def faint_lines(self, labels: Sequence[str]) -> list[Option]:
        """Return a faint line for every seed."""
        style = {"color": self.colour, "width": 0.8, "opacity": 0.28, "type": self.dash}
        faint = line(self.name, self.colour, z=1, lineStyle=style) | HIDDEN
        return [{**faint, "data": _points(labels, values)} for values in self.values]


def _points(labels: Sequence[str], values: Iterable[float]) -> list[list[Any]]:
    return [[label, rounded(float(value), 5)] for label, value in zip(labels, values, strict=True)]


def bands(
    years: Sequence[object],
    lines: Sequence[SeedLines],
    unit: str,
    x_name: str,
    ends: tuple[str, str],
    seeds: bool = False,
    limits: tuple[float, float] | None = None,
) -> Option:
    """Return lines over years with 95 % bands over seeds; ``seeds`` adds a faint line for every seed."""
    labels = [str(year) for year in years]
    series: list[Option] = []
    for one in lines:
        series += one.band().series(labels, ends)
        if seeds:
            series += one.faint_lines(labels)
    scale: Option = {"scale": True}
    if limits is not None:
        scale = {"min": rounded(limits[0], 3), "max": rounded(limits[1], 3)}
    option = base_option(names=[one.name for one in lines] if len(lines) > 1 else ())
    return {
        **changed(option, "tooltip", trigger="axis"),
        "xAxis": axis(x_name, of="category", data=labels, boundaryGap=False),
        "yAxis": axis(unit, gap=46) | scale,
        "series": series,
    }


@dataclass(frozen=True)
class Estimates:
    """Means with intervals by category: name of the set, rows (mean, se, seeds) or None, colour."""

    name: str
    rows: Sequence[tuple[float, float, float] | None]
    colour: str


def intervals(
    categories: Sequence[str],
    sets: Sequence[Estimates],
    unit: str,
    name: str,
    *,
    upright: bool,
    units: Sequence[str] | None = None,
    captions: Mapping[str, str],
) -> Option:
    """Return means and their 95 % intervals by category.

    Args:
        categories: Names of the categories.
        sets: Estimates to show next to each other.
        unit: Name of the axis of values.
        name: Name of the axis of categories.
        upright: Whether the categories lie along the x-axis.
        units: Unit of each category, for the tooltip.
        captions: ``interval`` and ``seeds`` in the language of the page, for the tooltip.
    """
    labels = [safe(category) for category in categories]
    series = []
    for one in sets:
        rows: list[Any] = []
        for k, row in enumerate(one.rows):
            own_unit = units[k] if units else unit
            rows.append(_whisker(row, one.name, labels[k], own_unit, captions) if row else "-")
        look = {"color": one.colour, "borderColor": one.colour, "borderWidth": 2}
        series.append(
            {"type": "boxplot", "name": one.name, "data": rows, "boxWidth": [4, 16], "itemStyle": look}
        )
    names = [one.name for one in sets] if len(sets) > 1 else ()
    if not upright:
        option, of_categories = category_rows(labels, name, names)
        return {
            **option,
            "series": series,
            "xAxis": axis(unit, gap=28, splitNumber=4),
            "yAxis": of_categories,
        }
    of_categories = axis(name, of="category", data=labels)
    if len(labels) <= 10:
        of_categories["axisLabel"] = {"color": INK, "interval": 0, "fontSize": 11, "hideOverlap": False}
    option = base_option(names=names, bottom=50)
    return {**option, "series": series, "xAxis": of_categories, "yAxis": axis(unit, gap=46, splitNumber=5)}


def category_rows(labels: Sequence[str], name: str, names: Sequence[str] = ()) -> tuple[Option, Option]:
    """Return the base option and the y-axis of a chart whose categories lie below each other."""
    left = min(250, 30 + 7 * max(map(text_width, labels), default=0))
    option = base_option(names=names, left=left, bottom=46, top=54 if names else 34)
    of_categories = axis(
        name,
        of="category",
        data=list(labels),
        inverse=True,
        nameLocation="start",
        gap=8,
        nameTextStyle={"align": "right", "color": SOFT},
        axisLabel={"color": INK, "width": 230, "overflow": "break"},
    )
    return option, of_categories


def text_width(text: str) -> int:
    """Return the width of a text in Latin letters; a Chinese character counts as two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _whisker(
    row: tuple[float, float, float], name: str, label: str, unit: str, captions: Mapping[str, str]
) -> Option | str:
    mean, error, seeds = row
    if not math.isfinite(mean):
        return "-"
    low, high = interval(mean, error, seeds)
    ends = (low, high) if math.isfinite(low) else (mean, mean)
    text = f"<b>{label}</b><br>{safe(name)}: {shown(mean, error)} {safe(unit)}"
    if math.isfinite(low):
        text += f"<br>{captions['interval']}: {shown(low)} … {shown(high)}"
    text += f"<br>{captions['seeds']}: {int(seeds)}"
    values = [rounded(value) for value in (ends[0], mean, mean, mean, ends[1])]
    return {"value": values, "tooltip": {"formatter": text}}
