"""Preparation of a study: the study that settings ask for, the number of processes, compiled rules."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from experiments.study.cores import available_cores
from experiments.study.counted import counted
from experiments.study.endless import interruptible, watched
from experiments.study.settings import Settings, SettingsError
from experiments.study.study import Study, twins
from experiments.study.worker_pool import iter_results
from model.country.country import Country, read_country
from model.country.synthetic import synthetic_country
from model.engine.compile.kernel_cache import not_kept
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario import Scenario, ScenarioError, quarter_of
from model.scenarios.siting import openings_of

WARM_QUARTERS = 4  # after which every event has happened once, including those at the end of a year
COMPILING = 120.0  # s for compiling, in addition to the time of a run
Notify = Callable[[str], None]
_warmed: list[bool] = []  # whether the rules of the model are loaded in this process


def make_study(settings: Settings) -> Study:
    """Return the twin study that settings ask for, with its country. Raises InputError, ScenarioError."""
    scenario = settings.scenario_to_run
    if settings.against == "own" and not (scenario.places or scenario.openings):
        raise SettingsError("against cannot be own: the scenario has no openings of its own to leave out")
    country = read_country(settings.cities, settings.centres, settings.links, settings.sheet, settings.year)
    _check_cities(settings, scenario, country)
    return Study(
        twins(scenario, settings.against),
        settings.seed_numbers,
        settings.parameters,
        settings.until,
        country,
        settings.threads,
        extension=settings.extension,
        check_invariants=settings.check_invariants,
    )


def _check_cities(settings: Settings, scenario: Scenario, country: Country) -> None:
    """Refuse a scenario file that names a city which the country does not have."""
    try:
        openings_of(scenario, country.cities, country.centres, settings.parameters.start_year, 1)
    except ScenarioError as error:
        file = Path(settings.scenario).suffix in (".toml", ".py")
        raise ScenarioError(f"{settings.scenario}: {error}" if file else str(error)) from None


def worker_count(settings: Settings, runs: int) -> int:
    """Return the number of processes: as set, else one per ``threads`` cores; at most one per run."""
    wanted = settings.workers or max(1, available_cores() // settings.threads)
    return min(wanted, runs)


def describe_study(study: Study, workers: int) -> list[str]:
    """Return a sentence on the runs of a twin study, and one more if the twins will be the same."""
    start, cities = study.parameters.start_year, study.country.cities
    sentences = [
        f"{study.scenario.name}: {describe_seeds(study.seeds)}, with and without the centres: "
        f"{len(study.runs)} runs of {study.parameters.firms:,} firms in {len(cities):,} cities, {start} to "
        f"{study.until}, on {counted(workers, 'process', 'processes')}"
    ]
    opening = openings_of(study.scenario, cities, study.country.centres, start, study.seeds[0])
    last = quarter_of(f"{study.until}Q4", start)
    builds = study.scenario.applied_to(study.parameters).building_slots
    if not builds and not any(centre.quarter <= last for centre in opening):
        sentences.append(
            f"no centre opens in these cities by the end of {study.until}: both runs of a pair are the same"
        )
    return sentences


def describe_seeds(seeds: tuple[int, ...]) -> str:
    """Return ``seed 1`` or ``seeds 1 to 20``."""
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


def warm_kernels(
    study: Study | None = None,
    notify: Notify = lambda sentence: None,
    timeout: float | None = None,
) -> None:
    """Compile the rules once, before several processes would; they find the machine code on disk.

    Args:
        study: One with extensions runs as it is for a few quarters, so that a mistake in a rule shows at
            once. If one never ends, Ctrl-C is heard, and a sentence names it.
        notify: Called with a sentence if compiling takes long, or if the machine code cannot be kept.
        timeout: s that a run may take. User-defined rules then run in a process of their own, which is ended
            when that time and two minutes for compiling are over: a rule may never end.

    Raises:
        RuleError: a rule cannot be compiled.
    """
    if study is None or not study.extension:
        _warm(None, notify)
    elif timeout is None:
        with watched("the first quarters", study.parameters.start_year, notify):
            interruptible(partial(_warm, study, notify))
    else:
        limit = timeout + COMPILING
        with closing(iter_results(partial(_warm_apart, study), study.seeds[:1], timeout=limit)) as ending:
            for _, answer in ending:
                for sentence in (f"the first quarters: {answer}",) if isinstance(answer, str) else answer:
                    notify(sentence)


def _warm(study: Study | None, notify: Notify) -> None:
    if study is not None or not _warmed:
        _run_first_quarters(study, notify)
    if not_kept:
        notify(f"the compiled rules cannot be kept, so every start compiles them again: {not_kept[0]}")


def _run_first_quarters(study: Study | None, notify: Notify) -> None:
    if study is not None:
        model = RegionalModel(
            study.parameters.changed(burn_in=0),
            next(iter(study.arms.values())),
            study.seeds[0],
            cities=study.country.cities,
            centres=study.country.centres,
            network=study.country.network,
            extension=study.extension,
        )
    else:
        small = Parameters(firms=50, burn_in=0)
        model = RegionalModel(small, "random_hosts", 1, cities=synthetic_country(10, 1))
    missing = _uncompiled()
    if missing:
        notify(f"compiling the rules (once, a minute or two; kept in {missing[0].parent})")
    model.run_until(WARM_QUARTERS)
    if study is None:
        _warmed.append(True)


def _warm_apart(study: Study, seed: int) -> list[str]:
    """Compile the rules in a process that can be ended; return what is to be said of it."""
    sentences: list[str] = []
    _warm(study, sentences.append)
    return sentences


def _uncompiled() -> list[Path]:
    """Files of rules whose machine code is not on disk yet."""
    kept = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("computeleap_kernel_"):
            folder = getattr(getattr(module.kernel, "stats", None), "cache_path", "")
            kept[name] = (folder, Path(str(module.__file__)))
    indexed = {folder: _indexed(folder) for folder, _ in kept.values()}
    return [file for name, (folder, file) in kept.items() if name not in indexed[folder]]


def _indexed(folder: str) -> set[str]:
    """Names of the modules with machine code of this version of Python in a folder."""
    index = f".py{sys.version_info.major}{sys.version_info.minor}"
    try:
        files = os.listdir(folder) if folder else []
    except OSError:
        return set()
    return {file.partition(".kernel-")[0] for file in files if index in file and file.endswith(".nbi")}
