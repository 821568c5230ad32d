"""``computeleap run``: pairs of runs, with a progress bar, then tables and a results folder."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from experiments.study.settings import Settings
from viz.cli.signals import CODES, exit_code, finishing, leaving_at_once
from viz.terminal import UserError, check_can_write, say, screen

LINES_APART = 10.0  # seconds between lines of progress where there is no terminal
SUMMARY = "summary.json"
WARM_QUARTERS = 4  # after which every event has happened once, those at the end of a year too


def run(settings: Settings, force: bool = False) -> None:
    """Run a scenario and its twin for every seed, show the tables and write the results folder.

    Raises UserError, or InputError of model.files.user_tables, for what the person can mend; typer.Exit with 130 after
    Ctrl-C (143 after SIGTERM, 129 after SIGHUP) and with 1 if runs failed or the report could not be drawn.
    """
    target = checked_folder(settings.folder, force)
    there = state_of(target)
    runs, workers = 2 * settings.seeds, worker_count(settings)
    with leaving_at_once():
        from experiments.measures.effects import all_tables
        from experiments.results.write_results import summary
        from experiments.study.pairs import NoPairError, run_twins
        from viz.cli.run_tables import show_results

        study = make_study(settings)
        announce(settings, study, workers)
        warm_kernels(study)
    started = time.perf_counter()
    try:
        with progress(runs) as finished:
            results = run_twins(study, workers, finished, settings.timeout)
    except NoPairError as error:
        if not keep_breach(settings, target, error.failures):
            raise
        say(f"computeleap: {error}")
        raise typer.Exit(1) from None
    if results is None:
        say("interrupted before a pair of runs was complete: nothing is written")
        raise typer.Exit(exit_code())
    seconds = time.perf_counter() - started
    code = tell_what_ended(results, settings.seeds)
    keep_breach(settings, target, results.failures)
    if state_of(target) != there:
        say(f"another command has written {_shown(target)} meanwhile: that stays, these results go beside it")
        target = _beside(target, "second")
    elif code in CODES and target.exists():
        target = _beside(target, "interrupted")  # an older, complete folder is worth more than a part
    with finishing():
        tables = all_tables(results)
        # Before anything is shown: a reader who leaves early (`| head`) must not take the results along.
        drawn = write_results(target, results, tables, summary(results, tables, seconds))
    show_results(study, tables)
    report = "report.html, " if drawn else ""
    typer.echo(f"The results are in {_shown(target)} ({report}{SUMMARY} and Parquet tables).")
    if code or not drawn:
        raise typer.Exit(code or 1)


def announce(settings: Settings, study: Any, workers: int) -> None:
    """Say what is going to be run, and whether both runs of a pair will be the same."""
    from model.scenarios.scenario import quarter_of
    from model.scenarios.siting import openings_of

    start, runs = study.parameters.start_year, 2 * settings.seeds
    say(
        f"{settings.scenario}: {seeds_in_words(settings)}, with and without the centres: {runs} runs of "
        f"{study.parameters.firms:,} firms in {len(study.cities):,} cities, {start} to "
        f"{study.until}, on {workers} process{'es' if workers > 1 else ''}"
    )
    opening = openings_of(study.scenario, study.cities, study.centres, start, study.seeds[0])
    last = quarter_of(f"{study.until}Q4", start)
    builds = study.scenario.applied_to(study.parameters).building_slots
    if not builds and not any(centre.quarter <= last for centre in opening):
        say(f"no centre opens in these cities by the end of {study.until}: both runs of a pair are the same")


def seeds_in_words(settings: Settings) -> str:
    """``seed 1`` or ``seeds 1 to 20``."""
    first, last = settings.seed_numbers[0], settings.seed_numbers[-1]
    return f"seed {first}" if first == last else f"seeds {first} to {last}"


def tell_what_ended(results: Any, seeds: int) -> int:
    """Say which runs are missing, and return the exit code that goes with it: 0 if none is."""
    from experiments.study.pairs import INTERRUPTED

    pairs = results.panel["seed"].nunique()
    missing = results.failures.values()
    failed = {run: reason for run, reason in results.failures.items() if reason != INTERRUPTED}
    if failed:
        name, reason = next(iter(failed.items()))
        say(f"{len(failed)} of {2 * seeds} runs failed, and their pairs are left out; {name}: {reason}")
    if INTERRUPTED in missing:
        say(f"interrupted: {pairs} of {seeds} pairs of runs were complete; these are evaluated and written")
        return exit_code()
    return 1 if failed else 0


def keep_breach(settings: Settings, target: Path, failures: Mapping[Any, str]) -> bool:
    """Write the settings of the first run that broke an invariant, if any, beside the results."""
    from experiments.results.write_results import write_whole
    from experiments.study.settings import as_toml
    from model.economy.invariants import InvariantError

    for run, reason in failures.items():
        if reason.startswith(InvariantError.__name__):
            seed = int(re.findall(r"\d+", str(run))[0])
            place = target.with_name(f"{target.name}-breach-seed-{seed}.toml")
            alone = {"seeds": 1, "first_seed": seed, "workers": 1, "check": True, "out": None}
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, as_toml(settings, **alone))
            say(f"to see it again: computeleap run --config {_shown(place)}")
            return True
    return False


def make_study(settings: Settings) -> Any:
    """The tables read and the network built: an ``experiments.study.study.Study``. Raises InputError."""
    from experiments.study.study import Study
    from model.country.geography import load_centres, load_cities
    from model.country.link_table import read_links
    from model.country.network import build_network

    cities = load_cities(settings.cities)
    centres = load_centres(settings.centres, cities)
    links = None if settings.links is None else read_links(settings.links, cities)
    return Study(
        settings.experiment, settings.seed_numbers, settings.parameters, settings.until,
        cities, centres, build_network(cities, links=links), settings.threads,
        extension=settings.extension, check=settings.check,
    )  # fmt: skip


def worker_count(settings: Settings) -> int:
    """Processes as asked for, else as many as there are cores for their threads; never more than runs."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = settings.workers or max(1, available // settings.threads)
    return min(wanted, 2 * settings.seeds)


