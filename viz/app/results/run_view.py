# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""Results of ``computeleap run`` on the page: one folder, or several beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import solara

from viz.app.ui import event_filters as heard
from viz.app.results.downloads import DownloadButton, experiment_file, file_name
from viz.app.results.run_charts import (
    HEADLINES,
    channels,
    city_map,
    city_rows,
    compared,
    difference,
    distance,
    headline_name,
    headlines,
    name_of,
    over_time,
    shared_limits,
)
from viz.app.results.result_widgets import Figure, Heading, Note, Number, Table, tag
from viz.app.results.stored_results import OF_COUNTRY, Opened, RunFolder
from viz.app.ui.translations import Words


@solara.component
def Runs(folders: Sequence[RunFolder], words: Words) -> None:
    """The folders: headline numbers, years, distance, channels, cities, and what makes them again."""
    for folder in folders:
        About(folder, words)
    if len(folders) == 1:
        with solara.v.Html(tag="div", class_="cs-six"):
            for one in headlines(folders[0], words):
                Number(one["label"], one["value"], (one["interval"], one["sure"]), one["tone"])
        Note(words("results.headline_note"))
    else:
        Heading(words("results.compared"), 2)
        with solara.v.Html(tag="div", class_="cs-three"):
            for k in range(len(HEADLINES)):
                Figure(
                    words,
                    headline_name(k, words),
                    compared(folders, k, words),
                    file_name("compared", HEADLINES[k][2]),
                    partial(_joined, folders, HEADLINES[k][0]),
                    height=f"{104 + 30 * len(folders)}px",
                ).key(str(k))
        Note(words("results.interval_note"))
    Years(folders, words)
    with solara.v.Html(tag="div", class_="cs-figures"):
        Figure(
            words,
            words("results.distance"),
            distance(folders, words),
            "distance",
            lambda: _joined(folders, "distance"),
            height="300px",
            note=words("results.distance_note"),
        )
        Figure(
            words,
            words("results.channels"),
            channels(folders, words),
            "channels",
            lambda: _joined(folders, "channels"),
            height="300px",
            note=words("results.channels_note"),
        )
    Cities(folders, words)


@solara.component
def About(folder: RunFolder, words: Words) -> None:
    """What was run, and the file that runs it again."""
    told = folder.summary
    name, text = solara.use_memo(lambda: experiment_file(folder), [folder])
    with solara.v.Html(tag="div", class_="cs-card"):
        with solara.v.Html(tag="div", class_="cs-figure-head"):
            Heading(name_of(folder), 2)
            with solara.v.Html(tag="div", class_="cs-buttons"):
                DownloadButton(
                    words("results.experiment_file"), name, lambda: text.encode(), "application/toml"
                )
        Note(
            words(
                "results.about",
                scenario=folder.item.title,
                seeds=len(folder.seeds),
                cities=told["cities"],
                firms=f"{told['firms']:,}",
                first=folder.years[0],
                last=folder.years[-1],
                version=folder.item.version or "?",
                date=folder.item.date or "?",
            )
        )
        if told.get("failures"):
            Note(words("results.failures", count=len(told["failures"])))
        tag("div", f"computeleap run --config {name}", classes="cs-command")


@solara.component
def Years(folders: Sequence[RunFolder], words: Words) -> None:
    """National measures over time: one chart a measure, or with several folders one chart a folder."""
    seeds, set_seeds = solara.use_state(False)
    apart, set_apart = solara.use_state(False)
    measure, set_measure = solara.use_state(OF_COUNTRY[0])
    names = {name: words(f"results.measure.{name}") for name in OF_COUNTRY}
    back = {text: name for name, text in names.items()}
    with solara.v.Html(tag="div", class_="cs-row"):
        Heading(words("results.over_time"), 2)
        solara.Switch(
            label=words("results.show_difference"), value=apart, on_value=lambda on: set_apart(bool(on))
        )
        solara.Switch(label=words("results.show_seeds"), value=seeds, on_value=lambda on: set_seeds(bool(on)))
        if len(folders) > 1:
            solara.Select(
                words("results.measure_label"),
                list(back),
                names[measure],
                on_value=heard.word(lambda text: set_measure(back[text]), back),
            )
    with solara.v.Html(tag="div", class_="cs-three"):
        for folder in folders:
            for name in OF_COUNTRY if len(folders) == 1 else (measure,):
                limits = shared_limits(folders, name) if len(folders) > 1 else None
                draw = (
                    difference(folder, name, words, seeds)
                    if apart
                    else over_time(folder, name, words, seeds, limits)
                )
                title = names[name] if len(folders) == 1 else f"{name_of(folder, folders)}: {names[name]}"
                Figure(
                    words,
                    title,
                    draw,
                    file_name(folder.item.name, name),
                    partial(series_table, folder, name),
                    height="235px",
                ).key(f"{folder.item.key} {name}")
    Note(words("results.band_note"))


@solara.component
def Cities(folders: Sequence[RunFolder], words: Words) -> None:
    """Map and table of the cities of one folder."""
    names = {name_of(folder, folders): folder for folder in folders}
    chosen, set_chosen = solara.use_state(next(iter(names)))
    folder = names.get(chosen, folders[0])
    with solara.v.Html(tag="div", class_="cs-row"):
        Heading(words("results.cities"), 2)
        if len(folders) > 1:
            solara.Select(
                words("results.folder"),
                list(names),
                name_of(folder, folders),
                on_value=heard.word(set_chosen, names),
            )
    option = solara.use_memo(lambda: city_map(folder, words), [folder, words])
    rows = solara.use_memo(lambda: city_rows(folder, words), [folder, words])
    with solara.v.Html(tag="div", class_="cs-figures"):
        Figure(
            words,
            words("results.map"),
            option,
            file_name(folder.item.name, "cities"),
            lambda: folder.tables["cities"].merge(
                folder.tables["ranks"].drop(columns=["name_en", "name_zh", "se", "host"]), on="city_id"
            ),
            height="430px",
            note=words("results.map_note"),
        )
        with solara.v.Html(tag="section", class_="cs-card"):
            Table(
                words,
                [
                    ("city", words("results_table.city"), "start"),
                    ("province", words("results_table.province"), "start"),
                    ("effect", words("results_table.effect"), "end"),
                    ("se", words("results_table.se"), "end"),
                    ("rank", words("results_table.rank"), "end"),
                    ("gain", words("results_table.gain"), "end"),
                    ("host", words("results_table.host"), "end"),
                ],
                rows,
            )


def series_table(folder: RunFolder, measure: str) -> pd.DataFrame:
    """A national measure, one row a seed, arm and year."""
    return pd.DataFrame(
        [
            {"folder": folder.item.name, "seed": seed, "arm": arm, "year": year, measure: value}
            for arm in ("with", "without")
            for seed, values in zip(folder.seeds, folder.series[measure, arm], strict=True)
            for year, value in zip(folder.years, values, strict=True)
        ]
    )


def _joined(folders: Sequence[Opened], *names: str) -> pd.DataFrame:
    """Tables of all folders under each other, the folder's name first."""
    parts = [
        folder.tables[name].assign(folder=folder.item.name, table=name)
        for folder in folders
        if isinstance(folder, RunFolder)
        for name in names
    ]
    return pd.concat(parts, ignore_index=True)
