"""``computeleap validate``: compares the model with published findings, one verdict per finding."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.measures.number_text import Shown
from experiments.study.counted import counted
from viz.cli.facts_table import SCORECARD, show_scorecard
from viz.cli.options import StudyOptions, flag, option, takes_study_options
from viz.cli.progress import progress
from viz.cli.signals import exit_code, exit_now, on_signal
from viz.terminal import check_target, echo, echo_err, show_table, write_file

if TYPE_CHECKING:
    from experiments.study.results import Results
    from experiments.study.settings import Settings
    from experiments.study.study import Study
    from experiments.validation.rows import Economies, Row, ValidationRuns

PLACE = Path("results") / "validation" / "validation.json"


@takes_study_options
def validate(
    quick: Annotated[
        bool, flag("Only known solutions, invariants and signs, with 6 seeds.", "--quick")
    ] = False,
    facts: Annotated[
        bool,
        flag("Judge the scorecard of facts instead, seed by seed; an interrupted one continues.", "--facts"),
    ] = False,
    seeds: Annotated[
        int | None, option("Number of seeds.", default="4, with --quick 6, with --facts 20")
    ] = None,
    *,
    shared: StudyOptions,
    out: Annotated[
        Path | None,
        option(
            "File for the rows.",
            default="results/validation/validation.json, with --facts results/facts/scorecard.json",
            metavar="FILE.json",
        ),
    ] = None,
) -> None:
    """Compare the model with published findings, one verdict per finding."""
    if facts:
        show_scorecard(shared.settings(seeds=seeds), out or SCORECARD)
        return
    target = out or PLACE
    with on_signal(exit_now):
        from experiments.storage.provenance import command_line
        from experiments.study.run_cache import CACHE
        from experiments.validation import validate as all_rows
        from experiments.validation.record import record, tally, write_record
        from experiments.validation.rows import ValidationInterrupted

        settings = shared.settings(seeds=seeds or (6 if quick else 4))
        check_target(target, (".json",), force=True)
        runs = _validation_runs(settings, quick)
    started = time.perf_counter()
    try:
        rows = all_rows(runs)
    except (ValidationInterrupted, KeyboardInterrupt):
        echo_err(f"interrupted: finished runs are kept in {CACHE}; the same command continues from there")
        raise typer.Exit(exit_code()) from None
    contents = record(rows, runs, time.perf_counter() - started, command_line())
    write_file(target, (".json",), lambda part: write_record(part, contents), force=True)
    show_rows(rows)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in tally(rows).items() if count)
    echo(f"{counted(len(rows), 'row')}: {counts}. They are in {target}.")
    if any(row.kind == "invariant" and row.verdict != "holds" for row in rows):
        raise typer.Exit(1)


def _validation_runs(settings: Settings, quick: bool) -> ValidationRuns:
    """Compile the rules and return the runs of the rows, which show their progress."""
    from experiments.study.prepare import make_study, warm_kernels, worker_count
    from experiments.study.run_arms import run_arms
    from experiments.study.run_cache import CACHE
    from experiments.study.worker_pool import iter_results
    from experiments.validation.economy_run import run_economy
    from experiments.validation.rows import ValidationRuns

    whole = make_study(settings)
    warm_kernels(whole, echo_err)

    def announce(study: Study) -> int:
        count = len(study.runs)
        names = {arm.name.removesuffix("-twin") for arm in study.arms.values()}
        echo_err(f"{', '.join(sorted(names))}: {counted(count, 'run')}")
        return count

    def run(study: Study) -> Results:
        count = announce(study)
        workers = worker_count(settings, count)
        with progress(count, workers) as finished:
            return run_arms(study, workers, finished, CACHE)

    def run_economies(study: Study) -> Economies:
        count = announce(study)
        found = {}
        workers = worker_count(settings, count)
        with progress(count, workers) as finished:
            for one, outcome in iter_results(partial(run_economy, study), study.runs, workers):
                found[one] = outcome
                finished(str(one))
        return found

    return ValidationRuns(
        *(whole.parameters, whole.until, whole.country, whole.seeds, run, quick),
        extension=whole.extension,
        run_economies=run_economies,
    )


def show_rows(rows: Sequence[Row]) -> None:
    """Show the rows as tables by kind, then the reasons of those that do not hold."""
    from experiments.validation.record import TITLES, measured

    for kind, title in TITLES.items():
        chosen = [row for row in rows if row.kind == kind]
        if not chosen:
            continue
        shown = []
        for row in chosen:
            words = f"{row.quantity}, {row.unit}" if row.unit else row.quantity
            where = f" [{row.scenario}]" if row.scenario else ""
            where += f" ({row.tag})" if row.tag else ""
            plain = row.plain()
            model = Shown(measured(plain), plain["measured"], plain["se"])
            cells = (words + where, row.published, model, str(row.seeds or ""), row.verdict)
            shown.append((row.id, *cells))
        columns = ["id", "what", "published", "model ± s.e.", "seeds", "verdict"]
        show_table(title, columns, shown, ["what", "published", "verdict"])
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.reason:
            name = f"{row.id} [{row.scenario}]" if row.scenario else row.id
            reasons.setdefault(row.reason, []).append(name)
    for reason, names in reasons.items():
        echo(f"{', '.join(dict.fromkeys(names))}: {reason}.")
