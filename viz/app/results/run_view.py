"""Results of ``computeleap run`` on the page: one folder, or several compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import solara

from viz.app.results.downloads import experiment_file, file_name, ran
from viz.app.results.result_reader import NATIONAL_MEASURES, RunFolder
from viz.app.results.result_widgets import (
    Figure,
    Heading,
    Note,
    Number,
    Pick,
    ResultCard,
    Table,
    failure_notes,
)
from viz.app.results.run_charts import (
    HEADLINES,
    channels,
    city_map,
    city_rows,
    compared,
    difference,
    distance,
    folder_label,
    headline_name,
    headlines,
    over_time,
    shared_limits,
)
from viz.app.ui.event_filters import one_of
from viz.app.ui.translations import Translator


@solara.component
def RunView(folders: Sequence[RunFolder], tr: Translator) -> None:
    """The folders: headline numbers, years, distance, channels, cities, and their experiment files."""
    for folder in folders:
        About(folder, tr)
    if len(folders) == 1:
        with solara.v.Html(tag="div", class_="cs-six"):
            for one in headlines(folders[0], tr):
                Number(one["label"], one["value"], (one["interval"], one["sure"]), one["tone"])
        Note(tr("results.headline_note"))
    else:
        Heading(tr("results.compared"), 2)
        with solara.v.Html(tag="div", class_="cs-three"):
            for k in range(len(HEADLINES)):
                Figure(
                    tr,
                    headline_name(k, tr),
                    compared(folders, k, tr),
                    file_name("compared", HEADLINES[k][2]),
                    partial(_joined, folders, HEADLINES[k][0]),
                    height=f"{104 + 30 * len(folders)}px",
                    ran=ran(folders, tr),
                ).key(str(k))
        Note(tr("results.interval_note"))
    Years(folders, tr)
    with solara.v.Html(tag="div", class_="cs-figures"):
        of_gdp = partial(distance, table="gdp_distance")
        for table, draw in (("distance", distance), ("gdp_distance", of_gdp), ("channels", channels)):
            Figure(
                tr,
                tr(f"results.{table}"),
                draw(folders, tr),
                table,
                partial(_joined, folders, table),
                height="300px",
                note=tr(f"results.{table}_note"),
                ran=ran(folders, tr),
            )
    Cities(folders, tr)


@solara.component
def About(folder: RunFolder, tr: Translator) -> None:
    """The settings of the run, and the file that runs it again."""
    summary = folder.summary
    file = solara.use_memo(lambda: experiment_file(folder), [folder])
    about = tr(
        "results.about",
        scenario=folder.item.title,
        seeds=len(folder.seeds),
        cities=summary["cities"],
        firms=f"{summary['firms']:,}",
        first=folder.years[0],
        last=folder.years[-1],
        version=folder.item.version or "?",
        date=folder.item.date or "?",
    )
    command = f"computeleap run --config {file[0]}"
    ResultCard(tr, folder_label(folder), file, command, [about, *failure_notes(summary, tr)])


@solara.component
def Years(folders: Sequence[RunFolder], tr: Translator) -> None:
    """National measures over time: a chart for each measure, or for each of several folders."""
    seeds, set_seeds = solara.use_state(False)
    apart, set_apart = solara.use_state(True)
    measure, set_measure = solara.use_state(NATIONAL_MEASURES[0])
    known = [name for name in NATIONAL_MEASURES if all((name, "with") in one.series for one in folders)]
    names = {name: tr(f"results.measure.{name}") for name in known}
    with solara.v.Html(tag="div", class_="cs-row"):
        Heading(tr("results.over_time"), 2)
        solara.Switch(
            label=tr("results.show_difference"), value=apart, on_value=lambda on: set_apart(bool(on))
        )
        solara.Switch(label=tr("results.show_seeds"), value=seeds, on_value=lambda on: set_seeds(bool(on)))
        if len(folders) > 1:
            Pick(tr("results.measure_label"), names, measure, set_measure)
    with solara.v.Html(tag="div", class_="cs-three"):
        for folder in folders:
            for name in known if len(folders) == 1 else (measure,):
                limits = shared_limits(folders, name) if len(folders) > 1 else None
                draw = (
                    difference(folder, name, tr, seeds)
                    if apart
                    else over_time(folder, name, tr, seeds, limits)
                )
                title = (
                    names[name] if len(folders) == 1 else f"{folder_label(folder, folders)}: {names[name]}"
                )
                Figure(
                    tr,
                    title,
                    draw,
                    file_name(folder.item.name, name),
                    partial(series_table, folder, name),
                    height="235px",
                    ran=ran([folder], tr),
                ).key(f"{folder.item.key} {name}")
    Note(tr("results.band_note"))


@solara.component
def Cities(folders: Sequence[RunFolder], tr: Translator) -> None:
    """Map and table of the cities of one folder."""
    names = {folder_label(folder, folders): folder for folder in folders}
    chosen, set_chosen = solara.use_state(next(iter(names)))
    folder = names.get(chosen, folders[0])
    with solara.v.Html(tag="div", class_="cs-row"):
        Heading(tr("results.cities"), 2)
        if len(folders) > 1:
            solara.Select(
                tr("results.folder"),
                list(names),
                folder_label(folder, folders),
                on_value=one_of(names, set_chosen),
            )
    option = solara.use_memo(lambda: city_map(folder, tr), [folder, tr])
    rows = solara.use_memo(lambda: city_rows(folder, tr), [folder, tr])
    with solara.v.Html(tag="div", class_="cs-figures"):
        Figure(
            tr,
            tr("results.map"),
            option,
            file_name(folder.item.name, "cities"),
            lambda: folder.tables["cities"].merge(
                folder.tables["ranks"].drop(columns=["name_en", "name_zh", "se", "host"]), on="city_id"
            ),
            height="430px",
            note=tr("results.map_note"),
            ran=ran([folder], tr),
        )
        with solara.v.Html(tag="section", class_="cs-card"):
            left = [(name, tr(f"results_table.{name}"), "start") for name in ("city", "province")]
            numbers = ("effect", "se", "rank", "gain", "host")
            Table(tr, left + [(name, tr(f"results_table.{name}"), "end") for name in numbers], rows)


def series_table(folder: RunFolder, measure: str) -> pd.DataFrame:
    """Return a national measure, one row for each seed, arm and year."""
    return pd.DataFrame(
        [
            {"folder": folder.item.name, "seed": seed, "arm": arm, "year": year, measure: value}
            for arm in ("with", "without")
            for seed, values in zip(folder.seeds, folder.series[measure, arm], strict=True)
            for year, value in zip(folder.years, values, strict=True)
        ]
    )


def _joined(folders: Sequence[RunFolder], name: str) -> pd.DataFrame:
    """Return a table of all folders below each other, with the folder's name."""
    parts = [folder.tables[name].assign(folder=folder.item.name, table=name) for folder in folders]
    return pd.concat(parts, ignore_index=True)
