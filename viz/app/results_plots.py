"""Pieces of charts: lines with bands, intervals, maps of cells, bars; each an ECharts option of plain data.

Colours are those of Okabe and Ito, or a scale from blue over white to orange with white at zero, so that the
colour-blind can tell them apart; no meaning is in colour alone. Every axis has a name with its unit. Texts
from files are shown as text: they are escaped where ECharts would take them for HTML.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student

from viz.wording import number

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#6B6B6B",
)
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY, GREY, "#000000")
DASHES = ("solid", "dashed", "dotted", "solid", "dashed", "dotted", "solid", "dashed")
INK, SOFT, LINE = "#1d2733", "#5a6675", "#e3e7ec"
DIVERGING = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")
FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
LEVEL = 0.95

Option = dict[str, Any]

# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────


def rounded(value: float, digits: int = 4) -> float | None:
    """The value with so many significant digits; None where it is not defined (JSON has no NaN)."""
    if not math.isfinite(value):
        return None
    if value == 0:
        return 0.0
    return float(round(value, max(0, digits - 1 - math.floor(math.log10(abs(value))))))


def interval(mean: float, error: float, seeds: float) -> tuple[float, float]:
    """Ends of the 95 % interval of a mean over seeds (Student's t); NaN with fewer than two."""
    if not (seeds >= 2 and math.isfinite(mean) and math.isfinite(error)):
        return float("nan"), float("nan")
    reach = float(student.ppf(0.5 + LEVEL / 2.0, seeds - 1)) * error
    return mean - reach, mean + reach


def shown(mean: float, error: float = float("nan"), digits: int = 3) -> str:
    """``+12.3 ± 0.4``, as text."""
    if not math.isfinite(mean):
        return "–"
    size = error if math.isfinite(error) and error > 0 else abs(mean)
    places = min(4, max(0, (1 if math.isfinite(error) and error > 0 else digits - 1) - _power(size)))
    text = number(mean, places, signed=True)
    return f"{text} ± {number(error, places)}" if math.isfinite(error) else text


def _power(size: float) -> int:
    return math.floor(math.log10(size)) if size > 0 else 0


def safe(text: object) -> str:
    """Text as ECharts may put it into the page; braces would be its own placeholders."""
    return html.escape(str(text)).replace("{", "(").replace("}", ")")


# ── Pieces ───────────────────────────────────────────────────────────────────────────────────────


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


@dataclass(frozen=True)
class Cell:
    """A cell of a map: value, whether it is told from zero, and what hovering shows."""

    x: int
    y: int
    value: float
    clear: bool
    text: str


def cells(
    x: Sequence[str],
    y: Sequence[str],
    found: Sequence[Cell],
    names: tuple[str, str],
    unit: str,
    *,
    diverging: bool,
    unclear: str,
    blue: int = -1,
) -> Option:
    """A map of cells, coloured by value; one that is not told from zero has a mark beside its number.

    ``blue``: the sign that is blue, of a diverging scale: −1 for gaps, which close, and 1 for gains.
    """
    values = [cell.value for cell in found if math.isfinite(cell.value)]
    reach = max((abs(value) for value in values), default=1.0) or 1.0
    low, high = (-reach, reach) if diverging else (min(values, default=0.0), max(values, default=1.0))
    data = [
        {
            "value": [cell.x, cell.y, rounded(cell.value)],
            "label": {
                "formatter": number(cell.value, _places(reach)) + ("" if cell.clear else f" {unclear}"),
                "color": "#ffffff" if cell.clear and _dark(cell.value, low, high, diverging) else INK,
            },
            "itemStyle": {"opacity": 1.0 if cell.clear else 0.55},
            "tooltip": {"formatter": cell.text},
        }
        for cell in found
        if math.isfinite(cell.value)
    ]
    return {
        **frame(left=78, right=96, bottom=52),
        "xAxis": axis(names[0], of="category", data=x, splitLine={"show": False}),
        "yAxis": axis(names[1], of="category", data=y, gap=56, splitLine={"show": False}),
        "visualMap": {
            "min": rounded(low),
            "max": rounded(high),
            "calculable": True,
            "orient": "vertical",
            "right": 0,
            "top": "middle",
            "precision": _places(reach),
            "text": [unit, ""],
            "itemHeight": 130,
            "inRange": {
                "color": list(DIVERGING[::-blue]) if diverging else ["#f7fbff", "#6baed6", "#08306b"]
            },
        },
        "series": [
            {
                "type": "heatmap",
                "data": data,
                "label": {"show": len(data) <= 150, "fontSize": 11},
                "itemStyle": {"borderColor": "#ffffff", "borderWidth": 1.5},
                "emphasis": {"itemStyle": {"borderColor": INK, "borderWidth": 2}},
            }
        ],
    }


def _dark(value: float, low: float, high: float, diverging: bool) -> bool:
    """Whether the colour of a value is so dark that letters on it must be white."""
    if diverging:
        return abs(value) > 0.72 * high
    return high > low and (value - low) / (high - low) > 0.55


def _places(size: float) -> int:
    """Decimals that show three digits of the largest value."""
    return min(4, max(0, 2 - _power(size)))


def bars(
    categories: Sequence[str],
    values: Sequence[float],
    errors: Sequence[float],
    names: tuple[str, str],
    texts: Sequence[str],
    line: tuple[float, str] | None = None,
) -> Option:
    """Horizontal bars with half-widths of intervals. ``names``: of the value's axis with its unit, and of the
    categories. ``line``: a value that is marked, and its name."""
    labels = [safe(category) for category in categories]
    whiskers = [
        {
            "value": [rounded(v) for v in (value - error, value, value, value, value + error)],
            "tooltip": {"formatter": text},
        }
        if math.isfinite(error)
        else "-"
        for value, error, text in zip(values, errors, texts, strict=True)
    ]
    of_bars: Option = {
        "type": "bar",
        "barMaxWidth": 18,
        "itemStyle": {"color": SKY},
        "data": [
            {"value": rounded(value), "tooltip": {"formatter": text}}
            for value, text in zip(values, texts, strict=True)
        ],
    }
    if line is not None and math.isfinite(line[0]):
        of_bars["markLine"] = {
            "symbol": "none",
            "lineStyle": {"color": RED, "type": "dashed"},
            "label": {"formatter": safe(line[1])},
            "data": [{"xAxis": rounded(line[0])}],
            "tooltip": {"show": False},
        }
    series = [of_bars]
    if any(row != "-" for row in whiskers):
        series.append(
            {
                "type": "boxplot",
                "data": whiskers,
                "boxWidth": [3, 8],
                "itemStyle": {"color": INK, "borderColor": INK, "borderWidth": 1.5},
            }
        )
    left = min(250, 30 + 7 * max((_width(label) for label in labels), default=0))
    found = frame(left=left, bottom=46)
    found["grid"]["top"] += 20
    return {
        **found,
        "xAxis": axis(names[0], gap=28),
        "yAxis": axis(
            names[1],
            of="category",
            data=labels,
            inverse=True,
            nameLocation="start",
            nameGap=8,
            nameTextStyle={"align": "right", "color": SOFT},
        ),
        "series": series,
    }
