"""Charts of the country: effects of the centres over seeds, and the run and its twin over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from agents.compute_provider import KINDS
from experiments.measures.effect_tables import CHANNELS, band_labels
from viz.app.explore.live_chart import (
    PALE,
    RUN,
    SIZE,
    TWIN,
    ChartSpec,
    axis,
    band_edges,
    empty_remark,
    legend,
    live_option,
    opening_lines,
    openings,
    openings_series,
    points,
    quarter_axis,
    quarter_label,
    quarter_range,
    rounded_or_gap,
    top_axis,
    year_axis,
    year_range,
)
from viz.app.explore.seed_spread import (
    FEWEST_CITIES,
    FEWEST_SEEDS,
    Spread,
    channel_effects,
    city_means,
    effect_by_band,
    effect_over_time,
)
from viz.app.explore.snapshot import Snapshot
from viz.app.ui.chart_options import INK, SOFT, Option, line
from viz.app.ui.translations import Translator
from viz.palette import BLUE, GREEN, RED

OF_KINDS, DASHES = (BLUE, RED, GREEN), ("solid", "dashed", "dotted")
ACROSS: Option = {"left": 6, "right": 16, "top": 26, "bottom": 22, "containLabel": True}  # bars that lie
DARK = "#8f3a6b"  # of a thin line


# ── Effects over time ────────────────────────────────────────────────────────────────────────────


Said = str | Callable[[Translator], str]  # the key of a translation, or a function that makes a text


def said(text: Said, tr: Translator) -> str:
    """Return a text in a language."""
    return tr(text) if isinstance(text, str) else text(tr)


def effect_chart(title: Said, measure: str, unit: Said = "axis.effect") -> ChartSpec:
    """Return the chart of an effect on the country: mean over seeds, its 95 % band, the visitor's seed."""

    def option(tr: Translator, twin: str) -> Option:
        mean, own = tr("chart.mean"), tr("chart.own_seed")
        return live_option(
            said(title, tr),
            tr,
            legend=legend(mean, own),
            xAxis=quarter_axis(),
            yAxis=top_axis(f"{said(unit, tr)}; {tr('axis.openings')}", splitNumber=4),
            series=[
                *band_edges(BLUE, "band", 0.25),
                line(own, INK, width=0.8, z=3),
                line(mean, BLUE, width=2.2, z=4),
            ],
        )

    def frame(snapshot: Snapshot, tr: Translator) -> Option:
        if not snapshot.quarter:
            return {"xAxis": quarter_range(snapshot), "series": [{"data": []} for _ in range(4)]}
        values = effect_over_time(snapshot, measure)
        mean, low, high = city_means(list(values))
        edge, *others = ({"data": rounded_or_gap(one)} for one in (low, high - low, values[0], mean))
        marks = opening_lines(snapshot)
        marks["data"] = [{"xAxis": quarter_label(snapshot, one)} for one in openings(snapshot)]
        return {"xAxis": quarter_range(snapshot), "series": [{**edge, "markLine": marks}, *others]}

    return ChartSpec(option, frame, text=None if isinstance(title, str) else title)


# ── Levels with and without the centres ──────────────────────────────────────────────────────────


def twin_option(title: Said, unit: Said) -> Callable[[Translator, str], Option]:
    """Return the option of a measure in the run and in its twin; title and unit are texts."""

    def option(tr: Translator, twin: str) -> Option:
        run, other = tr("run"), tr("twin.short")
        return live_option(
            said(title, tr),
            tr,
            {"right": 34},
            legend=legend(run, other, tr("chart.openings")),
            xAxis=year_axis(tr),
            yAxis=top_axis(said(unit, tr), scale=True),
            series=[
                line(run, RUN, z=3),
                line(other, TWIN, "dashed"),
                openings_series(tr),
            ],
        )

    return option


def _innovation_frame(snapshot: Snapshot, tr: Translator) -> Option:
    upto = snapshot.quarter + 1
    return points_of_twins(snapshot, [arm.totals.innovation[:upto] for arm in (snapshot.run, snapshot.twin)])


