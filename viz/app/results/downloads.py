# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""What a visitor takes home: the picture, the data, and the file that makes what is on the screen again."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import pandas as pd
import solara

from model.files.toml_file import toml_text
from viz.app.results.stored_results import Opened, RunFolder, StudyFolder, SweepStore
from viz.app.ui.translations import Words

MOST_ROWS = 1_000_000  # of a table that is handed out whole
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def file_name(*parts: str) -> str:
    """A file name of letters, digits, ``_``, ``-`` and ``.`` made of texts, at most 80 long."""
    text = "-".join(_UNSAFE.sub("_", part).strip("_.") for part in parts if part)
    return text[:80] or "computeleap"


def as_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8, with the mark by which spreadsheets know it."""
    return table.head(MOST_ROWS).map(_plain_cell).to_csv(index=False).encode("utf-8-sig")


def _plain_cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made a text again. [OWASP: CSV injection]"""
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "@", "\t", "\r") else value


def as_parquet(table: pd.DataFrame) -> bytes:
    """The table as Parquet."""
    buffer = io.BytesIO()
    table.head(MOST_ROWS).to_parquet(buffer, index=False)
    return buffer.getvalue()


# ── The experiment again ─────────────────────────────────────────────────────────────────────────


def experiment_file(opened: Opened) -> tuple[str, str]:
    """(file name, text) of the file with which the command line makes the same results again.

    Settings for ``computeleap run --config``, an experiment for ``computeleap sweep run``, or a script with
    the command ``computeleap study``; the command is in the file's first lines.
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
    told = opened.summary
    name = file_name(opened.item.title) + ".toml"
    lines = _head(opened, f"computeleap run --config {name}", opened.item.rules)
    given = str(told.get("command", "")).split()
    own = {"--cities"} if _has_own_cities(opened) else set()
    own |= {option for option in ("--cities", "--centres", "--links") if option in given}
    lines += [f"# it was run with an own table: add {option} FILE" for option in sorted(own)]
    values = {
        "scenario": opened.item.title,
        "seeds": len(told["seeds"]),
        "first_seed": min(told["seeds"]),
        "until": int(told["last_year"]),
    }
    return name, toml_text(values, {"parameters": _of_settings(told)}, head=lines)


def _has_own_cities(opened: RunFolder) -> bool:
    """Whether the cities are others than those that are shipped."""
    from model.country.geography import load_cities

    columns = ["city_id", "gdp_2010", "population_2010"]
    shipped, used = (
        load_cities()[columns],
        pd.read_parquet(opened.item.folder / "city_table.parquet", columns=columns),
    )
    return len(shipped) != len(used) or not bool((shipped.to_numpy() == used.to_numpy()).all())


def _of_settings(told: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters that were changed, without those that the scenario changes itself."""
    from model.scenarios.scenario_catalogue import SCENARIOS

    changed = dict(told.get("parameters_changed", {}))
    known = SCENARIOS.get(str(told.get("scenario")))
    own = dict(known.parameters) if known else {}
    return {key: value for key, value in changed.items() if key not in own or own[key] != value}


def _study_file(opened: StudyFolder) -> tuple[str, str]:
    told = opened.summary
    name = file_name("study", opened.study) + ".sh"
    seeds = told["seeds"]
    words = [
        "computeleap",
        "study",
        opened.study,
        *map(str, told["scenarios"]),
        "--seeds",
        str(len(seeds)),
        "--first-seed",
        str(min(seeds)),
        "--until",
        str(told["last_year"]),
    ]
    for key, value in _not_default(told.get("parameters", {})).items():
        words += ["--set", f"{key}={value:g}"]
    lines = ["#!/bin/sh", *_head(opened, f"sh {name}", opened.item.rules), " ".join(map(_quoted, words))]
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
    lines += [f"# put {one} beside this file" for one in _beside(values)]
    simple = {key: value for key, value in values.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    return name, toml_text(simple, tables, head=lines)


def _beside(values: dict[str, Any]) -> list[str]:
    """Names of the files that the experiment reads; their folders on the server are nobody's business."""
    names = []
    for part, keys in ((values, ("cities", "centres", "links")), (values.get("design", {}), ("file",))):
        for key in keys:
            given = part.get(key)
            if isinstance(given, str) and given.endswith((".csv", ".parquet")):
                part[key] = PurePath(given).name
                names.append(part[key])
    return names


# ── Buttons ──────────────────────────────────────────────────────────────────────────────────────


@solara.component
def DownloadButton(
    label: str, name: str, make: Callable[[], bytes], mime: str = "application/octet-stream"
) -> None:
    """A button that makes a file when it is pressed, and hands it to the browser."""
    with solara.FileDownload(make, name, mime_type=mime):
        solara.Button(label, text=True, small=True, classes=["cs-download"])


@solara.component
def DataDownloads(words: Words, name: str, table: Callable[[], pd.DataFrame]) -> None:
    """The table behind a chart, as CSV and as Parquet."""
    with solara.v.Html(tag="span", class_="cs-buttons"):
        DownloadButton(words("results_download.csv"), f"{name}.csv", lambda: as_csv(table()), "text/csv")
        DownloadButton(words("results_download.parquet"), f"{name}.parquet", lambda: as_parquet(table()))
