"""The charts of the studies' tables, as the browser draws them; the printed ones are viz/figures/study_figures.py."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.questions.ablation import MECHANISMS
from experiments.measures.findings import FINDINGS
from experiments.measures.heterogeneity import SPLITS
from experiments.questions.layouts import MEASURES as LAYOUT_MEASURES
from experiments.questions.regimes import MAPS
from viz.app.ui.parameter_translations import scenario_name
from viz.app.results.run_charts import unit_name, whisker_words
from viz.app.results.heatmap_options import Cell, cells
from viz.app.results.chart_style import BLUE, ORANGE, Option, interval, rounded, safe, shown
from viz.app.results.line_options import Estimates, axis, frame, intervals
from viz.app.ui.translations import Words

OVERSUPPLY = (
    "utilisation",
    "price_over_cost",
    "effect_hosts",
    "social_return",
    "private_return",
    "effect_country",
)
ACCESS = {"network": (BLUE, "solid"), "local": (ORANGE, "dashed")}
VERDICTS = ("holds", "fails", "undecided")


def scenarios_of(table: pd.DataFrame) -> list[str]:
    """Scenarios of a table, in its order."""
    return [str(name) for name in dict.fromkeys(table["scenario"])]


def layout_measures(table: pd.DataFrame) -> list[str]:
    """Measures of the layouts that are known and there."""
    return [name for name in LAYOUT_MEASURES if name in set(table["measure"])]


def layouts(table: pd.DataFrame, measure: str, words: Words) -> Option:
    """A measure of every layout, with 95 % intervals."""
    here = table[table["measure"] == measure].drop_duplicates("scenario").set_index("scenario")
    names = [name for name in scenarios_of(table) if name in here.index]
    unit = unit_name(str(here["unit"].iloc[0]), words)
    rows = [(float(r["mean"]), float(r["se"]), float(r["seeds"])) for _, r in here.loc[names].iterrows()]
    label = words(f"results.layout.{measure}")
    return intervals(
        [scenario_name(name, words) for name in names],
        [Estimates(label, rows, BLUE)],
        unit,
        words("results.axis.scenario"),
        upright=False,
        units=[unit] * len(names),
        words=whisker_words(words),
    )


def splits(table: pd.DataFrame, scenario: str, words: Words) -> Option:
    """The six splits: difference of halves, and slope with the others held fixed."""
    rows = table[table["scenario"] == scenario].drop_duplicates("id").set_index("id")
    known = [split.id for split in SPLITS if split.id in rows.index]
    sets = [
        Estimates(
            words(f"results.split.{column}"),
            [
                (float(rows.loc[i, column]), float(rows.loc[i, f"{column}_se"]), float(rows.loc[i, "seeds"]))
                for i in known
            ],
            colour,
        )
        for column, colour in (("raw", BLUE), ("partial", ORANGE))
    ]
    return intervals(
        [f"{words(f'results.splits.{i}')} ({i})" for i in known],
        sets,
        words("results.axis.split"),
        words("results.axis.finding"),
        upright=False,
        units=["%"] * len(known),
        words=whisker_words(words),
    )


def finding_name(identity: str, words: Words) -> str:
    """A finding of the source study in the language of the page."""
    key = f"results.finding.{identity}"
    return f"{words(key)} ({identity})" if key in words.texts else identity


def ablation(table: pd.DataFrame, scenario: str, words: Words) -> Option:
    """Findings down, mechanisms across; colour: t-value signed such that the study's direction is above 0."""
    here = table[table["scenario"] == scenario]
    across = [one.id for one in MECHANISMS if one.id in set(here["mechanism"])]
    down = [one for one in FINDINGS if one.id in set(here["id"])][::-1]
    place = {one.id: (k, one) for k, one in enumerate(down)}
    found = []
    for row in here.to_dict("records"):
        if row["id"] not in place or row["mechanism"] not in across:
            continue
        k, one = place[row["id"]]
        t = row["size"] / row["se"] * one.expected if row["se"] else math.nan
        text = (
            f"<b>{safe(finding_name(one.id, words))}</b><br>{safe(mechanism_name(row['mechanism'], words))}"
            f"<br>{shown(row['size'], row['se'])} {safe(one.unit)}"
            f"<br>{words('results.verdicts.' + str(row['verdict']))}"
        )
        found.append(
            Cell(
                across.index(row["mechanism"]),
                k,
                float(np.clip(t, -10, 10)),
                row["verdict"] != "undecided",
                text,
            )
        )
    option = cells(
        [mechanism_name(name, words) for name in across],
        [finding_name(one.id, words) for one in down],
        found,
        (words("results.axis.mechanism"), words("results.axis.finding")),
        words("results.axis.t_short"),
        diverging=True,
        unclear="≈0",
        blue=1,
    )
    option["grid"] |= {"left": 232, "bottom": 120}
    option["xAxis"] |= {
        "nameGap": 100,
        "axisLabel": {"rotate": 40, "width": 110, "overflow": "truncate", "interval": 0},
    }
    option["yAxis"] |= {"nameGap": 214, "axisLabel": {"width": 205, "overflow": "truncate", "interval": 0}}
    option["series"][0]["label"] = {"show": False}
    return option


