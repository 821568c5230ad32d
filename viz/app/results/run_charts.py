"""Charts of results folders of `computeleap run`, one function for each chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.measures.effect_tables import CHANNELS, band_labels
from viz.app.results.chart_numbers import interval, rounded, safe, shown
from viz.app.results.heatmap_options import colour_scale
from viz.app.results.line_options import Estimates, SeedLines, bands, intervals
from viz.app.results.result_reader import RunFolder
from viz.app.ui.chart_options import DIVERGING, PALETTE, Option, axis, base_option
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import JsonObject
from viz.figures.effect_map import colour_limit
from viz.palette import BLUE, ORANGE

Row = tuple[float, float, float]
GROUPS = ("host cities", "other cities", "whole country (total)")
GAPS = ("Theil", "Theil between regions", "sigma")
LOOK = {"with": (BLUE, "solid"), "without": (ORANGE, "dashed")}
HEADLINES = (
    ("effects", "group", "host cities", "%"),
    ("effects", "group", "other cities", "%"),
    ("effects", "group", "whole country (total)", "%"),
    ("gdp", "group", "host cities", "%"),
    ("gdp", "group", "other cities", "%"),
    ("gdp", "group", "whole country (total)", "%"),
    ("gap", "index", "Theil", "%"),
    ("gap", "index", "Theil between regions", "%"),
    ("gap", "index", "sigma", "%"),
)


def slug(text: str) -> str:
    """Return the label of a table's row as a key of translations: letters, digits and ``_``."""
    return "".join(letter if letter.isalnum() else "_" for letter in text.lower()).strip("_")


def unit_name(unit: str, tr: Translator) -> str:
    """Return a unit in the language of the page; a sign such as %, or an unknown unit, as it is."""
    return tr.texts.get(f"units.{slug(unit)}", unit)


def estimate_of(table: pd.DataFrame, column: str, label: str) -> Row | None:
    """Return (mean, se, seeds) of a row, or None."""
    found = table[table[column] == label]
    if "measure" in table and column == "group":  # nominal GDP is in the table too
        found = found[found["measure"] == "real_gdp"]
    if not len(found):
        return None
    first = found.iloc[0]
    return float(first["mean"]), float(first["se"]), float(first["seeds"])


def interval_captions(tr: Translator) -> dict[str, str]:
    """Return the captions of the tooltip of an interval."""
    return {"interval": tr("results.interval"), "seeds": tr("results.seeds")}


def headlines(folder: RunFolder, tr: Translator) -> list[dict[str, str]]:
    """Return headline numbers: label, value ± standard error, 95 % interval, whether it differs from zero."""
    found = []
    for table, column, label, unit in HEADLINES:
        row = estimate_of(folder.tables[table], column, label)
        if row is None:
            continue
        low, high = interval(*row)
        clear = np.isfinite(low) and low * high > 0
        found.append(
            {
                "label": tr(f"results.{table}.{slug(label)}"),
                "value": f"{shown(row[0], row[1])} {unit}",
                "interval": (
                    f"{tr('results.interval')}: {shown(low)} … {shown(high)}"
                    if np.isfinite(low)
                    else tr("results.one_seed")
                )
                + over_parameters(folder, table, label, tr),
                "sure": tr("results.sure" if clear else "results.unsure") if np.isfinite(low) else "",
                # Blue is a gain, or a narrower gap, here as in the maps of sweeps.
                "tone": ("up" if (row[0] > 0) != (table == "gap") else "down") if clear else "flat",
            }
        )
    return found


def over_parameters(folder: RunFolder, table: str, label: str, tr: Translator) -> str:
    """Return the 90 % range of a headline over parameters, if the folder has one."""
    ranges = folder.tables.get("uncertainty")
    if ranges is None:
        return ""
    own = ranges[(ranges["table"] == table) & (ranges["label"] == label) & ranges["low"].notna()]
    if not len(own):
        return ""
    row = own.iloc[0]
    return f"; {tr('results.over_parameters', low=shown(row['low']), high=shown(row['high']))}"


