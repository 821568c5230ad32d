# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The charts beside the map: what the run and its twin did, and what the centres caused.

Each chart is an ECharts option made once for a language, and a frame made of every snapshot.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import solara

from experiments.measures.effects import BANDS_KM, CHANNELS, band_labels, finite_mean
from model.country.geography import distances_km, nearest_distance_km
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Country, Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui.echart import Chart
from viz.app.ui.translations import Words

# Okabe and Ito's colours, which colour-blind eyes tell apart; the twin is dashed as well.
RUN, TWIN, SECOND, GREY = "#0072b2", "#d55e00", "#009e73", "#94a3b8"
INK = "#334155"
FIGURES = 5  # of numbers that go to the browser


@dataclass(frozen=True)
class Kind:
    """A chart: what it is drawn from."""

    option: Callable[[Words, str], dict[str, Any]]
    frame: Callable[[Snapshot, Words], dict[str, Any]]
    height: str = "100%"


@solara.component
def Moving(session: Session, name: str, kind: Kind, height: str = "") -> None:
    """A chart that gets a frame for every quarter."""
    words, twin = session.words, session.running.value.twin
    option = solara.use_memo(lambda: kind.option(words, twin), [words.language, twin])
    element = Chart(
        option=option, height=height or kind.height, text=words(f"chart.{name}"),
        unavailable=words("chart.unavailable"),
    )  # fmt: skip
    use_frames(session, name, element, lambda snapshot: {"option": kind.frame(snapshot, session.words)})


# ── What charts share ────────────────────────────────────────────────────────────────────────────


def base(title: str, save: str, **more: Any) -> dict[str, Any]:
    """Title, grid and tooltip of a chart, and a button that saves its picture."""
    return {
        "animation": False,
        "toolbox": {"right": 2, "top": 0, "itemSize": 12, "iconStyle": {"borderColor": "#94a3b8"},
                    "feature": {"saveAsImage": {"title": save, "name": title, "pixelRatio": 2}}},
        "textStyle": {"fontFamily": "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans CJK SC', sans-serif"},
        "title": {"text": title, "left": 4, "top": 2,
                  "textStyle": {"fontSize": 12.5, "fontWeight": 600, "color": "#14263a"}},
        "grid": {"left": 48, "right": 14, "top": 46, "bottom": 32},
        "tooltip": {"trigger": "axis", "confine": True, "textStyle": {"fontSize": 12}},
        **more,
    }  # fmt: skip


def legend(*names: str) -> dict[str, Any]:
    """The names of the lines, under the title."""
    return {"data": list(names), "left": 2, "top": 20, "itemWidth": 18, "itemHeight": 7, "itemGap": 6,
            "textStyle": {"fontSize": 11, "color": INK}}  # fmt: skip


def axis(name: str, where: str = "y", **more: Any) -> dict[str, Any]:
    """An axis of numbers with the name of its unit."""
    place = {"nameLocation": "middle", "nameGap": 20 if where == "x" else 34}
    return {"type": "value", "name": name, **place, "nameTextStyle": {"fontSize": 11, "color": INK},
            "axisLabel": {"fontSize": 10.5, "color": INK}, "scale": True,
            "splitLine": {"lineStyle": {"color": "#edf0f3"}}, **more}  # fmt: skip


def years(words: Words) -> dict[str, Any]:
    """The axis of years."""
    return axis(
        words("axis.year"), "x", years=True, minInterval=1, splitNumber=4, splitLine={"show": False}
    )  # fmt: skip


def line(name: str, colour: str, dashed: bool = False, **more: Any) -> dict[str, Any]:
    """A line without dots."""
    return {"type": "line", "name": name, "symbol": "none", "data": [], "itemStyle": {"color": colour},
            "lineStyle": {"color": colour, "width": 2, "type": "dashed" if dashed else "solid"},
            **more}  # fmt: skip


def spell(snapshot: Snapshot) -> dict[str, Any]:
    """The years that a chart over time shows: five at least."""
    first = snapshot.start_year
    return {"min": first, "max": max(first + 5, int(np.ceil(snapshot.times[-1])))}


def short(values: Any) -> list[float]:
    """Numbers with few figures."""
    return [float(f"{value:.{FIGURES}g}") for value in values]


def points(times: Any, values: Any) -> list[list[float]]:
    """[time, value] of each; what is not a number is left out."""
    return [[t, v] for t, v in zip(times, short(values), strict=True) if np.isfinite(v)]


def openings(snapshot: Snapshot) -> dict[str, Any]:
    """Thin lines in the quarters in which centres opened."""
    opened = snapshot.run.centres["opens"][snapshot.run.open]
    return {"silent": True, "symbol": "none", "label": {"show": False},
            "lineStyle": {"color": "#cbd5e1", "type": "solid", "width": 1},
            "data": [{"xAxis": snapshot.start_year + one / 4} for one in np.unique(opened)]}  # fmt: skip


# ── Total innovation, and the gap ────────────────────────────────────────────────────────────────


def _innovation(words: Words, twin: str) -> dict[str, Any]:
    run, other = words("run"), words("twin.short")
    return base(words("chart.innovation"), words("chart.save"), legend=legend(run, other), xAxis=years(words),
        yAxis=axis(words("axis.innovation")), series=[line(run, RUN, z=3), line(other, TWIN, True)],
    )  # fmt: skip


