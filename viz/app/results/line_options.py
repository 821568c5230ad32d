"""Lines with bands, and intervals: ECharts options of plain data. Every axis has a name with its unit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.app.results.chart_style import (
    FONT,
    INK,
    LINE,
    SOFT,
    Option,
    interval,
    rounded,
    safe,
    shown,
)


def frame(*, legend: Sequence[str] = (), left: int = 62, bottom: int = 48, right: int = 18) -> Option:
    """What all charts share."""
    found: Option = {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK, "fontSize": 12},
        "aria": {"enabled": True},
        "grid": {"left": left, "right": right, "top": 34 if legend else 14, "bottom": bottom},
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "transitionDuration": 0,
            "textStyle": {"fontSize": 12},
        },
    }
    if legend:
        found["legend"] = {
            "data": list(legend),
            "top": 0,
            "left": 0,
            "type": "scroll",
            "itemWidth": 26,
            "itemHeight": 9,
            "textStyle": {"color": INK},
        }
    return found


def axis(
    name: str, *, of: str = "value", data: Sequence[str] | None = None, gap: int = 30, **more: Any
) -> Option:
    """An axis with its name, which holds the unit."""
    found: Option = {
        "type": of,
        "name": name,
        "nameLocation": "middle",
        "nameGap": gap,
        "nameTextStyle": {"color": SOFT, "fontSize": 12},
        "axisLine": {"lineStyle": {"color": SOFT}},
        "axisLabel": {"color": INK},
        "splitLine": {"lineStyle": {"color": LINE}},
        "axisTick": {"show": of == "category"},
    }
    if data is not None:
        found["data"] = list(data)
    return {**found, **more}


@dataclass(frozen=True)
class Bundle:
    """A line with its band: name, values of every seed (S, T), look."""

    name: str
    values: np.ndarray
    colour: str
    dash: str = "solid"

    def summary(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean, and ends of the 95 % interval, each (T,); the ends are NaN with one seed."""
        mean = self.values.mean(axis=0)
        count = len(self.values)
        error = self.values.std(axis=0, ddof=1) / np.sqrt(count) if count > 1 else np.full(len(mean), np.nan)
        ends = np.array([interval(m, e, count) for m, e in zip(mean, error, strict=True)])
        return mean, ends[:, 0], ends[:, 1]


def bands(
    years: Sequence[object],
    bundles: Sequence[Bundle],
    unit: str,
    x_name: str,
    ends: tuple[str, str],
    seeds: bool = False,
    limits: tuple[float, float] | None = None,
) -> Option:
    """Lines over years with 95 % bands over seeds; ``seeds`` draws every seed as a faint line too."""
    labels = [str(year) for year in years]
    series: list[Option] = []
    for bundle in bundles:
        mean, low, high = bundle.summary()
        if seeds:
            series += [_faint(bundle, labels, one) for one in bundle.values]
        if np.isfinite(low).all():
            series += _band(bundle, labels, low, high)
        rows = [
            [label, *(rounded(value, 5) for value in row)]
            for label, row in zip(labels, np.column_stack([mean, low, high]), strict=True)
        ]
        series.append(
            {
                "type": "line",
                "name": bundle.name,
                "data": rows,
                "symbol": "circle",
                "symbolSize": 5,
                "showSymbol": False,
                "dimensions": ["x", bundle.name, *ends],
                "encode": {"x": 0, "y": 1, "tooltip": [1, 2, 3]},
                "lineStyle": {"color": bundle.colour, "type": bundle.dash, "width": 2.2},
                "itemStyle": {"color": bundle.colour},
                "z": 5,
            }
        )
    found = frame(legend=[bundle.name for bundle in bundles] if len(bundles) > 1 else ())
    found["tooltip"] = {**found["tooltip"], "trigger": "axis"}
    span: Option = (
        {"scale": True} if limits is None else {"min": rounded(limits[0], 3), "max": rounded(limits[1], 3)}
    )
    return {
        **found,
        "xAxis": axis(x_name, of="category", data=labels, boundaryGap=False),
        "yAxis": axis(unit, gap=46, **span),
        "series": series,
    }


