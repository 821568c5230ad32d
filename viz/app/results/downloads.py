"""Downloads of results: their data, the file that reproduces them, and the note of their pictures."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import pandas as pd
import solara

from experiments.sweep.experiment_file import Experiment
from model.files.toml_file import toml_text
from viz.app.explore.run_options import ALL
from viz.app.results.result_reader import Opened, RunFolder, StudyFolder, SweepStore
from viz.app.ui.chart_options import run_note, seed_range
from viz.app.ui.parameter_translations import scenario_name
from viz.app.ui.translations import Translator

MAX_ROWS = 1_000_000  # of a table for download
MAX_NAMED = 4  # scenarios in the note of a picture; more are counted
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def file_name(*parts: str) -> str:
    """Return a file name of letters, digits, ``_``, ``-`` and ``.``, at most 80 characters long."""
    text = "-".join(_UNSAFE.sub("_", part).strip("_.") for part in parts if part)
    return text[:80] or "computeleap"


def as_csv(table: pd.DataFrame) -> bytes:
    """Return the table as CSV in UTF-8, with the byte order mark by which spreadsheets recognise it."""
    return table.head(MAX_ROWS).map(_plain_cell).to_csv(index=False).encode("utf-8-sig")


def _plain_cell(value: Any) -> Any:
    """Quote a text that a spreadsheet would read as a formula. [OWASP: CSV injection]"""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r") else value


def as_parquet(table: pd.DataFrame) -> bytes:
    """Return the table as Parquet."""
    buffer = io.BytesIO()
    table.head(MAX_ROWS).to_parquet(buffer, index=False)
    return buffer.getvalue()


# ── The experiment file ──────────────────────────────────────────────────────────────────────────


def experiment_file(opened: Opened) -> tuple[str, str]:
    """Return (name, text) of the file with which the command line reproduces a result.

    The file holds settings for ``computeleap run --config``, an experiment for ``computeleap sweep run``, or
    a script with the command ``computeleap study``; its first lines say the command.
    """
    if isinstance(opened, RunFolder):
        return _settings_file(opened)
    if isinstance(opened, StudyFolder):
        return _study_file(opened)
    return _sweep_file(opened)


def _head(opened: Opened, command: str, rules: str) -> list[str]:
    item = opened.item
    lines = [
        f"# {command}",
        f"# {item.name}, {item.date or 'no date'}: ComputeLeap {item.version or 'unknown'}",
    ]
    return [*lines, f"# rules {rules}: the same rules give the same numbers"] if rules else lines


def _settings_file(opened: RunFolder) -> tuple[str, str]:
    summary = opened.summary
    name = file_name(opened.item.title) + ".toml"
    lines = _head(opened, f"computeleap run --config {name}", opened.item.rules)
    given = str(summary.get("command", "")).split()
    own = {"--cities"} if _has_user_cities(opened) else set()
    own |= {option for option in ("--cities", "--centres", "--links") if option in given}
    lines += [f"# it was run with a table of its own: add {option} FILE" for option in sorted(own)]
    values = {
        "scenario": opened.item.title,
        "seeds": len(summary["seeds"]),
        "first_seed": min(summary["seeds"]),
        "until": int(summary["last_year"]),
    }
    return name, toml_text(values, {"parameters": _own_changes(summary)}, head=lines)


def _has_user_cities(opened: RunFolder) -> bool:
    """Return whether the cities differ from the shipped ones."""
    from model.country.city_tables import load_cities

    columns = ["city_id", "gdp_2010", "population_2010"]
    shipped, used = (
        load_cities()[columns],
        pd.read_parquet(opened.item.folder / "city_table.parquet", columns=columns),
    )
    return len(shipped) != len(used) or not bool((shipped.to_numpy() == used.to_numpy()).all())


def _own_changes(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changed parameters, without those that the scenario changes itself."""
    from model.scenarios.scenario_catalogue import SCENARIOS

    changed = dict(summary.get("parameters_changed", {}))
    known = SCENARIOS.get(str(summary.get("scenario")))
    own = dict(known.parameters) if known else {}
    return {key: value for key, value in changed.items() if key not in own or own[key] != value}