def _innovation_frame(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    upto = snapshot.quarter + 1
    run, twin = (arm.totals["innovation"][:upto] for arm in (snapshot.run, snapshot.twin))
    return {
        "xAxis": spell(snapshot),
        "series": [{"data": points(snapshot.times, run), "markLine": openings(snapshot)},
                   {"data": points(snapshot.times, twin)}],
    }  # fmt: skip


def _gap(words: Words, twin: str) -> dict[str, Any]:
    theil, sigma, other = words("gap.theil"), words("gap.sigma"), words("twin.short")
    left = axis(words("axis.theil"))
    right = axis(words("axis.sigma"), position="right", splitLine={"show": False})
    series = [
        line(theil, RUN), line(f"{theil}, {other}", TWIN, True),
        line(sigma, SECOND, yAxisIndex=1), line(f"{sigma}, {other}", GREY, True, yAxisIndex=1),
    ]  # fmt: skip
    return base(
        words("chart.gap"), words("chart.save"), legend=legend(theil, sigma), xAxis=years(words),
        yAxis=[left, right], series=series, grid={"left": 48, "right": 50, "top": 46, "bottom": 32},
    )  # fmt: skip


def _gap_frame(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    upto, arms = snapshot.quarter + 1, (snapshot.run, snapshot.twin)
    series = [
        {"data": points(snapshot.times, arm.totals[name][:upto])}
        for name in ("theil", "sigma")
        for arm in arms
    ]
    return {"xAxis": spell(snapshot), "series": series}


# ── Effects by distance ──────────────────────────────────────────────────────────────────────────


@functools.lru_cache(maxsize=8)
def distances(country: Country) -> np.ndarray:
    """Great-circle distances between cities, km, (C, C)."""
    return distances_km(country.cities["lon"].to_numpy(), country.cities["lat"].to_numpy())


def effect_by_band(snapshot: Snapshot) -> tuple[list[float], list[int]]:
    """Mean effect on innovation, %, of hosts and of others by distance to the nearest, and their numbers."""
    hosts, effect = snapshot.treated, snapshot.effect()
    labels = band_labels()
    if not len(hosts):
        return [float("nan")] * (1 + len(labels)), [0] * (1 + len(labels))
    nearest = nearest_distance_km(distances(snapshot.country), hosts)
    is_host = np.isin(np.arange(len(effect)), hosts)
    groups = [is_host] + [
        ~is_host & (nearest >= low) & (nearest < high) for low, high in itertools.pairwise(BANDS_KM)
    ]
    return [finite_mean(effect[group]) for group in groups], [int(group.sum()) for group in groups]


def _bands(words: Words, twin: str) -> dict[str, Any]:
    names = [words("band.host"), *(label.replace("over ", ">") for label in band_labels())]
    plain = {"fontSize": 11, "color": INK}
    across = {
        "type": "category", "data": names, "name": words("axis.distance"), "nameLocation": "middle",
        "nameGap": 46, "nameTextStyle": plain,
        "axisLabel": {**plain, "fontSize": 10, "interval": 0, "rotate": 40},
    }  # fmt: skip
    bars = {"type": "bar", "name": words("axis.effect"), "data": [], "barMaxWidth": 30}
    tall = axis(words("axis.effect"), scale=False)
    grid = {"left": 48, "right": 10, "top": 30, "bottom": 64}
    return base(words("chart.bands"), words("chart.save"), xAxis=across, yAxis=tall, series=[bars], grid=grid)


def _bands_frame(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    values, _ = effect_by_band(snapshot)
    return {"series": [{"data": signed(values)}], "graphic": remark(snapshot, words)}


def signed(values: list[float]) -> list[dict[str, Any] | None]:
    """Bars in the colours of gain and loss, with their value."""
    return [
        None if not np.isfinite(value) else {
            "value": round(value, 2), "itemStyle": {"color": RUN if value >= 0 else TWIN},
        }
        for value in values
    ]  # fmt: skip


def remark(snapshot: Snapshot, words: Words, treated: bool | None = None) -> list[dict[str, Any]]:
    """Says in the middle of a chart that there is nothing to show yet."""
    there = len(snapshot.treated) > 0 if treated is None else treated
    style = {
        "text": "" if there else words(f"chart.nothing_{snapshot.against}"),
        "fontSize": 12,
        "fill": "#64748b",
    }
    return [{"id": "remark", "type": "text", "left": "center", "top": "middle", "style": style}]


# ── The six channels ─────────────────────────────────────────────────────────────────────────────


def channel_effects(snapshot: Snapshot, rows: np.ndarray) -> list[float]:
    """Effect on each of the six channels in these cities, against the twin; units are those of CHANNELS."""
    if not len(rows):
        return [float("nan")] * len(CHANNELS)
    return [finite_mean(snapshot.effect(measure, how)[rows]) for _, measure, how, _ in CHANNELS]


def _channels(words: Words, twin: str) -> dict[str, Any]:
    names = [
        f"{words('channel.' + measure)}, {words('channel_unit.' + measure)}" for _, measure, _, _ in CHANNELS
    ]
    down = {"type": "category", "data": names, "inverse": True, "axisTick": {"show": False},
            "axisLabel": {"fontSize": 11, "color": INK}}  # fmt: skip
    label = {"show": True, "position": "right", "fontSize": 10.5, "color": INK}
    bars = {"type": "bar", "name": words("axis.difference"), "data": [], "barMaxWidth": 14, "label": label}
    grid = {"left": 6, "right": 42, "top": 28, "bottom": 24, "containLabel": True}
    across = axis(words("axis.difference"), "x", scale=False, splitNumber=2)
    return base(
        words("chart.channels"), words("chart.save"), yAxis=down, xAxis=across, series=[bars], grid=grid
    )


def _channels_frame(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    values = channel_effects(snapshot, snapshot.treated)
    return {"series": [{"data": signed(values)}], "graphic": remark(snapshot, words)}


COUNTRY: Mapping[str, Kind] = {
    "innovation": Kind(_innovation, _innovation_frame),
    "gap": Kind(_gap, _gap_frame),
    "bands": Kind(_bands, _bands_frame),
    "channels": Kind(_channels, _channels_frame),
}
