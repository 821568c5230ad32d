"""The audit: estimators on many simulated panels whose true effect is known.

A cell is a selection of sites, a size of spillover and a state of the data, or a data-generating process of
made-up panels. Panel number n of every cell is drawn from seed n, and so is its country. The results of each
number are one Parquet file, written atomically, so that an interrupted audit continues and more panels can be
added later.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.estimator_registry import ESTIMATORS
from experiments.evaluation.generating_processes import (
    PROCESSES,
    Process,
    draw_panel,
    processes_with,
)
from experiments.evaluation.simulated_panel import Flaws, make_panel, with_flaws
from experiments.evaluation.site_selection import WAYS, Sites, draw_scenario
from experiments.evaluation.true_effects import find_true_effects, run_with, some_hosts
from experiments.storage import parquet
from experiments.storage.atomic_write import whole_file, write_whole
from experiments.storage.json_file import read_object
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from experiments.study.study import Study, changed, twins
from experiments.study.worker_pool import iter_results
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.scenarios.scenario import quarter_of
from model.scenarios.scenario_catalogue import find_scenario

SETTINGS_FILE = "audit.json"
NOMINAL = 0.95  # coverage of the intervals, if they are right

SPILLOVERS: dict[str, dict[str, float]] = {
    "none": {
        "remote_access": 0.0,
        "talent_mobility": 0.0,
        "people_mobility": 0.0,
        "conversion_probability": 0.0,
        "knowledge_spillover": 0.0,
        "harder_ideas": 0.0,
    },
    "usual": {},
    "strong": {"interoperability_friction": 0.0, "talent_mobility": 0.15, "home_reach": 400.0},
}
"""Strength of spillovers to other cities: compute sold to them, people that move, ideas that spread."""


@dataclass(frozen=True)
class DataState:
    """The observed outcome and the flaws of the panel. ``slow``: include the slow estimators."""

    outcome: str
    flaws: Flaws
    meaning: str
    slow: bool = False

    def tried(self, spillover: str) -> bool:
        """Return whether there are cells of this state: flaws are tried where cities affect each other."""
        return spillover != "none" or self.flaws == Flaws()


DEFAULT = "double ML"
SLOW = (DEFAULT, "double ML, lasso and bands")  # two thirds of the time, if they were tried in every panel
MADE_UP = "made up"  # the data of cells that are processes
UNSEEN = ("log_population", "log_gdp_per_head", "capital", "talent_density", "market_potential")

STATES = {
    "expected": DataState("log_expected_innovations", Flaws(), "expected innovations, without chance"),
    "counts": DataState("log_innovations", Flaws(), "innovations as counted", slow=True),
    "flawed": DataState(
        "log_innovations",
        Flaws(control_noise=0.5, wrong_dates=0.2),
        "counts; controls with errors of half their spread, a fifth of openings recorded a year off",
    ),
    "omitted": DataState(
        "log_innovations",
        Flaws(omitted=UNSEEN),
        "counts; size, wealth, market potential, talent and capital are not observed",
    ),
}


@dataclass(frozen=True)
class AuditSettings:
    """Country, runs and sites of an audit.

    ``left_out``: hosts whose own effect is found by a run without them. ``country_seed``: of the country of
    panel 1; others follow it. ``slow_every``: panel numbers for one in which slow estimators are tried.
    """

    cities: int = 100
    firms: int = 3_000
    until: int = 2020
    hosts: int = 20
    first: int = 2009
    last: int = 2015
    left_out: int = 1
    country_seed: int = 1
    slow_every: int = 5

    def study(self, number: int = 1) -> Study:
        """Return the study of the runs of a panel number, which has a country of its own."""
        country = build_country(synthetic_country(self.cities, self.country_seed + number - 1))
        parameters = Parameters.checked(firms=self.firms)
        return Study(twins(find_scenario("none")), (1,), parameters, self.until, country)


def audit_panel(
    settings: AuditSettings, study: Study, number: int, processes: Mapping[str, Process] = PROCESSES
) -> pd.DataFrame:
    """Return one panel of every cell: a row for each estimator with its estimate and the truth."""
    slow = (number - 1) % settings.slow_every == 0
    rows: list[dict[str, Any]] = []
    for name, process in processes.items():
        panel = draw_panel(name, process, number)
        effect = float(panel.attrs["effect"])
        facts = {"number": number, "sites": name, "spillover": "none", "data": MADE_UP}
        facts |= {"own": effect, "total": effect, "on_others": 0.0}
        rows += [{**facts, **row} for row in _answers(panel, "outcome", SLOW[:1] if slow else ())]
    return pd.DataFrame(rows + list(_simulated(settings, study, number, slow)))


def _simulated(settings: AuditSettings, study: Study, number: int, slow: bool) -> Iterator[dict[str, Any]]:
    """Yield the rows of the panels that are runs of the study's country."""
    start = study.parameters.start_year
    for spillover, changes in SPILLOVERS.items():
        untreated = run_with(study, number, [], **changes)
        for way in WAYS:
            sites = Sites(way, settings.hosts, settings.first, settings.last)
            openings = draw_scenario(sites, study.country.cities, start, number, untreated).openings
            treated = run_with(study, number, openings, **changes)
            hosts = some_hosts(openings, settings.left_out, number, quarter_of(f"{settings.until}Q4", start))
            world = _changed(study, changes)
            truth = find_true_effects(world, number, openings, treated, untreated, hosts)
            panel = make_panel(treated, study.country.cities, openings, study.parameters, number)
            for name, state in STATES.items():
                if not state.tried(spillover):
                    continue
                facts = {
                    "number": number,
                    "sites": way,
                    "spillover": spillover,
                    "data": name,
                    "own": truth.own_effect(state.outcome),
                    "total": truth.total_effect(state.outcome),
                    "on_others": truth.spillover(state.outcome),
                }
                seen = with_flaws(panel, state.flaws, number)
                tried = SLOW if slow and state.slow and spillover != "none" else ()
                yield from ({**facts, **row} for row in _answers(seen, state.outcome, tried))