def points_of_twins(snapshot: Snapshot, levels: Sequence[Sequence[float]]) -> Option:
    """Return the frame of ``twin_option``: a level of the run and of its twin at the ends of quarters."""
    series: list[Option] = [{"data": points(snapshot.times, one)} for one in levels]
    return _with_openings(snapshot, series)


def _gdp_frame(snapshot: Snapshot, tr: Translator) -> Option:
    past = [np.array(arm.totals.gdp[1 : snapshot.quarter + 1]) for arm in (snapshot.run, snapshot.twin)]
    series: list[Option] = [{"data": points(snapshot.times[1:], 100.0 * gdp / past[1][:1])} for gdp in past]
    return _with_openings(snapshot, series)


def _with_openings(snapshot: Snapshot, series: Sequence[Option]) -> Option:
    marks = {"data": [], "markLine": opening_lines(snapshot)}
    return {"xAxis": year_range(snapshot), "series": [*series, marks]}


def _compute(tr: Translator, twin: str) -> Option:
    names = [tr(f"kind_short.{kind}") for kind in KINDS]
    numbers = {"type": "log", "axisLabel": {"fontSize": 10, "color": INK}}
    return live_option(
        tr("chart.compute"),
        tr,
        {"left": 54, "right": 34},
        legend=legend(*names),
        xAxis=year_axis(tr),
        yAxis=top_axis(tr("axis.compute"), 54) | numbers,
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
        line(f"{sigma}, {other}", DARK, "dotted", yAxisIndex=1),
    ]
    right = axis(tr("axis.sigma"), gap=8, nameLocation="end", scale=True) | {
        "position": "right",
        "splitLine": {"show": False},
        "nameTextStyle": {"color": SOFT, "fontSize": SIZE, "align": "right", "padding": [0, -40, 0, 0]},
    }
    return live_option(
        tr("chart.gap"),
        tr,
        {"right": 46, "bottom": 36},
        legend=legend(theil, sigma),
        xAxis=year_axis(tr) | {"nameLocation": "middle", "nameGap": 20},
        yAxis=[top_axis(tr("axis.theil"), scale=True), right],
        series=series,
    )


def _gap_frame(snapshot: Snapshot, tr: Translator) -> Option:
    upto, arms = snapshot.quarter + 1, (snapshot.run, snapshot.twin)
    theil = [{"data": points(snapshot.times, arm.totals.theil[:upto])} for arm in arms]
    sigma = [{"data": points(snapshot.times, arm.totals.sigma[:upto])} for arm in arms]
    return {"xAxis": year_range(snapshot), "series": theil + sigma}


# ── Bars with intervals ──────────────────────────────────────────────────────────────────────────


def bar_series(tr: Translator, name: str, width: int, across: bool = True) -> list[Option]:
    """Return a bar of the mean, its 95 % interval, and a line for the visitor's seed."""
    whisker = {"color": "transparent", "borderColor": INK, "borderWidth": 1.2}
    return [
        {"type": "bar", "name": name, "data": [], "barMaxWidth": width, "itemStyle": {"color": RUN}},
        {
            "type": "boxplot",
            "name": tr("chart.interval"),
            "data": [],
            "boxWidth": [4, 9],
            "itemStyle": whisker,
            "tooltip": {"show": False},
            "z": 4,
        },
        {
            "type": "scatter",
            "name": tr("chart.own_seed"),
            "symbol": "rect",
            "symbolSize": [width, 1.5] if across else [1.5, width],
            "itemStyle": {"color": INK},
            "data": [],
            "z": 5,
        },
    ]


