"""Charts of the studies' tables for the browser; viz/figures/study_figures.py draws those of reports."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.measures.findings import FINDINGS
from experiments.measures.heterogeneity import SPLITS
from experiments.questions.ablation import MECHANISMS
from experiments.questions.frontier import NEITHER
from experiments.questions.layouts import MEASURES as LAYOUT_MEASURES
from experiments.questions.regimes import MAPS
from experiments.questions.single_centres import COUNTRY, HOST, OTHERS
from viz.app.results.chart_numbers import interval, rounded, safe, shown
from viz.app.results.heatmap_options import HeatCell, cells
from viz.app.results.line_options import Band, Estimates, intervals
from viz.app.results.run_charts import interval_captions, unit_name
from viz.app.ui.chart_options import Option, axis, base_option, changed
from viz.app.ui.parameter_translations import scenario_name
from viz.app.ui.translations import Translator
from viz.palette import BLUE, ORANGE

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
    """Return the scenarios of a table, in its order."""
    return [str(name) for name in dict.fromkeys(table["scenario"])]


def layout_measures(table: pd.DataFrame) -> list[str]:
    """Return the known measures that a table of layouts holds."""
    return [name for name in LAYOUT_MEASURES if name in set(table["measure"])]


def layouts(table: pd.DataFrame, measure: str, tr: Translator, of: str = "layout") -> Option:
    """Return the chart of a measure in every layout, with 95 % intervals; ``of``: the group of its label."""
    here = table[table["measure"] == measure].drop_duplicates("scenario").set_index("scenario")
    names = [name for name in scenarios_of(table) if name in here.index]
    unit = unit_name(str(here["unit"].iloc[0]), tr)
    rows = [(float(r["mean"]), float(r["se"]), float(r["seeds"])) for _, r in here.loc[names].iterrows()]
    label = tr(f"results.{of}.{measure}")
    return intervals(
        [scenario_name(name, tr) for name in names],
        [Estimates(label, rows, BLUE)],
        unit,
        tr("results.axis.scenario"),
        upright=False,
        units=[unit] * len(names),
        captions=interval_captions(tr),
    )


def splits(table: pd.DataFrame, scenario: str, tr: Translator) -> Option:
    """Return the chart of the six splits: difference of halves, and slope with other traits held fixed."""
    rows = table[table["scenario"] == scenario].drop_duplicates("id").set_index("id")
    known = [split.id for split in SPLITS if split.id in rows.index]
    sets = [
        Estimates(
            tr(f"results.split.{column}"),
            [
                (float(rows.loc[i, column]), float(rows.loc[i, f"{column}_se"]), float(rows.loc[i, "seeds"]))
                for i in known
            ],
            colour,
        )
        for column, colour in (("raw", BLUE), ("partial", ORANGE))
    ]
    return intervals(
        [f"{tr(f'results.splits.{i}')} ({i})" for i in known],
        sets,
        tr("results.axis.split"),
        tr("results.axis.finding"),
        upright=False,
        units=["%"] * len(known),
        captions=interval_captions(tr),
    )


def finding_name(identity: str, tr: Translator) -> str:
    """Return the name of a finding of the source study in the language of the page."""
    key = f"results.finding.{identity}"
    return f"{tr(key)} ({identity})" if key in tr.texts else identity


def ablation(table: pd.DataFrame, scenario: str, tr: Translator) -> Option:
    """Return the heat map of findings by mechanism that is off; t is positive in the study's direction."""
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
            f"<b>{safe(finding_name(one.id, tr))}</b><br>{safe(mechanism_name(row['mechanism'], tr))}"
            f"<br>{shown(row['size'], row['se'])} {safe(one.unit)}"
            f"<br>{tr('results.verdicts.' + str(row['verdict']))}"
        )
        found.append(
            HeatCell(
                across.index(row["mechanism"]),
                k,
                float(np.clip(t, -10, 10)),
                row["verdict"] != "undecided",
                text,
            )
        )
    option = cells(
        [mechanism_name(name, tr) for name in across],
        [finding_name(one.id, tr) for one in down],
        found,
        (tr("results.axis.mechanism"), tr("results.axis.finding")),
        tr("results.axis.t_short"),
        diverging=True,
        blue=1,
    )
    across_labels = {"rotate": 40, "width": 110, "overflow": "truncate", "interval": 0}
    down_labels = {"width": 205, "overflow": "truncate", "interval": 0}
    option = changed(option, "grid", left=232, bottom=120)
    option = changed(option, "xAxis", nameGap=100, axisLabel=across_labels)
    option = changed(option, "yAxis", nameGap=214, axisLabel=down_labels)
    series = option["series"]
    assert isinstance(series, list)
    series[0]["label"] = {"show": False}
    return option


def mechanism_name(identity: str, tr: Translator) -> str:
    """Return the name of a mechanism that was switched off."""
    key = f"results.mechanism.{identity}"
    if key in tr.texts:
        return tr(key)
    return next((one.short for one in MECHANISMS if one.id == identity), identity)


