"""Charts of the country: the run and its twin over time, and the effects of the centres.

Each chart is an ECharts option, made once for a language, and a frame, made from every snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import solara

from agents.compute_provider import KINDS
from experiments.measures.effect_tables import CHANNELS, band_labels, cities_by_band
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui import chart_options
from viz.app.ui.chart_options import BLUE, GREEN, INK, RED, Option, base_option, changed, line
from viz.app.ui.echart import Chart
from viz.app.ui.translations import Translator

RUN, TWIN, PALE = BLUE, RED, "#94a3b8"  # the twin is dashed as well
OF_KINDS, DASHES = (BLUE, RED, GREEN), ("solid", "dashed", "dotted")
SIZE = 11  # of text, pixels
DIGITS = 5  # of numbers that go to the browser

axis = partial(chart_options.axis, size=SIZE)
scaled_axis = partial(axis, gap=34, scale=True)


@dataclass(frozen=True)
class ChartSpec:
    """A chart: its option for a language and a twin, and its frame for a snapshot."""

    option: Callable[[Translator, str], Option]
    frame: Callable[[Snapshot, Translator], Option]
    height: str = "100%"


@solara.component
def LiveChart(session: Session, name: str, chart: ChartSpec, height: str = "") -> None:
    """A chart that receives a frame for every quarter."""
    tr, twin = session.tr, session.running.value.twin
    option = solara.use_memo(lambda: chart.option(tr, twin), [tr.language, twin])
    element = Chart(
        option=option,
        height=height or chart.height,
        text=tr(f"chart.{name}"),
        unavailable=tr("chart.unavailable"),
    )
    use_frames(session, name, element, lambda snapshot: {"option": chart.frame(snapshot, session.tr)})


# ── Parts of the charts ──────────────────────────────────────────────────────────────────────────


def live_option(title: str, tr: Translator, grid: Option | None = None, **more: object) -> Option:
    """Return title, margins and tooltip of a chart, with a button that saves its picture."""
    save = {"title": tr("chart.save"), "name": title, "pixelRatio": 2}
    option = changed(base_option(left=48, right=14, top=46, bottom=32), "grid", **(grid or {}))
    return {
        **changed(option, "tooltip", trigger="axis"),
        "toolbox": {
            "right": 2,
            "top": 0,
            "itemSize": 12,
            "iconStyle": {"borderColor": PALE},
            "feature": {"saveAsImage": save},
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
    return chart_options.legend(names, size=SIZE, left=2, top=20, itemWidth=18, itemHeight=7, itemGap=6)


def year_axis(tr: Translator) -> Option:
    """Return the axis of years."""
    ticks: Option = {"years": True, "minInterval": 1, "splitNumber": 4, "splitLine": {"show": False}}
    return axis(tr("axis.year"), gap=20, scale=True) | ticks


def year_range(snapshot: Snapshot) -> Option:
    """Return the ends of an axis of years, at least five years apart."""
    first = snapshot.start_year
    return {"min": first, "max": max(first + 5, int(np.ceil(snapshot.times[-1])))}


def short_numbers(values: Iterable[float]) -> list[float]:
    """Round to five significant digits."""
    return [float(f"{value:.{DIGITS}g}") for value in values]


def points(times: Iterable[float], values: Iterable[float]) -> list[list[float]]:
    """Return [time, value] of each finite value."""
    return [[t, v] for t, v in zip(times, short_numbers(values), strict=True) if np.isfinite(v)]


def opening_lines(snapshot: Snapshot) -> Option:
    """Return thin lines at the quarters in which centres opened."""
    opened = snapshot.run.centres["opens"][snapshot.run.open]
    return {
        "silent": True,
        "symbol": "none",
        "label": {"show": False},
        "lineStyle": {"color": "#cbd5e1", "type": "solid", "width": 1},
        "data": [{"xAxis": snapshot.start_year + one / 4} for one in np.unique(opened)],
    }


def signed_bars(values: Sequence[float]) -> list[Option | None]:
    """Return bars in the colours of gain and loss."""
    return [
        {"value": round(value, 2), "itemStyle": {"color": RUN if value >= 0 else TWIN}}
        if np.isfinite(value)
        else None
        for value in values
    ]


def empty_remark(snapshot: Snapshot, tr: Translator, has_data: bool) -> list[Option]:
    """Return the remark in the middle of a chart that has nothing to show yet."""
    text = "" if has_data else tr(f"chart.nothing_{snapshot.against}")
    style = {"text": text, "fontSize": 12, "fill": "#64748b"}
    return [{"id": "remark", "type": "text", "left": "center", "top": "middle", "style": style}]


# ── Total innovation, and the gap ────────────────────────────────────────────────────────────────


def twin_option(title: str, unit: str) -> Callable[[Translator, str], Option]:
    """Return the option of a measure in the run and in its twin; title and unit are keys of translations."""

    def option(tr: Translator, twin: str) -> Option:
        run, other = tr("run"), tr("twin.short")
        return live_option(
            tr(title),
            tr,
            legend=legend(run, other),
            xAxis=year_axis(tr),
            yAxis=scaled_axis(tr(unit)),
            series=[line(run, RUN, z=3), line(other, TWIN, "dashed")],
        )

    return option


def _innovation_frame(snapshot: Snapshot, tr: Translator) -> Option:
    upto = snapshot.quarter + 1
    run, twin = (arm.totals.innovation[:upto] for arm in (snapshot.run, snapshot.twin))
    treated = {"data": points(snapshot.times, run), "markLine": opening_lines(snapshot)}
    return {"xAxis": year_range(snapshot), "series": [treated, {"data": points(snapshot.times, twin)}]}


def _gdp_frame(snapshot: Snapshot, tr: Translator) -> Option:
    past = [np.array(arm.totals.gdp[1 : snapshot.quarter + 1]) for arm in (snapshot.run, snapshot.twin)]
    run, twin = ({"data": points(snapshot.times[1:], 100.0 * gdp / past[1][:1])} for gdp in past)
    treated = {**run, "markLine": opening_lines(snapshot)}
    return {"xAxis": year_range(snapshot), "series": [treated, twin]}


def _compute(tr: Translator, twin: str) -> Option:
    names = [tr(f"kind_short.{kind}") for kind in KINDS]
    numbers = {"type": "log", "axisLabel": {"fontSize": 10, "color": INK}}
    return live_option(
        tr("chart.compute"),
        tr,
        {"left": 58},
        legend=legend(*names),
        xAxis=year_axis(tr),
        yAxis=scaled_axis(tr("axis.compute"), gap=44) | numbers,
        series=[line(name, colour, look) for name, colour, look in zip(names, OF_KINDS, DASHES, strict=True)],
    )


def _compute_frame(snapshot: Snapshot, tr: Translator) -> Option:
    use = np.array(snapshot.run.totals.use[1 : snapshot.quarter + 1]).reshape(-1, len(KINDS))
    series = [{"data": points(snapshot.times[1:], np.where(own > 0, own, np.nan))} for own in use.T]
    return {"xAxis": year_range(snapshot), "series": series}


def _gap(tr: Translator, twin: str) -> Option:
    theil, sigma, other = tr("gap.theil"), tr("gap.sigma"), tr("twin.short")
    series = [
        line(theil, RUN),
        line(f"{theil}, {other}", TWIN, "dashed"),
        line(sigma, GREEN, yAxisIndex=1),
        line(f"{sigma}, {other}", PALE, "dashed", yAxisIndex=1),
    ]
    right = scaled_axis(tr("axis.sigma"), gap=42, position="right", splitLine={"show": False})
    return live_option(
        tr("chart.gap"),
        tr,
        {"right": 56},
        legend=legend(theil, sigma),
        xAxis=year_axis(tr),
        yAxis=[scaled_axis(tr("axis.theil")), right],
        series=series,
    )


def _gap_frame(snapshot: Snapshot, tr: Translator) -> Option:
    upto, arms = snapshot.quarter + 1, (snapshot.run, snapshot.twin)
    theil = [{"data": points(snapshot.times, arm.totals.theil[:upto])} for arm in arms]
    sigma = [{"data": points(snapshot.times, arm.totals.sigma[:upto])} for arm in arms]
    return {"xAxis": year_range(snapshot), "series": theil + sigma}


# ── Effects by distance ──────────────────────────────────────────────────────────────────────────


def effect_by_band(snapshot: Snapshot) -> tuple[list[float], list[int]]:
    """Return effect on innovation, %, and number of cities: hosts, then others by distance to a host.

    The effect on a group is that on its total.
    """
    if not len(snapshot.treated):
        return [float("nan")] * (1 + len(band_labels())), [0] * (1 + len(band_labels()))
    pair = snapshot.pair
    groups = [pair.host_flags(), *cities_by_band(pair, snapshot.country.distances).values()]
    return [pair.group_effect(group) for group in groups], [int(group.sum()) for group in groups]


def _bands(tr: Translator, twin: str) -> Option:
    names = [tr("band.host"), *(label.replace("over ", ">") for label in band_labels())]
    labels = {"fontSize": 10, "color": INK, "interval": 0, "rotate": 40}
    return live_option(
        tr("chart.bands"),
        tr,
        {"right": 10, "top": 30, "bottom": 64},
        xAxis=axis(tr("axis.distance"), of="category", gap=46, data=names, axisLabel=labels),
        yAxis=axis(tr("axis.effect"), gap=34),
        series=[{"type": "bar", "name": tr("axis.effect"), "data": [], "barMaxWidth": 30}],
    )


def _bands_frame(snapshot: Snapshot, tr: Translator) -> Option:
    values, _ = effect_by_band(snapshot)
    remark = empty_remark(snapshot, tr, len(snapshot.treated) > 0)
    return {"series": [{"data": signed_bars(values)}], "graphic": remark}


# ── The six channels ─────────────────────────────────────────────────────────────────────────────


def channel_effects(snapshot: Snapshot, rows: np.ndarray) -> list[float]:
    """Return the effect on each of the six channels in these cities; the units are those of CHANNELS."""
    if not len(rows):
        return [float("nan")] * len(CHANNELS)
    pair = snapshot.pair
    return [pair.group_effect(rows, measure, how) for _, measure, how, _ in CHANNELS]


def channels_option(title: str) -> Callable[[Translator, str], Option]:
    """Return the option of the six channels; ``title`` is a key of a translation."""

    def option(tr: Translator, twin: str) -> Option:
        names = [f"{tr(f'channel.{name}')}, {tr(f'channel_unit.{name}')}" for _, name, _, _ in CHANNELS]
        label = {"show": True, "position": "right", "fontSize": 10.5, "color": INK}
        bars = {"type": "bar", "name": tr("axis.difference"), "data": [], "barMaxWidth": 14, "label": label}
        return live_option(
            tr(title),
            tr,
            {"left": 6, "right": 42, "top": 28, "bottom": 24, "containLabel": True},
            yAxis=axis("", of="category", data=names, inverse=True, axisTick={"show": False}),
            xAxis=axis(tr("axis.difference"), gap=20, splitNumber=2),
            series=[bars],
        )

    return option


def _channels_frame(snapshot: Snapshot, tr: Translator) -> Option:
    values = channel_effects(snapshot, snapshot.treated)
    remark = empty_remark(snapshot, tr, len(snapshot.treated) > 0)
    return {"series": [{"data": signed_bars(values)}], "graphic": remark}


COUNTRY: Mapping[str, ChartSpec] = {
    "innovation": ChartSpec(twin_option("chart.innovation", "axis.innovation"), _innovation_frame),
    "gdp": ChartSpec(twin_option("chart.gdp", "axis.gdp"), _gdp_frame),
    "gap": ChartSpec(_gap, _gap_frame),
    "compute": ChartSpec(_compute, _compute_frame),
    "bands": ChartSpec(_bands, _bands_frame),
    "channels": ChartSpec(channels_option("chart.channels"), _channels_frame),
}