def _study_file(opened: StudyFolder) -> tuple[str, str]:
    summary = opened.summary
    name = file_name("study", opened.study) + ".sh"
    seeds = summary["seeds"]
    command = [
        "computeleap",
        "study",
        opened.study,
        *map(str, summary["scenarios"]),
        "--seeds",
        str(len(seeds)),
        "--first-seed",
        str(min(seeds)),
        "--until",
        str(summary["last_year"]),
    ]
    for key, value in _not_default(summary.get("parameters", {})).items():
        command += ["--set", f"{key}={value:g}"]
    lines = ["#!/bin/sh", *_head(opened, f"sh {name}", opened.item.rules), " ".join(map(_quoted, command))]
    return name, "\n".join(lines) + "\n"


def _not_default(parameters: Mapping[str, Any]) -> dict[str, float]:
    from model.parameters import Parameters

    fields = Parameters.model_fields
    return {
        key: float(value)
        for key, value in parameters.items()
        if key in fields and isinstance(value, int | float) and value != fields[key].default
    }


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[A-Za-z0-9_=.+/-]+", word) else "'" + word.replace("'", "'\\''") + "'"


def _sweep_file(opened: SweepStore) -> tuple[str, str]:
    name = file_name(opened.item.title) + ".toml"
    lines = _head(opened, f"computeleap sweep run {name}", opened.item.rules)
    values = copy.deepcopy(dict(opened.values))
    lines += [f"# put {one} into the folder of this file" for one in _strip_folders(values)]
    simple = {key: value for key, value in values.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    return name, toml_text(simple, tables, head=lines)


def _strip_folders(values: dict[str, Any]) -> list[str]:
    """Replace paths of files by their names, so that no folder of the server is shown; return the names."""
    names = []
    for part, keys in ((values, ("cities", "centres", "links")), (values.get("design", {}), ("file",))):
        for key in keys:
            given = part.get(key)
            if isinstance(given, str) and given.endswith((".csv", ".parquet")):
                part[key] = PurePath(given).name
                names.append(part[key])
    return names


# ── The note of a picture ────────────────────────────────────────────────────────────────────────


def ran(found: Sequence[RunFolder], tr: Translator) -> str:
    """Return what was run, for the pictures of one folder or of several compared."""
    names = dict.fromkeys(scenario_name(one.item.title, tr) for one in found)
    years = [year for one in found for year in one.years]
    seeds = [seed for one in found for seed in one.seeds]
    return run_note(tr, _listed(list(names), tr), f"{min(years)}–{max(years)}", seeds, ALL)


def ran_study(opened: StudyFolder, tr: Translator, scenario: str = "") -> str:
    """Return what was run, for the picture of a chart of one scenario, or of all."""
    summary = opened.summary
    names = [scenario] if scenario else list(summary["scenarios"])
    date = tr("results.until", year=summary["last_year"])
    return run_note(tr, _listed([scenario_name(one, tr) for one in names], tr), date, summary["seeds"], ALL)


def ran_sweep(store: SweepStore, tr: Translator, finals: pd.DataFrame) -> str:
    """Return what was run, for the picture of a chart of some runs of a sweep."""
    values = {name: field.default for name, field in Experiment.model_fields.items()} | dict(store.values)
    names = finals["scenario"].unique() if "scenario" in store.factors else [values["scenario"]]
    first = int(values["first_seed"])
    return tr(
        "results.sweep.ran",
        name=store.item.title,
        scenario=_listed([scenario_name(str(name), tr) for name in names], tr),
        year=values["until"],
        runs=len(finals),
        seeds=seed_range(range(first, first + int(values["seeds"]))),
    )


def _listed(names: Sequence[str], tr: Translator) -> str:
    """Return up to four names, or how many there are."""
    return ", ".join(names) if len(names) <= MAX_NAMED else tr("results.scenario_count", count=len(names))


# ── Buttons ──────────────────────────────────────────────────────────────────────────────────────


@solara.component
def DownloadButton(
    label: str, name: str, make: Callable[[], bytes], mime: str = "application/octet-stream"
) -> None:
    """A button that makes and downloads a file."""
    with solara.FileDownload(make, name, mime_type=mime):
        solara.Button(label, text=True, small=True, classes=["cs-download"])


@solara.component
def DataDownloads(tr: Translator, name: str, table: Callable[[], pd.DataFrame]) -> None:
    """Buttons for the table of a chart as CSV and as Parquet."""
    with solara.v.Html(tag="span", class_="cs-buttons"):
        DownloadButton(tr("results_download.csv"), f"{name}.csv", lambda: as_csv(table()), "text/csv")
        DownloadButton(tr("results_download.parquet"), f"{name}.parquet", lambda: as_parquet(table()))
