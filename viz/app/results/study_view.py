"""A study on the page: question, charts, tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import solara

from experiments.questions.regimes import MAPS
from viz.app.results import study_charts as charts
from viz.app.results.chart_numbers import rounded
from viz.app.results.downloads import DataDownloads, experiment_file, file_name, ran_study
from viz.app.results.result_reader import StudyFolder
from viz.app.results.result_widgets import Figure, Heading, Note, Pick, ResultCard, Table, failure_notes
from viz.app.ui.chart_options import Option
from viz.app.ui.parameter_translations import scenario_name
from viz.app.ui.translations import Translator

MAX_SHOWN = 1_000
FIRST_MEASURES = ("theil", "theil_regions", "hosts", "others", "country", "use")


@solara.component
def StudyView(opened: StudyFolder, tr: Translator) -> None:
    """The question of a study, its charts and its tables."""
    About(opened, tr)
    {
        "layouts": Layouts,
        "splits": Splits,
        "ablation": Ablation,
        "regimes": Regimes,
        "oversupply": Oversupply,
        "policies": Policies,
        "seeds": Policies,
        "single_centres": SingleCentres,
        "frontier": Frontier,
    }[opened.study](opened, tr)
    for name, table in opened.tables.items():
        if name != "by_seed":
            StudyTable(opened, name, table, tr).key(name)


@solara.component
def About(opened: StudyFolder, tr: Translator) -> None:
    """The question, what was run, and the file that runs it again."""
    summary = opened.summary
    file = solara.use_memo(lambda: experiment_file(opened), [opened])
    about = tr(
        "results.study_about",
        scenarios=len(summary["scenarios"]),
        seeds=len(summary["seeds"]),
        cities=summary["cities"],
        last=summary["last_year"],
        version=opened.item.version or "?",
        date=opened.item.date or "?",
    )
    title, command = tr(f"results.study.{opened.study}"), file[1].strip().splitlines()[-1]
    ResultCard(tr, title, file, command, [about, *failure_notes(summary, tr)], "text/x-shellscript")


@solara.component
def ScenarioChart(
    opened: StudyFolder,
    tr: Translator,
    table: str,
    draw: Callable[[str], Option],
    height: str,
    note: str,
) -> None:
    """A chart of one scenario of several."""
    rows = opened.tables[table]
    names = {name: scenario_name(name, tr) for name in charts.scenarios_of(rows)}
    scenario, set_scenario = solara.use_state(next(iter(names)))
    if len(names) > 1:
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(tr("results.axis.scenario"), names, scenario, set_scenario)
    Figure(
        tr,
        f"{tr(f'results.study.{opened.study}')} – {names[scenario]}",
        draw(scenario),
        file_name(opened.item.name, scenario),
        lambda: rows[rows["scenario"] == scenario],
        height=height,
        note=note,
        ran=ran_study(opened, tr, scenario),
    )


@solara.component
def Layouts(opened: StudyFolder, tr: Translator) -> None:
    """Small multiples: a chart for each measure, with all layouts."""
    table = opened.tables["layouts"]
    known = charts.layout_measures(table)
    more, set_more = solara.use_state(False)
    measures = known if more else [name for name in FIRST_MEASURES if name in known]
    solara.Switch(label=tr("results.all_measures"), value=more, on_value=lambda on: set_more(bool(on)))
    height = f"{110 + 25 * len(charts.scenarios_of(table))}px"
    with solara.v.Html(tag="div", class_="cs-figures"):
        for measure in measures:
            Figure(
                tr,
                tr(f"results.layout.{measure}"),
                charts.layouts(table, measure, tr),
                file_name(opened.item.name, measure),
                partial(rows_of, table, measure=measure),
                height=height,
                ran=ran_study(opened, tr),
            ).key(measure)
    Note(tr("results.interval_note"))


@solara.component
def Policies(opened: StudyFolder, tr: Translator) -> None:
    """Small multiples: a chart for each measure, with all policies."""
    table = opened.tables["policies"]
    height = f"{110 + 25 * len(charts.scenarios_of(table))}px"
    with solara.v.Html(tag="div", class_="cs-figures"):
        for measure in dict.fromkeys(table["measure"]):
            Figure(
                tr,
                tr(f"results.policy.{measure}"),
                charts.layouts(table, str(measure), tr, of="policy"),
                file_name(opened.item.name, str(measure)),
                partial(rows_of, table, measure=str(measure)),
                height=height,
                ran=ran_study(opened, tr),
            ).key(str(measure))
    Note(tr("results.interval_note"))


@solara.component
def Splits(opened: StudyFolder, tr: Translator) -> None:
    """Differences of the effect between kinds of host cities."""
    ScenarioChart(
        opened,
        tr,
        "splits",
        lambda scenario: charts.splits(opened.tables["splits"], scenario, tr),
        "380px",
        tr("results.split_note"),
    )


@solara.component
def Ablation(opened: StudyFolder, tr: Translator) -> None:
    """Findings with one mechanism switched off."""
    count = opened.tables["ablation"]["id"].nunique()
    ScenarioChart(
        opened,
        tr,
        "ablation",
        lambda scenario: charts.ablation(opened.tables["ablation"], scenario, tr),
        f"{170 + 22 * count}px",
        tr("results.ablation_note"),
    )


@solara.component
def Regimes(opened: StudyFolder, tr: Translator) -> None:
    """Maps of where centres close or widen the gap."""
    table = opened.tables["regimes"]
    maps = {one.id: tr(f"results.map_of.{one.id}") for one in MAPS if one.id in set(table["map"])}
    ids = {name: charts.finding_name(name, tr) for name in charts.regime_ids(table)}
    of, set_of = solara.use_state(next(iter(maps)))
    identity, set_identity = solara.use_state(next(iter(ids)))
    with solara.v.Html(tag="div", class_="cs-row"):
        Pick(tr("results.sweep.map_label"), maps, of, set_of)
        Pick(tr("results.measure_label"), ids, identity, set_identity)
    with solara.v.Html(tag="div", class_="cs-figures"):
        for scenario in charts.scenarios_of(table):
            Figure(
                tr,
                f"{ids[identity]} – {scenario_name(scenario, tr)}",
                charts.regimes(table, scenario, of, identity, tr),
                file_name(opened.item.name, scenario, of, identity),
                partial(rows_of, table, scenario=scenario, map=of),
                height="380px",
                note=tr("results.sweep.map_note"),
                ran=ran_study(opened, tr, scenario),
            ).key(scenario)


@solara.component
def Oversupply(opened: StudyFolder, tr: Translator) -> None:
    """Curves over the capacity of centres."""
    curve = opened.tables["curve"]
    names = {name: scenario_name(name, tr) for name in charts.scenarios_of(curve)}
    scenario, set_scenario = solara.use_state(next(iter(names)))
    if len(names) > 1:
        with solara.v.Html(tag="div", class_="cs-row"):
            Pick(tr("results.axis.scenario"), names, scenario, set_scenario)
    with solara.v.Html(tag="div", class_="cs-figures"):
        for measure in charts.OVERSUPPLY:
            Figure(
                tr,
                tr(f"results.oversupply.{measure}"),
                charts.oversupply(curve, scenario, measure, tr),
                file_name(opened.item.name, scenario, measure),
                partial(rows_of, curve, scenario=scenario, measure=measure),
                height="250px",
                ran=ran_study(opened, tr, scenario),
            ).key(measure)
    Note(tr("results.band_note"))


@solara.component
def SingleCentres(opened: StudyFolder, tr: Translator) -> None:
    """Effects of one centre alone, by distance."""
    bands = opened.tables["bands"]
    note = tr("results.single_note")
    draw = partial(charts.single_centres, bands, tr=tr)
    ScenarioChart(opened, tr, "bands", draw, "340px", note)


@solara.component
def Frontier(opened: StudyFolder, tr: Translator) -> None:
    """Points of the parameters by the two findings."""
    points = opened.tables["points"]
    note = tr("results.frontier_note")
    ScenarioChart(opened, tr, "points", partial(charts.frontier, points, tr=tr), "430px", note)


def rows_of(table: pd.DataFrame, **values: str) -> pd.DataFrame:
    """Return the rows in which columns have these values."""
    kept = pd.Series(True, index=table.index)
    for column, value in values.items():
        kept &= table[column] == value
    return table[kept]


@solara.component
def StudyTable(opened: StudyFolder, name: str, table: pd.DataFrame, tr: Translator) -> None:
    """A table of the study, as in its file."""
    shown = [
        {key: rounded(value, 4) if isinstance(value, float) else str(value) for key, value in row.items()}
        for row in table.head(MAX_SHOWN).to_dict("records")
    ]
    headers = [
        (str(column), str(column), "end" if pd.api.types.is_numeric_dtype(table[column]) else "start")
        for column in table
    ]
    with solara.v.Html(tag="section", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(tr("results.table_file", name=f"{name}.parquet"))
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DataDownloads(tr, file_name(opened.item.name, name), lambda: table)
        if len(table) > MAX_SHOWN:
            Note(tr("results.sweep.table_capped", shown=MAX_SHOWN, all=len(table)))
        Table(tr, headers, shown)
