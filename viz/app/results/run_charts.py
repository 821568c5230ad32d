"""The charts of results folders: one function a chart, from what was read and the words of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.measures.effects import CHANNELS, band_labels
from viz.app.results.chart_style import BLUE, DIVERGING, ORANGE, PALETTE, Option, interval, rounded, safe, shown
from viz.app.results.line_options import Bundle, Estimates, axis, bands, frame, intervals
from viz.app.results.stored_results import RunFolder
from viz.app.ui.translations import Words
from viz.figures.effect_map import colour_limit

Row = tuple[float, float, float]
GROUPS = ("host cities", "other cities", "whole country (total)")
GAPS = ("Theil", "Theil between regions", "sigma")
LOOK = {"with": (BLUE, "solid"), "without": (ORANGE, "dashed")}
HEADLINES = (
    ("effects", "group", "host cities", "%"),
    ("effects", "group", "other cities", "%"),
    ("effects", "group", "whole country (total)", "%"),
    ("gap", "index", "Theil", "%"),
    ("gap", "index", "Theil between regions", "%"),
    ("gap", "index", "sigma", "%"),
)


def slug(text: str) -> str:
    """A name of a table's row as a key of the words: letters, digits and ``_``."""
    return "".join(letter if letter.isalnum() else "_" for letter in text.lower()).strip("_")


def unit_name(unit: str, words: Words) -> str:
    """A unit in the language of the page; a sign such as %, or one that is not known, as it is."""
    return words.texts.get(f"units.{slug(unit)}", unit)


def row_of(table: pd.DataFrame, column: str, label: str) -> Row | None:
    """(mean, se, seeds) of a row, or None."""
    found = table[table[column] == label]
    if not len(found):
        return None
    first = found.iloc[0]
    return float(first["mean"]), float(first["se"]), float(first["seeds"])


def whisker_words(words: Words) -> dict[str, str]:
    """What hovering over an interval says."""
    return {"interval": words("results.interval"), "seeds": words("results.seeds")}


def headlines(folder: RunFolder, words: Words) -> list[dict[str, str]]:
    """Headline numbers: label, value ± standard error, the 95 % interval, and how sure the sign is."""
    found = []
    for table, column, label, unit in HEADLINES:
        row = row_of(folder.tables[table], column, label)
        if row is None:
            continue
        low, high = interval(*row)
        clear = np.isfinite(low) and low * high > 0
        found.append(
            {
                "label": words(f"results.{table}.{slug(label)}"),
                "value": f"{shown(row[0], row[1])} {unit}",
                "interval": f"{words('results.interval')}: {shown(low)} … {shown(high)}"
                if np.isfinite(low)
                else words("results.one_seed"),
                "sure": words("results.sure" if clear else "results.unsure") if np.isfinite(low) else "",
                "tone": ("up" if row[0] > 0 else "down") if clear else "flat",
            }
        )
    return found


def name_of(folder: RunFolder, several: Sequence[RunFolder] = ()) -> str:
    """The scenario of a folder, and the folder's own name where that differs or others have the same."""
    scenario = folder.item.title
    twice = sum(other.item.title == scenario for other in several) > 1
    return folder.item.name if twice or scenario != folder.item.name else scenario


# ── Over time ────────────────────────────────────────────────────────────────────────────────────


def over_time(
    folder: RunFolder, measure: str, words: Words, seeds: bool, limits: tuple[float, float] | None = None
) -> Option:
    """A national measure with and without the centres, 95 % bands over seeds. ``measure``: of ``series``."""
    bundles = [
        Bundle(words(f"results.arm.{arm}"), folder.series[measure, arm], *LOOK[arm])
        for arm in ("without", "with")
    ]
    return bands(
        folder.years,
        bundles,
        words(f"results.axis.{measure}"),
        words("results.axis.year"),
        (words("results.from"), words("results.to")),
        seeds,
        limits,
    )


def difference(folder: RunFolder, measure: str, words: Words, seeds: bool) -> Option:
    """The same as a difference from the twin, seed by seed, %."""
    treated, control = (folder.series[measure, arm] for arm in ("with", "without"))
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(control > 0, 100.0 * (treated / control - 1.0), np.nan)
    name = words("results.difference")
    return bands(
        folder.years,
        [Bundle(name, np.nan_to_num(change), BLUE)],
        words("results.axis.change"),
        words("results.axis.year"),
        (words("results.from"), words("results.to")),
        seeds,
    )


def shared_limits(folders: Sequence[RunFolder], measure: str) -> tuple[float, float]:
    """Ends of the scale that all small multiples of a measure share."""
    parts = [
        Bundle("", folder.series[measure, arm], BLUE).summary()
        for folder in folders
        for arm in ("with", "without")
    ]
    values = np.concatenate([line[np.isfinite(line)] for part in parts for line in part])
    margin = 0.05 * float(np.ptp(values)) or 0.05 * float(np.abs(values).max()) or 1.0
    return max(0.0, float(values.min()) - margin), float(values.max()) + margin


# ── Across space and channels ────────────────────────────────────────────────────────────────────