def _band(bundle: Bundle, labels: Sequence[str], low: np.ndarray, high: np.ndarray) -> list[Option]:
    """The area between two lines: a stack of an unseen line and the distance to the other."""
    shared: Option = {
        "type": "line",
        "name": bundle.name,
        "stack": f"band {bundle.name}",
        "stackStrategy": "all",
        "symbol": "none",
        "lineStyle": {"opacity": 0},
        "tooltip": {"show": False},
        "silent": True,
        "z": 2,
        "itemStyle": {"color": bundle.colour},
    }
    return [
        {**shared, "data": _points(labels, low)},
        {
            **shared,
            "data": _points(labels, high - low),
            "areaStyle": {"color": bundle.colour, "opacity": 0.2},
        },
    ]


def _faint(bundle: Bundle, labels: Sequence[str], values: np.ndarray) -> Option:
    return {
        "type": "line",
        "name": bundle.name,
        "data": _points(labels, values),
        "symbol": "none",
        "silent": True,
        "tooltip": {"show": False},
        "itemStyle": {"color": bundle.colour},
        "lineStyle": {"color": bundle.colour, "width": 0.8, "opacity": 0.28, "type": bundle.dash},
        "z": 1,
    }


def _points(labels: Sequence[str], values: Iterable[float]) -> list[list[Any]]:
    return [[label, rounded(float(value), 5)] for label, value in zip(labels, values, strict=True)]


@dataclass(frozen=True)
class Estimates:
    """Means with intervals, one a category: name of the set, then rows (mean, se, seeds) or None."""

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
    words: Mapping[str, str],
) -> Option:
    """Means and their 95 % intervals by category. ``upright``: categories along the x-axis.

    ``words``: ``interval`` and ``seeds``, for the text that hovering shows. ``units``: of each category.
    """
    labels = [safe(category) for category in categories]
    series = []
    for one in sets:
        rows: list[Any] = []
        for k, row in enumerate(one.rows):
            unit_here = units[k] if units else unit
            rows.append(_whisker(row, one.name, labels[k], unit_here, words) if row else "-")
        series.append(
            {
                "type": "boxplot",
                "name": one.name,
                "data": rows,
                "boxWidth": [4, 16],
                "itemStyle": {"color": one.colour, "borderColor": one.colour, "borderWidth": 2},
            }
        )
    found = frame(
        legend=[one.name for one in sets] if len(sets) > 1 else (),
        left=62 if upright else min(250, 30 + 7 * max((_width(label) for label in labels), default=0)),
        bottom=50 if upright else 46,
    )
    of_category = axis(name, of="category", data=labels, gap=30 if upright else 0)
    if upright and len(labels) <= 10:
        of_category["axisLabel"] = {"color": INK, "interval": 0, "fontSize": 11, "hideOverlap": False}
    if not upright:
        found["grid"]["top"] += 20
        of_category |= {
            "inverse": True,
            "nameLocation": "start",
            "nameGap": 8,
            "nameTextStyle": {"align": "right", "color": SOFT},
            "axisLabel": {"color": INK, "width": 230, "overflow": "break"},
        }
    of_value = axis(unit, gap=46 if upright else 28, splitNumber=5 if upright else 4)
    return {
        **found,
        "series": series,
        "xAxis": of_category if upright else of_value,
        "yAxis": of_value if upright else of_category,
    }


def _width(text: str) -> int:
    """Letters wide: a Chinese one counts for two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _whisker(
    row: tuple[float, float, float], name: str, label: str, unit: str, words: Mapping[str, str]
) -> Option | str:
    mean, error, seeds = row
    if not math.isfinite(mean):
        return "-"
    low, high = interval(mean, error, seeds)
    ends = (low, high) if math.isfinite(low) else (mean, mean)
    text = f"<b>{label}</b><br>{safe(name)}: {shown(mean, error)} {safe(unit)}"
    if math.isfinite(low):
        text += f"<br>{words['interval']}: {shown(low)} … {shown(high)}"
    text += f"<br>{words['seeds']}: {int(seeds)}"
    values = [rounded(value) for value in (ends[0], mean, mean, mean, ends[1])]
    return {"value": values, "tooltip": {"formatter": text}}
