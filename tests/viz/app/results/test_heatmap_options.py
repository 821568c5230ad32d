"""Heat maps and bars: colours, numbers and marks of cells that are worked by hand."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.results.heatmap_options import UNCLEAR, HeatCell, bars, cells
from viz.app.ui.chart_options import DIVERGING, INK

CELLS = [
    HeatCell(0, 0, -2.0, True, "a"),
    HeatCell(1, 0, 0.5, False, "b"),
    HeatCell(1, 1, math.nan, True, "c"),
]


def test_a_diverging_map_is_white_at_zero_and_marks_what_is_unclear() -> None:
    option = cells(["x1", "x2"], ["y1", "y2"], CELLS, ("x", "y"), "%", diverging=True)
    (series,) = option["series"]  # type: ignore[misc]
    first, second = series["data"]  # the cell without a number is left out
    assert (first["value"], first["label"]) == ([0, 0, -2.0], {"formatter": "−2.00", "color": "#ffffff"})
    assert second["label"] == {"formatter": f"0.50 {UNCLEAR}", "color": INK}
    assert (first["itemStyle"]["opacity"], second["itemStyle"]["opacity"]) == (1.0, 0.55)
    scale = option["visualMap"]
    assert (scale["min"], scale["max"], scale["text"][0]) == (-2.0, 2.0, "%")  # type: ignore[index]
    assert tuple(scale["inRange"]["color"]) == DIVERGING  # type: ignore[index]
    gains = cells(["x1"], ["y1"], CELLS[:1], ("x", "y"), "%", diverging=True, blue=1)
    assert tuple(gains["visualMap"]["inRange"]["color"]) == DIVERGING[::-1]  # type: ignore[index]


def test_a_map_of_sizes_goes_from_the_least_to_the_largest() -> None:
    option = cells(["x1", "x2"], ["y1", "y2"], CELLS, ("x", "y"), "money", diverging=False)
    assert (option["visualMap"]["min"], option["visualMap"]["max"]) == (-2.0, 0.5)  # type: ignore[index]


def test_bars_have_whiskers_where_an_error_is_known() -> None:
    option = bars(["a<", "b"], [1.0, 2.0], [0.25, math.nan], ("effect, %", "group"), ["", ""], (0.0, "zero"))
    bar, whiskers = option["series"]  # type: ignore[misc]
    assert [row["value"] for row in bar["data"]] == [1.0, 2.0]
    assert whiskers["data"][0]["value"] == [0.75, 1.0, 1.0, 1.0, 1.25]
    assert whiskers["data"][1] == "-"
    assert bar["markLine"]["data"] == [{"xAxis": 0.0}]
    assert option["yAxis"]["data"] == ["a&lt;", "b"]  # type: ignore[index]
    assert len(bars(["a"], [1.0], [math.nan], ("", ""), [""])["series"]) == 1  # type: ignore[arg-type]