def _changed(study: Study, changes: dict[str, float]) -> Study:
    return replace(study, arms=twins(changed(study.scenario, changes)))


def _answers(panel: pd.DataFrame, outcome: str, slow: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the answer of each estimator; of the slow ones, only of those named."""
    for name, contender in ESTIMATORS.items():
        if name in SLOW and name not in slow:
            continue
        started = time.process_time()
        try:
            answer = asdict(contender(panel, outcome))
        except InputError as error:  # the estimator cannot use this panel: no estimate
            answer = {"estimate": np.nan, "se": np.nan, "low": np.nan, "high": np.nan, "why": str(error)}
        yield {"estimator": name, **answer, "cpu_seconds": time.process_time() - started}


def run_audit(
    folder: Path,
    panels: int,
    settings: AuditSettings,
    finished: Callable[[int], None] = lambda number: None,
    workers: int = 1,
    own: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Run the missing panels of 1 … ``panels`` and return the rows of all of them.

    workers: Computing processes that share the panels; the rows are the same with any number. own: data-
    generating processes of the user, ``file.py:function``.

    Raises InputError if the folder holds an audit of other settings or rules, or a process was ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_settings(folder, settings, processes_with(own))
    jobs = [PanelJob(folder, settings, number, own) for number in range(1, panels + 1)]
    missing = [job for job in jobs if not job.target.exists()]
    for job in jobs:
        if job not in missing:
            finished(job.number)
    with closing(iter_results(_keep_panel, missing, max(1, min(workers, len(missing))))) as ending:
        for job, answer in ending:
            if isinstance(answer, str):
                raise InputError([f"panel {job.number}: {answer}; fewer --workers need less memory"])
            if answer is not None:
                raise answer
            finished(job.number)
    return read_audit(folder)


@dataclass(frozen=True)
class PanelJob:
    """A panel of an audit to make, and the folder that keeps it."""

    folder: Path
    settings: AuditSettings
    number: int
    own: tuple[str, ...] = ()

    @property
    def target(self) -> Path:
        """The file of the panel."""
        return self.folder / f"panel-{self.number:05d}.parquet"


def _keep_panel(job: PanelJob) -> Exception | None:
    """Make and write a panel; return the error, which is raised in the parent process."""
    try:
        with whole_file(job.target) as part:
            study, processes = job.settings.study(job.number), processes_with(job.own)
            parquet.write(audit_panel(job.settings, study, job.number, processes), part)
    except Exception as error:
        return error
    return None


def read_audit(folder: Path) -> pd.DataFrame:
    """Return the rows of all finished panels. Raises InputError if there are none, or one is damaged."""
    files = sorted(folder.glob("panel-*.parquet"))
    if not files:
        raise InputError([f"{folder} holds no finished panel of an audit"])
    try:
        return pd.concat([_panel_rows(file) for file in files], ignore_index=True)
    except parquet.DamagedError as error:
        raise InputError([f"{error}: remove it, and the same command makes that panel again"]) from None


ROW_TEXTS = ("sites", "spillover", "data", "estimator")
ROW = ("number", *ROW_TEXTS, "own", "total", "on_others", "estimate", "se", "low", "high", "cpu_seconds")


def _panel_rows(file: Path) -> pd.DataFrame:
    """Return the rows of one panel. Raises DamagedError, also for a file of another kind."""
    rows = parquet.read(file)
    missing = sorted(set(ROW) - set(rows.columns))
    if missing:
        raise parquet.DamagedError(
            f"{file} is damaged or is not a panel of an audit: column {missing[0]} is missing"
        )
    for name in ROW:
        if name not in ROW_TEXTS and rows[name].dtype.kind not in "iuf":
            raise parquet.DamagedError(f"{file} is damaged: column {name} holds values that are not numbers")
    return rows


def _check_settings(
    folder: Path, settings: AuditSettings, processes: Mapping[str, Process] = PROCESSES
) -> None:
    path = folder / SETTINGS_FILE
    own = {**asdict(settings), "rules": rules_fingerprint(), "countries": "one for each panel number"}
    own["processes"] = {name: process.mark for name, process in processes.items()}
    if not path.exists():
        if any(entry.name[0] != "." for entry in folder.iterdir()):  # a killed audit may leave a hidden file
            raise InputError([f"{folder} holds other files: name an empty or new folder for the audit"])
        text = json.dumps({**own, "versions": versions()}, indent=2)
        write_whole(path, text + "\n")
        return
    try:
        there = read_object(path)
    except (OSError, parquet.DamagedError) as error:
        raise InputError([str(error)]) from None
    different = [name for name, value in own.items() if there.get(name) != value]
    if different:
        name = different[0]
        raise InputError(
            [f"{folder} holds an audit with {name} = {there.get(name)}, not {own[name]}: name another folder"]
        )


def coverage_error(row: Mapping[str, Any] | pd.Series) -> float:
    """Return the Monte Carlo error of the coverage in a row of ``scores``.

    It is at least that of intervals that are right, as an observed share of 1 is not certain either.
    """
    spread = max(row["coverage"] * (1.0 - row["coverage"]), NOMINAL * (1.0 - NOMINAL))
    return math.sqrt(spread / row["panels"])


def scores(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cell and estimator: bias, root mean square error, coverage and power.

    ``own``, ``total``, ``on_others``: mean true effects of the cell, which estimates are compared with: the
    own effect of a panel is that of a few hosts. ``bias``: mean of estimate − own effect, ``bias_se`` its
    Monte Carlo error, that of the true mean included; ``bias_total``: against the total effect.
    ``coverage``: share of 95 % intervals that contain the own effect; ``coverage_own_panel``: the panel's.
    ``power``: share that exclude zero on the side of the truth.
    """
    keys = ["sites", "spillover", "data", "estimator"]
    truths = ["own", "total", "on_others"]
    found = []
    cells = rows.drop_duplicates(["number", *keys[:3]]).groupby(keys[:3], sort=False)[truths]
    true, unsure = cells.mean(), cells.sem()["own"].fillna(0.0)
    for key, part in rows.dropna(subset=["estimate"]).groupby(keys, sort=False):
        cell = true.loc[key[:3]]
        error = part["estimate"] - cell["own"]
        found.append(
            {
                **dict(zip(keys, key, strict=True)),
                "panels": len(part),
                **cell,
                **{name: part[name].mean() for name in ("estimate", "se")},
                "bias": error.mean(),
                "bias_se": float(np.hypot(error.sem(), unsure.loc[key[:3]])),
                "bias_total": (part["estimate"] - cell["total"]).mean(),
                "rmse": float(np.sqrt((error**2).mean())),
                "sd": part["estimate"].std(ddof=1),
                "coverage": ((part["low"] <= cell["own"]) & (cell["own"] <= part["high"])).mean(),
                "coverage_own_panel": ((part["low"] <= part["own"]) & (part["own"] <= part["high"])).mean(),
                "power": ((part["low"] > 0) if cell["own"] > 0 else (part["high"] < 0)).mean(),
                "cpu_seconds": part["cpu_seconds"].mean(),
            }
        )
    return pd.DataFrame(found)