def regime_ids(table: pd.DataFrame) -> list[str]:
    """Return the findings that a table of regimes maps."""
    return [str(name) for name in dict.fromkeys(table["id"])]


def regimes(table: pd.DataFrame, scenario: str, of: str, identity: str, tr: Translator) -> Option:
    """Return the heat map of a finding over the two axes of a map of regimes."""
    here = table[(table["scenario"] == scenario) & (table["map"] == of) & (table["id"] == identity)]
    plan = next(one for one in MAPS if one.id == of)
    x, y = (sorted(here[name].unique()) for name in ("x", "y"))
    unit = next((one.unit for one in FINDINGS if one.id == identity), "")
    found = []
    for row in here.to_dict("records"):
        low, high = interval(row["mean"], row["se"], row["seeds"])
        clear = bool(np.isfinite(low) and low * high > 0)
        said = (
            tr(f"results.verdict.gap_{'down' if row['mean'] < 0 else 'up'}")
            if identity.startswith("C14")
            else ""
        )
        text = (
            f"<b>{safe(finding_name(identity, tr))}</b><br>{shown(row['mean'], row['se'])} {safe(unit)}"
            f"<br>{tr('results.interval')}: {shown(low)} … {shown(high)}"
            f"<br>{said if clear else tr('results.unsure')}"
            f"<br>{tr('results.seeds')}: {int(row['seeds'])}"
        )
        found.append(HeatCell(x.index(row["x"]), y.index(row["y"]), row["mean"], clear, text))
    keys = [one.name.replace(" ", "_") for one in (plan.x, plan.y)]
    names = [f"{tr(f'results.regime_axis.{key}')}, {tr(f'results.regime_unit.{key}')}" for key in keys]
    return cells(
        [f"{value:g}" for value in x],
        [f"{value:g}" for value in y],
        found,
        (names[0], names[1]),
        unit,
        diverging=True,
        blue=-1 if identity.startswith("C14") else 1,
    )


def oversupply(curve: pd.DataFrame, scenario: str, measure: str, tr: Translator) -> Option:
    """Return the chart of a measure over capacity, sold over the network or locally, with 95 % bands."""
    here = curve[(curve["scenario"] == scenario) & (curve["measure"] == measure)]
    multiples = sorted(here["multiple"].unique())
    labels = [f"{value:g}" for value in multiples]
    found = []
    for access, (colour, dash) in ACCESS.items():
        rows = here[here["access"] == access].set_index("multiple").reindex(multiples)
        if rows["mean"].isna().all():
            continue
        ends = np.array([interval(row["mean"], row["se"], row["seeds"]) for _, row in rows.iterrows()])
        mean = rows["mean"].to_numpy(dtype=float)
        found.append(Band(tr(f"results.access.{access}"), mean, ends[:, 0], ends[:, 1], colour, dash))
    tooltip = (tr("results.from"), tr("results.to"))
    option = base_option(names=[band.name for band in found])
    return {
        **changed(option, "tooltip", trigger="axis"),
        "series": [series for band in found for series in band.series(labels, tooltip)],
        "xAxis": axis(tr("results.axis.capacity"), of="category", data=labels),
        "yAxis": axis(tr(f"results.oversupply.{measure}"), gap=48),
    }


def single_centres(bands: pd.DataFrame, scenario: str, tr: Translator) -> Option:
    """Return the chart of the effect of one centre alone by group of cities, with 95 % intervals."""
    here = bands[(bands["scenario"] == scenario) & bands["mean"].notna()]
    rows = [(float(row["mean"]), float(row["se"]), float(row["runs"])) for _, row in here.iterrows()]
    names = {HOST: tr("results.group.host"), OTHERS: tr("results.group.others")}
    names |= {COUNTRY: tr("results.group.country")}
    return intervals(
        [names.get(group, group.replace("over ", ">")) for group in here["group"]],
        [Estimates(tr("results.axis.effect"), rows, BLUE)],
        "%",
        tr("results.axis.group"),
        upright=True,
        captions=interval_captions(tr),
    ) | {"yAxis": axis(tr("results.axis.effect"), gap=46)}


def frontier(points: pd.DataFrame, scenario: str, tr: Translator) -> Option:
    """Return the scatter of the two findings, C13 and C14, one point for each draw of the parameters."""
    here = points[(points["scenario"] == scenario) & points[["c13", "c14"]].notna().all(axis=1)]
    data = [
        {
            "value": [rounded(row["c13"]), rounded(row["c14"])],
            "itemStyle": {"color": BLUE, "opacity": 0.3 if row["holds"] == NEITHER else 0.9},
            "symbolSize": 16 if row["point"] == 0 else 10,
        }
        for row in here.to_dict("records")
    ]
    zero = {"symbol": "none", "silent": True, "label": {"show": False}, "data": [{"xAxis": 0}, {"yAxis": 0}]}
    return {
        **changed(base_option(left=64, right=24), "tooltip", trigger="item"),
        "xAxis": axis(tr("results.axis.c13"), scale=True),
        "yAxis": axis(tr("results.axis.c14"), gap=48, scale=True),
        "series": [{"type": "scatter", "data": data, "markLine": zero}],
    }
