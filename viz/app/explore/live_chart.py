"""Charts that are drawn again every quarter, and what they share: title, legend, axes, remarks.

Each chart is an ECharts option, made once for a language, and a frame, made from every snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import solara

from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui import chart_options
from viz.app.ui.chart_options import INK, SOFT, Option, base_option, changed, line, run_note
from viz.app.ui.echart import Chart
from viz.app.ui.parameter_translations import scenario_name
from viz.app.ui.translations import Translator
from viz.palette import BLUE, RED

RUN, TWIN, PALE = BLUE, RED, "#7b8a9c"  # the twin is dashed as well
SAVE = "path://M4.7,22.9L29.3,45.5L54.7,23.4M4.6,43.6L4.6,58L53.8,58L53.8,43.6M29.2,45.1L29.2,0"
SIZE = 11  # of text, pixels
DIGITS = 5  # of numbers that go to the browser

axis = partial(chart_options.axis, size=SIZE)


def top_axis(name: str, left: int = 42, **more: object) -> Option:
    """Return a vertical axis with its name above it, where no number of the axis is covered."""
    style = {"color": SOFT, "fontSize": SIZE, "align": "left", "padding": [0, 0, 0, 4 - left]}
    return axis(name, gap=8, nameLocation="end", nameTextStyle=style) | more


@dataclass(frozen=True)
class ChartSpec:
    """A chart: its option for a language and a twin, and its frame for a snapshot."""

    option: Callable[[Translator, str], Option]
    frame: Callable[[Snapshot, Translator], Option]
    height: str = "100%"
    over_seeds: bool = True  # whether it shows means over seeds
    text: Callable[[Translator], str] | None = None  # spoken; by default ``chart.NAME``


@solara.component
def LiveChart(session: Session, name: str, chart: ChartSpec, height: str = "", scale: float = 1.0) -> None:
    """A chart that receives a frame for every quarter."""
    tr, twin = session.tr, session.running.value.twin
    option = solara.use_memo(lambda: chart.option(tr, twin), [tr.language, twin])
    element = Chart(
        option=option,
        height=height or chart.height,
        scale=scale,
        text=chart.text(tr) if chart.text else tr(f"chart.{name}"),
        unavailable=tr("chart.unavailable"),
    )

    def frame(snapshot: Snapshot) -> Option:
        note = picture_note(session, snapshot, chart.over_seeds)
        return {"option": chart.frame(snapshot, session.tr), "note": note}

    use_frames(session, name, element, frame)


def picture_note(session: Session, snapshot: Snapshot, over_seeds: bool = True) -> str:
    """Return what was run, for the picture of a chart: scenario, date, seeds, twin."""
    tr, seeds = session.tr, [one.pair.seed for one in snapshot.seed_pairs]
    scenario = scenario_name(session.running.peek().scenario, tr)
    shown = [snapshot.seed, *seeds] if over_seeds else [snapshot.seed]
    return run_note(tr, scenario, tr.date(snapshot.date), shown, snapshot.against)


# ── Parts of the charts ──────────────────────────────────────────────────────────────────────────


def live_option(title: str, tr: Translator, grid: Option | None = None, **more: object) -> Option:
    """Return title, margins and tooltip of a chart, with a button that saves its picture."""
    save = {"show": True, "title": tr("chart.save"), "icon": SAVE}
    option = changed(base_option(left=42, right=14, top=58, bottom=22), "grid", **(grid or {}))
    return {
        **changed(option, "tooltip", trigger="axis"),
        "toolbox": {
            "right": 2,
            "top": 0,
            "itemSize": 12,
            "iconStyle": {"borderColor": "#64748b"},
            "feature": {"myPicture": save},
        },
        "title": {
            "text": title,
            "left": 4,
            "top": 2,
            "textStyle": {"fontSize": 12.5, "fontWeight": 600, "color": "#14263a"},
        },
        **more,
    }


def legend(*names: str) -> Option:
    """Return the legend, which lies under the title."""
    return chart_options.legend(names, size=SIZE, left=2, top=20, itemWidth=16, itemHeight=7, itemGap=6)


def year_axis(tr: Translator) -> Option:
    """Return the axis of years."""
    ticks: Option = {
        "axisLabel": {"color": INK, "fontSize": SIZE, "hideOverlap": True},
        "years": True,
        "minInterval": 1,
        "splitNumber": 4,
        "splitLine": {"show": False},
    }
    return axis(tr("axis.year"), gap=6, nameLocation="end", scale=True) | ticks


def year_range(snapshot: Snapshot) -> Option:
    """Return the ends of an axis of years, at least five years apart."""
    first = snapshot.start_year
    return {"min": first, "max": max(first + 5, int(np.ceil(snapshot.times[-1])))}


def quarter_axis() -> Option:
    """Return an axis of quarters as categories, which a band needs."""
    quarters = axis("", of="category", data=[], boundaryGap=False)
    return quarters | {"quarters": True, "axisTick": {"show": False}, "splitLine": {"show": False}}


def quarter_label(snapshot: Snapshot, quarter: int) -> str:
    """Return text such as 2016Q2."""
    return f"{snapshot.start_year + quarter // 4}Q{quarter % 4 + 1}"


def quarter_range(snapshot: Snapshot) -> Option:
    """Return the categories of an axis of quarters, five years or more, and how many labels it skips."""
    count = max(20, snapshot.quarter)
    labels = [quarter_label(snapshot, quarter) for quarter in range(count)]
    return {"data": labels, "axisLabel": {"interval": 4 * max(1, round(count / 20)) - 1}}


def band_edges(colour: str, stack: str, opacity: float) -> list[Option]:
    """Return two series of a band, the lower end and the distance to the upper one; their stack fills it."""
    edge = line("", colour, z=1, stack=stack, stackStrategy="all", silent=True) | {
        "lineStyle": {"opacity": 0},
        "tooltip": {"show": False},
    }
    return [edge, {**edge, "areaStyle": {"color": colour, "opacity": opacity}}]


def short_numbers(values: Iterable[float]) -> list[float]:
    """Round to five significant digits."""
    return [float(f"{value:.{DIGITS}g}") for value in values]


def rounded_or_gap(values: Iterable[float]) -> list[float | None]:
    """Round to five significant digits; None where a value is missing."""
    return [float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None for value in values]


def points(times: Iterable[float], values: Iterable[float]) -> list[list[float]]:
    """Return [time, value] of each finite value."""
    return [[t, v] for t, v in zip(times, short_numbers(values), strict=True) if np.isfinite(v)]


def openings(snapshot: Snapshot) -> list[int]:
    """Return the quarters in which the open centres opened."""
    return [int(one) for one in np.unique(snapshot.run.centres["opens"][snapshot.run.open])]


def opening_lines(snapshot: Snapshot) -> Option:
    """Return thin lines behind the curves at the quarters in which centres opened."""
    return {
        "silent": True,
        "symbol": "none",
        "z": 0,
        "label": {"show": False},
        "lineStyle": {"color": PALE, "type": "dotted", "width": 1},
        "data": [{"xAxis": snapshot.start_year + one / 4} for one in openings(snapshot)],
    }


def openings_series(tr: Translator) -> Option:
    """Return the series without points that carries the lines of openings, for the legend."""
    return line(tr("chart.openings"), PALE, "dotted", 1, z=0)


def empty_remark(snapshot: Snapshot, tr: Translator, has_data: bool, remark: str = "") -> list[Option]:
    """Return the remark in the middle of a chart that has nothing to show yet."""
    text = "" if has_data else remark or tr(f"chart.nothing_{snapshot.against}")
    style = {"text": text, "fontSize": 12, "fill": "#64748b"}
    return [{"id": "remark", "type": "text", "left": "center", "top": "middle", "style": style}]