def bar_data(spreads: Sequence[Spread], pale: Sequence[bool] = ()) -> list[Option]:
    """Return the data of ``bar_series``; ``pale`` bars rest on few cities."""
    bars: list[Option | None] = []
    whiskers: list[object] = []
    own: list[float | None] = []
    for k, one in enumerate(spreads):
        known, sure = np.isfinite(one.mean), np.isfinite(one.low)
        faint = bool(pale and pale[k]) or one.seeds < FEWEST_SEEDS
        colour = PALE if faint else RUN if one.mean >= 0 else TWIN
        bars.append({"value": round(one.mean, 3), "itemStyle": {"color": colour}} if known else None)
        box = (one.low, one.mean, one.mean, one.mean, one.high)
        whiskers.append([round(value, 3) for value in box] if sure else "-")
        own.append(round(one.own, 3) if np.isfinite(one.own) and one.seeds > 1 else None)
    return [{"data": bars}, {"data": whiskers}, {"data": own}]


def _bands(tr: Translator, twin: str) -> Option:
    return live_option(tr("chart.bands"), tr, ACROSS, **across(tr, _band_names(tr), tr("axis.effect")))


def across(tr: Translator, names: Sequence[str], unit: str) -> Option:
    """Return axes and series of bars that lie, one below the other, each with its name."""
    look = {"axisLabel": {"color": INK, "fontSize": 10, "interval": 0}}
    return {
        "yAxis": axis("", of="category", data=list(names), inverse=True, axisTick={"show": False}) | look,
        "xAxis": axis(unit, gap=20, splitNumber=3),
        "series": bar_series(tr, tr("axis.effect"), 14, across=False),
    }


def _band_names(tr: Translator) -> list[str]:
    return [
        tr("band.host"),
        *(tr("band.km", km=label.replace("over ", ">").replace(" km", "")) for label in band_labels()),
    ]


def _bands_frame(snapshot: Snapshot, tr: Translator) -> Option:
    effects, cities = effect_by_band(snapshot)
    remark = empty_remark(snapshot, tr, len(snapshot.treated) > 0)
    names = [f"{name} ({count:.0f})" for name, count in zip(_band_names(tr), cities, strict=True)]
    pale = [count < FEWEST_CITIES for count in cities[1:]]
    series = bar_data(effects, [False, *pale])
    return {"series": series, "graphic": remark, "yAxis": {"data": names if sum(cities) else _band_names(tr)}}


# ── The six channels ─────────────────────────────────────────────────────────────────────────────


def channels_option(title: str) -> Callable[[Translator, str], Option]:
    """Return the option of the six channels; ``title`` is a key of a translation."""

    def option(tr: Translator, twin: str) -> Option:
        names = [f"{tr(f'channel.{name}')}, {tr(f'channel_unit.{name}')}" for _, name, _, _ in CHANNELS]
        return live_option(tr(title), tr, ACROSS, **across(tr, names, tr("axis.difference")))

    return option


def channels_frame(snapshot: Snapshot, tr: Translator, rows: np.ndarray | None = None) -> Option:
    """Return the frame of the channels in these cities, by default each seed's hosts."""
    effects = channel_effects(snapshot, rows)
    shown = any(np.isfinite(one.mean) and (one.mean or one.own) for one in effects)
    return {"series": bar_data(effects), "graphic": empty_remark(snapshot, tr, shown)}


# Charts of effects, and those that take their place while levels are shown.
COUNTRY: dict[str, ChartSpec] = {
    "innovation": effect_chart("chart.innovation_effect", "innovation"),
    "gdp": effect_chart("chart.gdp_effect", "gdp"),
    "gap": effect_chart("chart.gap_effect", "recent_theil", "axis.gap_effect"),
    "compute": ChartSpec(_compute, _compute_frame, over_seeds=False),
    "bands": ChartSpec(_bands, _bands_frame),
    "channels": ChartSpec(channels_option("chart.channels"), channels_frame),
}
LEVELS: dict[str, ChartSpec] = {
    "innovation": ChartSpec(
        twin_option("chart.innovation", "axis.innovation"), _innovation_frame, over_seeds=False
    ),
    "gdp": ChartSpec(twin_option("chart.gdp", "axis.gdp"), _gdp_frame, over_seeds=False),
    "gap": ChartSpec(_gap, _gap_frame, over_seeds=False),
}