def _sets(folders: Sequence[RunFolder], table: str, column: str, labels: Sequence[str]) -> list[Estimates]:
    return [
        Estimates(
            name_of(folder, folders),
            [row_of(folder.tables[table], column, label) for label in labels],
            PALETTE[k % len(PALETTE)],
        )
        for k, folder in enumerate(folders)
    ]


def distance(folders: Sequence[RunFolder], words: Words) -> Option:
    """Effect on cities without a centre, by distance to the nearest."""
    labels = band_labels()
    texts = [
        words("results.over_km", km=label.split()[-1]) if label.startswith("over") else label
        for label in labels
    ]
    return intervals(
        texts,
        _sets(folders, "distance", "band_km", labels),
        "%",
        words("results.axis.distance"),
        upright=True,
        words=whisker_words(words),
    ) | {"yAxis": axis(words("results.axis.effect"), gap=46)}


def channels(folders: Sequence[RunFolder], words: Words) -> Option:
    """The six channels in host cities; units are in the labels."""
    measures = [measure for _, measure, _, _ in CHANNELS]
    units = [unit_name(unit, words) for _, _, _, unit in CHANNELS]
    texts = [f"{words(f'results.channel.{m}')} ({unit})" for m, unit in zip(measures, units, strict=True)]
    return intervals(
        texts,
        _sets(folders, "channels", "measure", measures),
        words("results.axis.channels"),
        words("results.axis.channel"),
        upright=False,
        units=units,
        words=whisker_words(words),
    )


def compared(folders: Sequence[RunFolder], headline: int, words: Words) -> Option:
    """A headline number, by its place in ``HEADLINES``, of several folders below each other."""
    table, column, label, unit = HEADLINES[headline]
    names = [name_of(folder, folders) for folder in folders]
    rows = [row_of(folder.tables[table], column, label) for folder in folders]
    name = headline_name(headline, words)
    return intervals(
        names,
        [Estimates(name, rows, BLUE)],
        words("results.axis.change"),
        words("results.folder"),
        upright=False,
        units=[unit] * len(names),
        words=whisker_words(words),
    )


def headline_name(headline: int, words: Words) -> str:
    """What a headline number is."""
    table, _, label, _ = HEADLINES[headline]
    return words(f"results.{table}.{slug(label)}")


def city_map(folder: RunFolder, words: Words) -> Option:
    """Effect on every city, where it lies; hosts have a ring."""
    cities = folder.tables["cities"]
    known = cities[np.isfinite(cities["effect"])]
    reach = colour_limit(known)
    data: list[Option] = []
    for row in known.sort_values("host").to_dict("records"):
        host = row["host"] > 0
        text = f"<b>{safe(city_name(row, words))}</b><br>"
        text += f"{words('results.effect')}: {shown(row['effect'], row['se'])} %"
        text += f"<br>{words('results.host_share')}: {row['host']:.0%}" if host else ""
        look: Option = (
            {"borderColor": "#000000", "borderWidth": 2.0}
            if host
            else {"borderColor": "#7c8794", "borderWidth": 0.5}
        )
        data.append(
            {
                "value": [rounded(row["lon"], 6), rounded(row["lat"], 6), rounded(row["effect"])],
                "symbolSize": 13 if host else 8,
                "itemStyle": look,
                "tooltip": {"formatter": text},
            }
        )
    return {
        **frame(left=52, right=92),
        "xAxis": axis(words("results.axis.longitude"), scale=True, splitLine={"show": False}),
        "yAxis": axis(words("results.axis.latitude"), gap=34, scale=True, splitLine={"show": False}),
        "visualMap": {
            "min": rounded(-reach),
            "max": rounded(reach),
            "dimension": 2,
            "calculable": True,
            "right": 0,
            "top": "middle",
            "precision": 1,
            "text": ["%", ""],
            "itemHeight": 130,
            "inRange": {"color": list(DIVERGING)[::-1]},
        },
        "series": [{"type": "scatter", "data": data}],
    }


def city_name(row: Mapping[str, Any], words: Words) -> str:
    """The name of a city in the language of the page; the other one where it has none."""
    names = [row.get("name_zh"), row.get("name_en")]
    order = names if words.language == "zh" else names[::-1]
    return next((str(name) for name in order if isinstance(name, str) and name), str(row["city_id"]))


def _other_name(row: Mapping[str, Any], words: Words) -> str:
    """The name in the other language."""
    name = row.get("name_en" if words.language == "zh" else "name_zh")
    return name if isinstance(name, str) else ""


def city_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """The table of cities: name, province, effect, its error, places gained, share of seeds that host."""
    cities = folder.tables["cities"].merge(
        folder.tables["ranks"][["city_id", "rank_without", "gain"]], on="city_id"
    )
    return [
        {
            "city": f"{city_name(row, words)} {_other_name(row, words)}",
            "province": str(row["province"]),
            "effect": rounded(row["effect"], 3),
            "se": rounded(row["se"], 2),
            "rank": rounded(row["rank_without"], 4),
            "gain": rounded(row["gain"], 3),
            "host": rounded(100.0 * row["host"], 3),
        }
        for row in cities.sort_values("effect", ascending=False).to_dict("records")
    ]
