# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""A study on the page: its question, its charts, its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import solara

from experiments.questions.regimes import MAPS
from viz.app.results import study_charts as charts
from viz.app.results.downloads import DataDownloads, DownloadButton, experiment_file, file_name
from viz.app.ui.parameter_translations import scenario_name
from viz.app.results.chart_style import rounded
from viz.app.results.result_widgets import Figure, Heading, Note, Table, tag
from viz.app.results.stored_results import StudyFolder
from viz.app.results.sweep_view import Pick
from viz.app.ui.translations import Words

MOST_SHOWN = 1_000
FIRST_MEASURES = ("theil", "theil_regions", "hosts", "others", "country", "use")


@solara.component
def Study(opened: StudyFolder, words: Words) -> None:
    """The study that was read."""
    About(opened, words)
    {
        "layouts": Layouts,
        "splits": Splits,
        "ablation": Ablation,
        "regimes": Regimes,
        "oversupply": Oversupply,
    }[opened.study](opened, words)
    for name, table in opened.tables.items():
        if name != "by_seed":
            Rows(opened, name, table, words).key(name)


@solara.component
def About(opened: StudyFolder, words: Words) -> None:
    """The question, what was run, and the file that runs it again."""
    told = opened.summary
    name, text = solara.use_memo(lambda: experiment_file(opened), [opened])
    with solara.v.Html(tag="div", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(words(f"results.study.{opened.study}"), 2)
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DownloadButton(
                    words("results.experiment_file"), name, lambda: text.encode(), "text/x-shellscript"
                )
        Note(
            words(
                "results.study_about",
                scenarios=len(told["scenarios"]),
                seeds=len(told["seeds"]),
                cities=told["cities"],
                last=told["last_year"],
                version=opened.item.version or "?",
                date=opened.item.date or "?",
            )
        )
        if told.get("failures"):
            Note(words("results.failures", count=len(told["failures"])))
        command = text.strip().splitlines()[-1]
        tag("div", command if len(command) < 240 else command[:239] + "…", classes="cs-command")


@solara.component
def Chosen(
    opened: StudyFolder,
    words: Words,
    table: str,
    draw: Callable[[str], Mapping[str, Any]],
    height: str,
    note: str,
) -> None:
    """A chart of one scenario of several."""
    rows = opened.tables[table]
    names = {name: scenario_name(name, words) for name in charts.scenarios_of(rows)}
    scenario, set_scenario = solara.use_state(next(iter(names)))
    if len(names) > 1:
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(words("results.axis.scenario"), names, scenario, set_scenario)
    Figure(
        words,
        f"{words(f'results.study.{opened.study}')} – {names[scenario]}",
        draw(scenario),
        file_name(opened.item.name, scenario),
        lambda: rows[rows["scenario"] == scenario],
        height=height,
        note=note,
    )


@solara.component
def Layouts(opened: StudyFolder, words: Words) -> None:
    """Small multiples: a measure each, all layouts in each."""
    table = opened.tables["layouts"]
    known = charts.layout_measures(table)
    more, set_more = solara.use_state(False)
    measures = known if more else [name for name in FIRST_MEASURES if name in known]
    solara.Switch(label=words("results.all_measures"), value=more, on_value=lambda on: set_more(bool(on)))
    height = f"{110 + 25 * len(charts.scenarios_of(table))}px"
    with solara.v.Html(tag="div", class_="cs-figures"):
        for measure in measures:
            Figure(
                words,
                words(f"results.layout.{measure}"),
                charts.layouts(table, measure, words),
                file_name(opened.item.name, measure),
                partial(rows_of, table, measure=measure),
                height=height,
            ).key(measure)
    Note(words("results.interval_note"))


@solara.component
def Splits(opened: StudyFolder, words: Words) -> None:
    """For whom a centre works."""
    Chosen(
        opened,
        words,
        "splits",
        lambda scenario: charts.splits(opened.tables["splits"], scenario, words),
        "380px",
        words("results.split_note"),
    )


@solara.component
def Ablation(opened: StudyFolder, words: Words) -> None:
    """Findings with one mechanism off."""
    count = opened.tables["ablation"]["id"].nunique()
    Chosen(
        opened,
        words,
        "ablation",
        lambda scenario: charts.ablation(opened.tables["ablation"], scenario, words),
        f"{170 + 22 * count}px",
        words("results.ablation_note"),
    )


@solara.component
def Regimes(opened: StudyFolder, words: Words) -> None:
    """Maps of where the gap closes."""
    table = opened.tables["regimes"]
    maps = {one.id: words(f"results.map_of.{one.id}") for one in MAPS if one.id in set(table["map"])}
    ids = {name: charts.finding_name(name, words) for name in charts.regime_ids(table)}
    of, set_of = solara.use_state(next(iter(maps)))
    identity, set_identity = solara.use_state(next(iter(ids)))
    with solara.v.Html(tag="div", class_="cs-row"):
        Pick(words("results.sweep.map_label"), maps, of, set_of)
        Pick(words("results.measure_label"), ids, identity, set_identity)
    with solara.v.Html(tag="div", class_="cs-figures"):
        for scenario in charts.scenarios_of(table):
            Figure(
                words,
                f"{ids[identity]} – {scenario_name(scenario, words)}",
                charts.regimes(table, scenario, of, identity, words),
                file_name(opened.item.name, scenario, of, identity),
                partial(rows_of, table, scenario=scenario, map=of),
                height="380px",
                note=words("results.sweep.map_note"),
            ).key(scenario)


@solara.component
def Oversupply(opened: StudyFolder, words: Words) -> None:
    """Curves over capacity."""
    curve = opened.tables["curve"]
    names = {name: scenario_name(name, words) for name in charts.scenarios_of(curve)}
    scenario, set_scenario = solara.use_state(next(iter(names)))
    if len(names) > 1:
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(words("results.axis.scenario"), names, scenario, set_scenario)
    with solara.v.Html(tag="div", class_="cs-figures"):
        for measure in charts.OVERSUPPLY:
            Figure(
                words,
                words(f"results.oversupply.{measure}"),
                charts.oversupply(curve, scenario, measure, words),
                file_name(opened.item.name, scenario, measure),
                partial(rows_of, curve, scenario=scenario, measure=measure),
                height="250px",
            ).key(measure)
    Note(words("results.band_note"))


def rows_of(table: pd.DataFrame, **values: str) -> pd.DataFrame:
    """The rows in which columns have these values."""
    kept = pd.Series(True, index=table.index)
    for column, value in values.items():
        kept &= table[column] == value
    return table[kept]


@solara.component
def Rows(opened: StudyFolder, name: str, table: pd.DataFrame, words: Words) -> None:
    """A table of the study as its file holds it."""
    shown = [
        {key: rounded(value, 4) if isinstance(value, float) else str(value) for key, value in row.items()}
        for row in table.head(MOST_SHOWN).to_dict("records")
    ]
    headers = [
        (str(column), str(column), "end" if pd.api.types.is_numeric_dtype(table[column]) else "start")
        for column in table
    ]
    with solara.v.Html(tag="section", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(words("results.table_file", name=f"{name}.parquet"))
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DataDownloads(words, file_name(opened.item.name, name), lambda: table)
        if len(table) > MOST_SHOWN:
            Note(words("results.sweep.table_capped", shown=MOST_SHOWN, all=len(table)))
        Table(words, headers, shown)
