"""The tables of ``computeleap run`` in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from experiments.measures.economic_effects import KINDS_OF_USE, PRICE, rising
from experiments.measures.number_text import Shown, decimals, general, number
from experiments.measures.twin_pairs import WINDOW_YEARS
from viz.terminal import echo, show_table

if TYPE_CHECKING:
    from experiments.study.study import Study

TOP = 10  # cities listed


def show_results(
    study: Study, tables: Mapping[str, pd.DataFrame], against: str = "none", window: int = WINDOW_YEARS
) -> None:
    """Show effects, distance bands, channels, gap, hosts and ranks on standard output."""
    last = study.until
    first = max(study.parameters.start_year, last - window + 1)
    without = "without the scenario's own openings" if against == "own" else "without centres"
    years = f"{first}-{last}" if first < last else str(last)
    echo(f"\nMeans of {years} against the same country and draws {without}.\n")
    _estimates(tables["effects"], "Effect on innovation, %", "group")
    _estimates(tables["gdp"][tables["gdp"]["measure"] == "real_gdp"], "Effect on real GDP, %", "group")
    where = "cities without a centre, %, by distance to the nearest"
    _estimates(tables["distance"], f"Effect on innovation of {where}", "band_km")
    _estimates(tables["gdp_distance"], f"Effect on real GDP of {where}", "band_km")
    _estimates(tables["channels"], "Six channels in host cities", "channel", unit=True)
    _estimates(tables["gap"], "Change of the gap between cities, % (below zero: it narrows)", "index")
    _estimates(tables["host_strength"], "Weak and strong host cities", "measure")
    _ranks(tables["ranks"])
    _chain(tables["chain_groups"], rising(tables["chain"], TOP))
    _compute(tables["compute"])
    for group, own in tables["own_measures"].groupby("group") if "own_measures" in tables else ():
        _estimates(own, f"Measures of extensions, change in their unit: {group}", "measure", unit=True)
    _estimates(tables["costs"], "What the centres cost, and what the country gains", "label", unit=True)


def _estimates(frame: pd.DataFrame, title: str, label: str, unit: bool = False) -> None:
    if not len(frame) or not frame["seeds"].any():
        return  # no city hosts a centre, or no two do
    names = {"band_km": "km", "cities": "cities"}
    columns = [names.get(label, label), "mean", "s.e.", "seeds"]
    extra = "unit" if unit else "cities" if "cities" in frame else None
    rows = []
    for row in frame.to_dict("records"):
        places = decimals(row["se"] or abs(row["mean"]))
        cells = [
            str(row[label]),
            number(row["mean"], places, True),
            number(row["se"], places),
            str(row["seeds"]),
        ]
        if extra:
            cells.append(number(row[extra], 1) if extra == "cities" else str(row[extra]))
        rows.append(cells)
    show_table(title, [*columns, extra] if extra else columns, rows, ["unit"], frame)


def _chain(groups: pd.DataFrame, risers: pd.DataFrame) -> None:
    rows = [
        [
            str(row["group"]),
            number(row["rung"]),
            number(row["climb"], 4, signed=True),
            number(row["climb_se"], 4),
            number(row["value_added"], signed=True),
            number(row["value_added_se"]),
        ]
        for row in groups.to_dict("records")
        if row["seeds"] > 0
    ]
    columns = ["cities", "mean rung without", "change", "s.e.", "value added, %", "s.e."]
    if rows:
        show_table("Place in the industry chain, rungs 0 to 4", columns, rows, (), groups)
    rows = [
        [
            str(row["name_en"]),
            number(row["position"]),
            number(row["position_change"], 3, signed=True),
            number(row["position_se"], 3),
            number(row["value_added_effect"], signed=True),
            Shown(f"{100 * row['host']:.0f} %", row["host"]),
        ]
        for row in risers.to_dict("records")
    ]
    columns = ["city", "mean rung without", "change", "s.e.", "value added, %", "hosts a centre"]
    if rows:
        show_table("Cities whose mean rung rises most", columns, rows, (), risers)


def _compute(compute: pd.DataFrame) -> None:
    if not len(compute):
        return
    by_year = compute.pivot(index="year", columns="quantity", values="with")
    years = [year for year in by_year.index if year % 5 == 0 or year == by_year.index[-1]]
    names = [*KINDS_OF_USE.values(), PRICE]
    rows = [[str(year), *(general(by_year.loc[year, name]) for name in names)] for year in years]
    show_table(
        "Compute used in all cities, compute/year, and its price, money/compute", ["year", *names], rows
    )


def _ranks(frame: pd.DataFrame) -> None:
    gained = frame[frame["gain"] > 0].sort_values("gain", ascending=False, kind="stable").head(TOP)
    if not len(gained):
        return
    rows = [
        [
            str(row["name_en"]),
            number(row["gain"], 1, signed=True),
            number(row["se"], 1),
            number(row["rank_without"], 1),
            number(row["rank_with"], 1),
            Shown(f"{100 * row['host']:.0f} %", row["host"]),
        ]
        for row in gained.to_dict("records")
    ]
    columns = ["city", "places gained", "s.e.", "rank without", "rank with", "hosts a centre"]
    show_table("Cities that gain most places in innovation", columns, rows, (), gained)