def folder_label(folder: RunFolder, several: Sequence[RunFolder] = ()) -> str:
    """Return the scenario of a folder, or the folder's name where it differs or others share the scenario."""
    scenario = folder.item.title
    twice = sum(other.item.title == scenario for other in several) > 1
    return folder.item.name if twice or scenario != folder.item.name else scenario


# ── Over time ────────────────────────────────────────────────────────────────────────────────────


def over_time(
    folder: RunFolder, measure: str, tr: Translator, seeds: bool, limits: tuple[float, float] | None = None
) -> Option:
    """Return the chart of a national measure with and without the centres, with 95 % bands over seeds."""
    lines = [
        SeedLines(tr(f"results.arm.{arm}"), folder.series[measure, arm], *LOOK[arm])
        for arm in ("without", "with")
    ]
    return bands(
        folder.years,
        lines,
        tr(f"results.axis.{measure}"),
        tr("results.axis.year"),
        (tr("results.from"), tr("results.to")),
        seeds,
        limits,
    )


def difference(folder: RunFolder, measure: str, tr: Translator, seeds: bool) -> Option:
    """Return the chart of a national measure's difference from the twin, seed by seed, %."""
    treated, control = (folder.series[measure, arm] for arm in ("with", "without"))
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(control > 0, 100.0 * (treated / control - 1.0), np.nan)
    name = tr("results.difference")
    return bands(
        folder.years,
        [SeedLines(name, np.nan_to_num(change), BLUE)],
        tr("results.axis.change"),
        tr("results.axis.year"),
        (tr("results.from"), tr("results.to")),
        seeds,
    )


def shared_limits(folders: Sequence[RunFolder], measure: str) -> tuple[float, float]:
    """Return the ends of the scale that all small multiples of a measure share."""
    found = [
        SeedLines("", folder.series[measure, arm], BLUE).band()
        for folder in folders
        for arm in ("with", "without")
    ]
    values = np.concatenate([line for band in found for line in (band.mean, band.low, band.high)])
    values = values[np.isfinite(values)]
    margin = 0.05 * float(np.ptp(values)) or 0.05 * float(np.abs(values).max()) or 1.0
    return max(0.0, float(values.min()) - margin), float(values.max()) + margin


# ── Across space and channels ────────────────────────────────────────────────────────────────────


def _sets(folders: Sequence[RunFolder], table: str, column: str, labels: Sequence[str]) -> list[Estimates]:
    return [
        Estimates(
            folder_label(folder, folders),
            [estimate_of(folder.tables[table], column, label) for label in labels],
            PALETTE[k % len(PALETTE)],
        )
        for k, folder in enumerate(folders)
    ]


def distance(folders: Sequence[RunFolder], tr: Translator, table: str = "distance") -> Option:
    """Return the chart of the effect on cities without a centre, by distance to the nearest host.

    table: ``distance`` of innovation, ``gdp_distance`` of real GDP.
    """
    labels = band_labels()
    texts = [
        tr("results.over_km", km=label.split()[-1]) if label.startswith("over") else label for label in labels
    ]
    return intervals(
        texts,
        _sets(folders, table, "band_km", labels),
        "%",
        tr("results.axis.distance"),
        upright=True,
        captions=interval_captions(tr),
    ) | {"yAxis": axis(tr("results.axis.effect"), gap=46)}


def channels(folders: Sequence[RunFolder], tr: Translator) -> Option:
    """Return the chart of the six channels in host cities; the labels hold the units."""
    measures = [measure for _, measure, _, _ in CHANNELS]
    units = [unit_name(unit, tr) for _, _, _, unit in CHANNELS]
    texts = [f"{tr(f'results.channel.{m}')} ({unit})" for m, unit in zip(measures, units, strict=True)]
    return intervals(
        texts,
        _sets(folders, "channels", "measure", measures),
        tr("results.axis.channels"),
        tr("results.axis.channel"),
        upright=False,
        units=units,
        captions=interval_captions(tr),
    )