def warm_kernels(study: Any = None) -> None:
    """Compile the rules here, before several processes do it at once; they find the machine code on disk.

    study: one with extensions is tried as it is for a few quarters, so that a mistake in a rule shows at
    once.
    Raises RuleError.
    """
    from model.country.synthetic import synthetic_country
    from model.engine.compile.kernel_cache import not_kept
    from model.parameters import Parameters
    from model.regional_model import RegionalModel

    if study is not None and study.extension:
        model = RegionalModel(
            study.parameters.changed(burn_in=0), study.scenario, study.seeds[0], cities=study.cities,
            centres=study.centres, network=study.network, extension=study.extension,
        )  # fmt: skip
    else:
        model = RegionalModel(
            Parameters(firms=50, burn_in=0), "random_hosts", 1, cities=synthetic_country(10, 1)
        )
    missing = _uncompiled()
    if missing:
        say(f"compiling the rules (once, up to a minute; kept in {missing[0].parent})")
    model.run_until(WARM_QUARTERS)
    if not_kept:
        say(f"the compiled rules cannot be kept, so every start compiles them anew: {not_kept[0]}")


def _uncompiled() -> list[Path]:
    """Files of rules whose machine code is not on disk yet."""
    found = []
    for name, module in list(sys.modules.items()):
        if name.startswith("computeleap_kernel_"):
            kept = getattr(getattr(module.kernel, "stats", None), "cache_path", None)
            index = f"{name}.kernel-*.py{sys.version_info.major}{sys.version_info.minor}*.nbi"
            if kept is None or not any(Path(kept).glob(index)):
                found.append(Path(str(module.__file__)))
    return found


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A function to call at the end of each run: it moves a bar, or writes a line now and then."""
    console = screen(error=True)
    if not console.is_terminal:
        yield _Lines(total)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("runs", total=total)
        yield lambda run: bar.advance(task)


class _Lines:
    """Progress as plain lines: the first run, the last, and one every few seconds between."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0
        self.started, self.said = time.perf_counter(), float("-inf")

    def __call__(self, run: str) -> None:
        self.done += 1
        now = time.perf_counter()
        if self.done < self.total and now - self.said < LINES_APART:
            return
        self.said, spent = now, now - self.started
        left = spent / self.done * (self.total - self.done)
        tail = f"about {left:.0f} s left" if self.done < self.total else f"{spent:.0f} s"
        say(f"{self.done} of {self.total} runs done, {tail}")


def checked_folder(target: Path, force: bool) -> Path:
    """The folder for the results, if it may be written; one that holds anything but results is spared."""
    target = target.resolve()
    if target == Path.cwd():  # it is put in place whole, and so cannot be where one stands
        raise UserError("the results need a folder of their own, not the one you are in: name it with --out")
    check_can_write(target)
    if not target.exists():
        return target
    if not target.is_dir():
        raise UserError(f"{target} is a file: name a folder for the results with --out")
    there = [entry.name for entry in target.iterdir()]
    if there and SUMMARY not in there:
        raise UserError(f"{target} holds files that are no results: name another folder with --out")
    foreign = sorted(name for name in there if not _ours(name))
    if foreign and not force:
        raise UserError(f"{target} also holds {foreign[0]}, which would be lost: --force replaces the folder")
    return target


def _ours(name: str) -> bool:
    return name in (SUMMARY, "report.html", "figures") or name.endswith(".parquet")


def _shown(target: Path) -> str:
    """The folder as seen from where the person works, if it is below."""
    here = Path.cwd()
    return str(target.relative_to(here) if target.is_relative_to(here) else target)


def _beside(target: Path, why: str) -> Path:
    """A free name beside a folder that is to stay."""
    number, free = 1, target.with_name(f"{target.name}-{why}")
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{why}-{number}")
    return free


def state_of(target: Path) -> tuple[int, int] | None:
    """What tells one results folder from the next that takes its place; None where there is none."""
    try:
        found = target.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def write_results(target: Path, results: Any, tables: Any, summarised: Any) -> bool:
    """Write the folder, whole or not at all; False if only the report and its figures could not be drawn."""
    from experiments.results.write_results import ResultsFolder, write_tables
    from viz.reports.run_report import write_report

    drawn = True
    try:
        with ResultsFolder(target) as folder:
            write_tables(folder, results, tables, summarised)
            try:
                write_report(folder, summarised, tables, results.centres)
            except OSError:
                raise
            except Exception as error:  # the numbers took long; a figure that fails must not cost them
                drawn = False
                say(f"this is a bug: the report could not be drawn ({type(error).__name__}: {error})")
    except OSError as error:
        raise UserError(f"the results cannot be written to {target}: {error.strerror or error}") from None
    return drawn