def mechanism_name(identity: str, words: Words) -> str:
    """A mechanism that was switched off."""
    key = f"results.mechanism.{identity}"
    if key in words.texts:
        return words(key)
    return next((one.short for one in MECHANISMS if one.id == identity), identity)


def regime_ids(table: pd.DataFrame) -> list[str]:
    """What is mapped."""
    return [str(name) for name in dict.fromkeys(table["id"])]


def regimes(table: pd.DataFrame, scenario: str, of: str, identity: str, words: Words) -> Option:
    """A finding over the two axes of a map of the study of regimes."""
    here = table[(table["scenario"] == scenario) & (table["map"] == of) & (table["id"] == identity)]
    plan = next(one for one in MAPS if one.id == of)
    x, y = (sorted(here[name].unique()) for name in ("x", "y"))
    unit = next((one.unit for one in FINDINGS if one.id == identity), "")
    found = []
    for row in here.to_dict("records"):
        low, high = interval(row["mean"], row["se"], row["seeds"])
        clear = bool(np.isfinite(low) and low * high > 0)
        said = (
            words(f"results.verdict.gap_{'down' if row['mean'] < 0 else 'up'}")
            if identity.startswith("C14")
            else ""
        )
        text = (
            f"<b>{safe(finding_name(identity, words))}</b><br>{shown(row['mean'], row['se'])} {safe(unit)}"
            f"<br>{words('results.interval')}: {shown(low)} … {shown(high)}"
            f"<br>{said if clear else words('results.unsure')}"
            f"<br>{words('results.seeds')}: {int(row['seeds'])}"
        )
        found.append(Cell(x.index(row["x"]), y.index(row["y"]), row["mean"], clear, text))
    keys = [one.name.replace(" ", "_") for one in (plan.x, plan.y)]
    names = [f"{words(f'results.regime_axis.{key}')}, {words(f'results.regime_unit.{key}')}" for key in keys]
    return cells(
        [f"{value:g}" for value in x],
        [f"{value:g}" for value in y],
        found,
        (names[0], names[1]),
        unit,
        diverging=True,
        unclear="≈0",
        blue=-1 if identity.startswith("C14") else 1,
    )


def oversupply(curve: pd.DataFrame, scenario: str, measure: str, words: Words) -> Option:
    """A measure over capacity, sold over the network or locally, with 95 % bands."""
    here = curve[(curve["scenario"] == scenario) & (curve["measure"] == measure)]
    multiples = sorted(here["multiple"].unique())
    labels = [f"{value:g}" for value in multiples]
    series: list[Option] = []
    names = []
    for access, (colour, dash) in ACCESS.items():
        own = here[here["access"] == access].set_index("multiple").reindex(multiples)
        if own["mean"].isna().all():
            continue
        name = words(f"results.access.{access}")
        names.append(name)
        ends = np.array([interval(r["mean"], r["se"], r["seeds"]) for _, r in own.iterrows()])
        rows = [
            [label, rounded(mean), rounded(low), rounded(high)]
            for label, mean, (low, high) in zip(labels, own["mean"], ends, strict=True)
        ]
        shared: Option = {
            "type": "line",
            "name": name,
            "symbol": "none",
            "lineStyle": {"opacity": 0},
            "silent": True,
            "tooltip": {"show": False},
            "stack": f"band {name}",
            "stackStrategy": "all",
            "itemStyle": {"color": colour},
        }
        series += [
            {
                **shared,
                "data": [[label, rounded(low)] for label, low in zip(labels, ends[:, 0], strict=True)],
            },
            {
                **shared,
                "data": [
                    [label, rounded(width)]
                    for label, width in zip(labels, ends[:, 1] - ends[:, 0], strict=True)
                ],
                "areaStyle": {"color": colour, "opacity": 0.2},
            },
            {
                "type": "line",
                "name": name,
                "data": rows,
                "symbolSize": 6,
                "lineStyle": {"color": colour, "type": dash, "width": 2},
                "itemStyle": {"color": colour},
                "dimensions": ["x", name, words("results.from"), words("results.to")],
                "encode": {"x": 0, "y": 1, "tooltip": [1, 2, 3]},
            },
        ]
    found = frame(legend=names)
    found["tooltip"] |= {"trigger": "axis"}
    return {
        **found,
        "series": series,
        "xAxis": axis(words("results.axis.capacity"), of="category", data=labels),
        "yAxis": axis(words(f"results.oversupply.{measure}"), gap=48),
    }