def compared(folders: Sequence[RunFolder], headline: int, tr: Translator) -> Option:
    """Return the chart of one of ``HEADLINES`` for several folders."""
    table, column, label, unit = HEADLINES[headline]
    names = [folder_label(folder, folders) for folder in folders]
    rows = [estimate_of(folder.tables[table], column, label) for folder in folders]
    name = headline_name(headline, tr)
    return intervals(
        names,
        [Estimates(name, rows, BLUE)],
        tr("results.axis.change"),
        tr("results.folder"),
        upright=False,
        units=[unit] * len(names),
        captions=interval_captions(tr),
    )


def headline_name(headline: int, tr: Translator) -> str:
    """Return the name of one of ``HEADLINES``."""
    table, _, label, _ = HEADLINES[headline]
    return tr(f"results.{table}.{slug(label)}")


def city_map(folder: RunFolder, tr: Translator) -> Option:
    """Return the map of the effect on every city; hosts have a ring."""
    cities = folder.tables["cities"]
    known = cities[np.isfinite(cities["effect"])]
    reach = colour_limit(known)
    data: list[Option] = []
    for row in known.sort_values("host").to_dict("records"):
        host = row["host"] > 0
        text = f"<b>{safe(city_name(row, tr))}</b><br>"
        text += f"{tr('results.effect')}: {shown(row['effect'], row['se'])} %"
        text += f"<br>{tr('results.host_share')}: {row['host']:.0%}" if host else ""
        scan_shelf: Option = (
            {"borderColor": "#000000", "borderWidth": 2.0}
            if host
            else {"borderColor": "#7c8794", "borderWidth": 0.5}
        )
        data.append(
            {
                "value": [rounded(row["lon"], 6), rounded(row["lat"], 6), rounded(row["effect"])],
                "symbolSize": 13 if host else 8,
                "itemStyle": scan_shelf,
                "tooltip": {"formatter": text},
            }
        )
    return {
        **base_option(left=52, right=92),
        "xAxis": axis(tr("results.axis.longitude"), scale=True, splitLine={"show": False}),
        "yAxis": axis(tr("results.axis.latitude"), gap=34, scale=True, splitLine={"show": False}),
        "visualMap": {**colour_scale(-reach, reach, "%", 1, DIVERGING[::-1]), "dimension": 2},
        "series": [{"type": "scatter", "data": data}],
    }


def city_name(row: JsonObject, tr: Translator) -> str:
    """Return the name of a city in the language of the page, or its other name where that is missing."""
    names = [row.get("name_zh"), row.get("name_en")]
    order = names if tr.language == "zh" else names[::-1]
    return next((str(name) for name in order if isinstance(name, str) and name), str(row["city_id"]))


def _other_name(row: JsonObject, tr: Translator) -> str:
    """Return the name in the other language."""
    name = row.get("name_en" if tr.language == "zh" else "name_zh")
    return name if isinstance(name, str) else ""


def city_rows(folder: RunFolder, tr: Translator) -> list[Option]:
    """Return the table of cities: name, province, effect, its error, places gained, share of host seeds."""
    cities = folder.tables["cities"].merge(
        folder.tables["ranks"][["city_id", "rank_without", "gain"]], on="city_id"
    )
    return [
        {
            "city": f"{city_name(row, tr)} {_other_name(row, tr)}",
            "province": str(row["province"]),
            "effect": rounded(row["effect"], 3),
            "se": rounded(row["se"], 2),
            "rank": rounded(row["rank_without"], 4),
            "gain": rounded(row["gain"], 3),
            "host": rounded(100.0 * row["host"], 3),
        }
        for row in cities.sort_values("effect", ascending=False).to_dict("records")
    ]
