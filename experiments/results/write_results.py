"""Write a results folder: Parquet tables and ``summary.json``, whole or not at all."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import pandas as pd

from agents.user_error import UserError
from experiments.storage import parquet
from experiments.storage.atomic_write import WholeFolder, check_can_write
from experiments.storage.provenance import command_line, versions
from experiments.study.results import Results
from experiments.study.run_key import rules_fingerprint
from experiments.study.study import WITH
from model.extensions.extended_model import ExtensionFacts, extended
from model.extensions.source_hash import source_texts
from model.parameters import Parameters
from model.scenarios.parameter_paths import as_table
from model.scenarios.scenario import Scenario

SUMMARY = "summary.json"
SOURCES = "extensions"
Tables = Mapping[str, pd.DataFrame]


class MadeBy(TypedDict):
    """Provenance of results: the part common to all summaries."""

    failures: dict[str, str]
    seconds: float
    date: str
    versions: dict[str, str]
    rules: str
    extensions: list[ExtensionFacts]
    command: str


class TableRecord(TypedDict, total=False):
    """A row of a table in a summary: a label under the name of its column, mean, standard error and seeds."""

    group: str
    band_km: str
    channel: str
    unit: str
    index: str
    measure: str
    quantity: str
    mean: float | None
    se: float | None
    seeds: int


class Varied(TypedDict):
    """Variation of parameters in the scenario."""

    varying: NotRequired[dict[str, object]]


class Summary(MadeBy, Varied):
    """The contents of ``summary.json``; its keys are described in docs/results.md."""

    scenario: str
    meaning: str
    seeds: list[int]
    cities: int
    cities_estimated: bool
    firms: int
    first_year: int
    last_year: int
    burn_in_quarters: int
    centres: int
    effects: list[TableRecord]
    distance: list[TableRecord]
    channels: list[TableRecord]
    gap: list[TableRecord]
    host_strength: list[TableRecord]
    gdp: list[TableRecord]
    gdp_distance: list[TableRecord]
    costs: list[TableRecord]
    chain_groups: list[TableRecord]
    parameters: dict[str, float]
    parameters_changed: dict[str, float]


Report = Callable[[Path, Summary, Tables, pd.DataFrame], object]  # folder, summary, tables, centres


def summary(results: Results, tables: Tables, seconds: float) -> Summary:
    """Return the contents of ``summary.json``."""
    study = results.study
    parameters = study.scenario.applied_to(study.parameters)
    changed = {
        name: value
        for name, value in parameters.model_dump().items()
        if value != type(parameters).model_fields[name].default
    }
    return {
        "scenario": study.scenario.name,
        "meaning": study.scenario.meaning,
        "seeds": list(study.seeds),
        "cities": len(study.country.cities),
        "cities_estimated": bool(study.country.cities["estimated"].any()),
        "firms": parameters.firms,
        "first_year": parameters.start_year,
        "last_year": study.until,
        "burn_in_quarters": parameters.burn_in,
        "centres": centres_per_run(results.centres, study.until),
        "effects": _records(tables["effects"]),
        "distance": _records(tables["distance"]),
        "channels": _records(tables["channels"]),
        "gap": _records(tables["gap"]),
        "host_strength": _records(tables["host_strength"]),
        "gdp": _records(tables["gdp"]),
        "gdp_distance": _records(tables["gdp_distance"]),
        "costs": _records(tables["costs"]),
        "chain_groups": _records(tables["chain_groups"]),
        "parameters": parameters.model_dump(),
        "parameters_changed": changed,
        **varied(study.scenario),
        **made_by(results, parameters, seconds),
    }


def varied(scenario: Scenario) -> Varied:
    """Return how parameters vary in the scenario, as its file says it; nothing if none does."""
    if not scenario.varying:
        return {}
    return {"varying": {name: as_table(path) for name, path in scenario.varying.items()}}


def made_by(results: Results, parameters: Parameters, seconds: float) -> MadeBy:
    """Return the part common to all summaries: failures, time, versions, rules, extensions, command."""
    whole = extended(results.study.extension)
    return {
        "failures": {str(run): reason for run, reason in results.failures.items()},
        "seconds": round(seconds, 1),
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
        "rules": rules_fingerprint(whole.rules),
        "extensions": whole.facts(parameters),
        "command": command_line(),
    }


def centres_per_run(centres: pd.DataFrame, until: int) -> int:
    """Centres that open in a run by the end of the year ``until`` (the most, if seeds differ)."""
    if not len(centres):
        return 0
    opened = centres[centres["opened"].str[:4].astype(int) <= until]
    return int(opened.groupby("seed")["centre_id"].nunique().max()) if len(opened) else 0


def _records(frame: pd.DataFrame) -> list[TableRecord]:
    # JSON has no NaN: an undefined error is null.
    rows = [
        {key: None if isinstance(value, float) and value != value else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]
    return cast(list[TableRecord], rows)


def write_tables(folder: Path, results: Results, tables: Tables, summarised: Summary) -> None:
    """Write the panel, the centres and every table as Parquet, and the summary as JSON."""
    parquet.write(results.panel, folder / "panel.parquet", "zstd")
    centres = results.centres[results.centres["arm"] == WITH].drop(columns="arm")
    parquet.write(centres, folder / "centres.parquet")
    parquet.write(results.study.country.cities, folder / "city_table.parquet")
    write_summary(folder, tables, summarised)


def write_sources(folder: Path, results: Results) -> None:
    """Write the source of every extension, as it was run, to ``extensions/NAME/FILE``."""
    for one in extended(results.study.extension).extensions:
        for name, text in source_texts(one).items():
            file = folder / SOURCES / one.name / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def write_summary(folder: Path, tables: Tables, summarised: Mapping[str, object]) -> None:
    """Write tables as Parquet and the summary as JSON."""
    for name, frame in tables.items():
        parquet.write(frame, folder / f"{name}.parquet")
    text = json.dumps(summarised, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")


def write_results(
    target: Path,
    results: Results,
    tables: Tables,
    summarised: Summary,
    report: Report | None = None,
    notify: Callable[[str], None] = lambda sentence: None,
) -> bool:
    """Write a results folder, whole or not at all; return False if only the report could not be drawn.

    Raises UserError if the folder cannot be written.
    """
    drawn = True
    try:
        with WholeFolder(target) as folder:
            write_tables(folder, results, tables, summarised)
            write_sources(folder, results)
            try:
                if report is not None:
                    report(folder, summarised, tables, results.centres)
            except OSError:
                raise
            except Exception as error:  # the numbers took long; a figure that fails must not cost them
                drawn = False
                notify(f"this is a bug: the report could not be drawn ({type(error).__name__}: {error})")
    except OSError as error:
        raise UserError(f"the results cannot be written to {target}: {error.strerror or error}") from None
    return drawn


def checked_folder(target: Path, force: bool, work: int | None = None) -> Path:
    """Return the folder for the results if it may be written; one that holds other files is spared.

    work: Seeds × firms × years of the new study; a larger one is spared too. Raises UserError.
    """
    target = target.resolve()
    if target == Path.cwd():  # it is put in place whole, and so cannot be the current folder
        raise UserError("the results cannot replace the current folder: name another with --out")
    check_can_write(target)
    if not target.exists():
        return target
    if not target.is_dir():
        raise UserError(f"{target} is a file: name a folder for the results with --out")
    there = [entry.name for entry in target.iterdir()]
    if there and SUMMARY not in there:
        raise UserError(f"{target} holds files that are not results: name another folder with --out")
    foreign = sorted(name for name in there if not _is_result(name))
    if foreign and not force:
        raise UserError(f"{target} also holds {foreign[0]}, which would be lost: --force replaces the folder")
    if SUMMARY in there and not force:
        _check_no_larger_study(target, work)
    return target


def _check_no_larger_study(target: Path, work: int | None) -> None:
    """Raise UserError if a folder holds a study of more seeds, firms and years than the new one."""
    try:
        found = json.loads((target / SUMMARY).read_text(encoding="utf-8"))
        seeds, firms, years = (
            len(found["seeds"]),
            found["firms"],
            found["last_year"] - found["first_year"] + 1,
        )
        held = seeds * firms * years
    except (OSError, ValueError, KeyError, TypeError):
        return  # damaged, or of another kind: nothing that is worth a word
    if work is not None and held > work:
        raise UserError(
            f"{shown_path(target)} holds a larger study ({seeds} seeds, {firms:,} firms, until "
            f"{found['last_year']}) that this one would replace: name another folder with --out, or --force"
        )


def _is_result(name: str) -> bool:
    return name in (SUMMARY, "report.html", "figures", SOURCES) or name.endswith(".parquet")


def shown_path(target: Path) -> str:
    """Return a path relative to the current folder, if it is below."""
    here = Path.cwd()
    return str(target.relative_to(here) if target.is_relative_to(here) else target)


def free_name(target: Path, reason: str) -> Path:
    """Return a free name next to a folder that is to stay."""
    number, free = 1, target.with_name(f"{target.name}-{reason}")
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{reason}-{number}")
    return free


def folder_state(target: Path) -> tuple[int, int] | None:
    """Return numbers that differ between a folder and one that takes its place; None if there is none."""
    try:
        found = target.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
