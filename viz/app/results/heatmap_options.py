"""Maps of cells, and bars: ECharts options of plain data. Every axis has a name with its unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from viz.app.results.chart_style import (
    DIVERGING,
    INK,
    RED,
    SKY,
    SOFT,
    Option,
    _power,
    rounded,
    safe,
)
from viz.app.results.line_options import (
    _width,
    axis,
    frame,
)
from viz.number_text import number


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
