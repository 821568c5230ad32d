"""Heat maps and horizontal bars, as ECharts options."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.measures.number_text import number
from viz.app.results.chart_numbers import power_of_ten, rounded, safe
from viz.app.results.line_options import category_rows
from viz.app.ui.chart_options import DIVERGING, INK, Option, axis, base_option
from viz.palette import RED, SKY

UNCLEAR = "≈0"  # mark of a cell that is indistinguishable from zero
LEVELS = ("#f7fbff", "#6baed6", "#08306b")


@dataclass(frozen=True)
class HeatCell:
    """A cell of a heat map: value, whether it is distinguishable from zero, and the text of its tooltip."""

    x: int
    y: int
    value: float
    clear: bool
    text: str


def colour_scale(low: float, high: float, unit: str, places: int, colours: Sequence[str]) -> Option:
    """Return the scale at the right of a map."""
    return {
        "min": rounded(low),
        "max": rounded(high),
        "calculable": True,
        "orient": "vertical",
        "right": 0,
        "top": "middle",
        "precision": places,
        "text": [unit, ""],
        "itemHeight": 130,
        "inRange": {"color": list(colours)},
    }


def cells(
    x: Sequence[str],
    y: Sequence[str],
    found: Sequence[HeatCell],
    names: tuple[str, str],
    unit: str,
    *,
    diverging: bool,
    blue: int = -1,
) -> Option:
    """Return a heat map; a cell that is indistinguishable from zero is pale and has a mark after its number.

    ``blue`` is the sign that a diverging scale shows in blue: −1 for gaps, which close, and 1 for gains.
    """
    known = [cell for cell in found if math.isfinite(cell.value)]
    values = [cell.value for cell in known]
    reach = max((abs(value) for value in values), default=1.0) or 1.0
    low, high = (-reach, reach) if diverging else (min(values, default=0.0), max(values, default=1.0))
    places = min(4, max(0, 2 - power_of_ten(reach)))  # three digits of the largest value

    def entry(cell: HeatCell) -> Option:
        white = cell.clear and _is_dark(cell.value, low, high, diverging)
        text = number(cell.value, places) + ("" if cell.clear else f" {UNCLEAR}")
        return {
            "value": [cell.x, cell.y, rounded(cell.value)],
            "label": {"formatter": text, "color": "#ffffff" if white else INK},
            "itemStyle": {"opacity": 1.0 if cell.clear else 0.55},
            "tooltip": {"formatter": cell.text},
        }

    return {
        **base_option(left=78, right=96, bottom=52),
        "xAxis": axis(names[0], of="category", data=list(x), splitLine={"show": False}),
        "yAxis": axis(names[1], of="category", data=list(y), gap=56, splitLine={"show": False}),
        "visualMap": colour_scale(low, high, unit, places, DIVERGING[::-blue] if diverging else LEVELS),
        "series": [
            {
                "type": "heatmap",
                "data": [entry(cell) for cell in known],
                "label": {"show": len(known) <= 150, "fontSize": 11},
                "itemStyle": {"borderColor": "#ffffff", "borderWidth": 1.5},
                "emphasis": {"itemStyle": {"borderColor": INK, "borderWidth": 2}},
            }
        ],
    }


def _is_dark(value: float, low: float, high: float, diverging: bool) -> bool:
    """Return whether the colour of a value is so dark that letters on it must be white."""
    if diverging:
        return abs(value) > 0.72 * high
    return high > low and (value - low) / (high - low) > 0.55


def bars(
    categories: Sequence[str],
    values: Sequence[float],
    errors: Sequence[float],
    names: tuple[str, str],
    texts: Sequence[str],
    mark: tuple[float, str] | None = None,
) -> Option:
    """Return horizontal bars with intervals.

    Args:
        categories: Names of the bars.
        values: Lengths of the bars.
        errors: Half-widths of their intervals; NaN: none.
        names: Names of the axes of values, with its unit, and of categories.
        texts: Tooltips.
        mark: A value to mark with a line, and its name.
    """

    def whisker(value: float, error: float, text: str) -> Option | str:
        if not math.isfinite(error):
            return "-"
        ends = (value - error, value, value, value, value + error)
        return {"value": [rounded(end) for end in ends], "tooltip": {"formatter": text}}

    rows = [
        {"value": rounded(value), "tooltip": {"formatter": text}}
        for value, text in zip(values, texts, strict=True)
    ]
    bar: Option = {"type": "bar", "barMaxWidth": 18, "itemStyle": {"color": SKY}, "data": rows}
    if mark is not None and math.isfinite(mark[0]):
        bar["markLine"] = {
            "symbol": "none",
            "lineStyle": {"color": RED, "type": "dashed"},
            "label": {"formatter": safe(mark[1])},
            "data": [{"xAxis": rounded(mark[0])}],
            "tooltip": {"show": False},
        }
    series = [bar]
    whiskers = [whisker(*row) for row in zip(values, errors, texts, strict=True)]
    if any(row != "-" for row in whiskers):
        look = {"color": INK, "borderColor": INK, "borderWidth": 1.5}
        series.append({"type": "boxplot", "data": whiskers, "boxWidth": [3, 8], "itemStyle": look})
    option, of_categories = category_rows([safe(category) for category in categories], names[1])
    return {**option, "xAxis": axis(names[0], gap=28), "yAxis": of_categories, "series": series}
