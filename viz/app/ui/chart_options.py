"""Parts that all charts share: frame, axes, legend, and the note of a picture. All are plain data."""

from __future__ import annotations

from collections.abc import Sequence

from viz.app.ui.translations import Translator
from viz.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY

PALETTE = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY, GREY, "#000000")
DIVERGING = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")  # white at zero
INK, SOFT, LINE = "#1d2733", "#5a6675", "#e3e7ec"  # text, names of axes, grid lines
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

Option = dict[str, object]


def base_option(
    *, names: Sequence[str] = (), left: int = 62, bottom: int = 48, right: int = 18, top: int | None = None
) -> Option:
    """Return font, margins (pixels), tooltip, and a legend of the series of these names."""
    margin = (34 if names else 14) if top is None else top
    option: Option = {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK, "fontSize": 12},
        "grid": {"left": left, "right": right, "top": margin, "bottom": bottom},
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "transitionDuration": 0,
            "textStyle": {"fontSize": 12},
        },
    }
    if names:
        option["legend"] = legend(names, type="scroll")
    return option


def changed(option: Option, part: str, **values: object) -> Option:
    """Return the chart with some settings of one of its parts changed."""
    before = option[part]
    assert isinstance(before, dict)
    return {**option, part: {**before, **values}}


def axis(name: str, *, of: str = "value", gap: int = 30, size: float = 12, **more: object) -> Option:
    """Return an axis of type ``of``; its name holds the unit."""
    return {
        "type": of,
        "name": name,
        "nameLocation": "middle",
        "nameGap": gap,
        "nameTextStyle": {"color": SOFT, "fontSize": size},
        "axisLine": {"lineStyle": {"color": SOFT}},
        "axisLabel": {"color": INK, "fontSize": size},
        "splitLine": {"lineStyle": {"color": LINE}},
        "axisTick": {"show": of == "category"},
        **more,
    }


def legend(names: Sequence[str], *, size: float = 12, **more: object) -> Option:
    """Return the legend of these series."""
    text = {"fontSize": size, "color": INK}
    return {
        "data": list(names),
        "top": 0,
        "left": 0,
        "itemWidth": 26,
        "itemHeight": 9,
        "textStyle": text,
        **more,
    }


def line(name: str, colour: str, dash: str = "solid", width: float = 2, **more: object) -> Option:
    """Return a line without dots."""
    style = {"color": colour, "width": width, "type": dash}
    return {
        "type": "line",
        "name": name,
        "symbol": "none",
        "data": [],
        "itemStyle": {"color": colour},
        "lineStyle": style,
        **more,
    }


def run_note(tr: Translator, scenario: str, date: str, seeds: Sequence[int], twin: str) -> str:
    """Return what was run, for the picture of a chart: scenario, date, seeds, twin (``all`` or ``own``)."""
    return tr("chart.note", scenario=scenario, date=date, seeds=seed_range(seeds), twin=tr(f"twin.{twin}"))


def seed_range(seeds: Sequence[int]) -> str:
    """Return text such as ``1–9``, or the only seed."""
    first, last = min(seeds), max(seeds)
    return f"{first}–{last}" if last > first else str(first)
