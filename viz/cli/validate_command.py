"""``computeleap validate``: the model beside what is published, a row and a verdict for each."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from experiments.study.settings import Settings
from viz.cli.run_command import make_study, progress, warm_kernels, worker_count
from viz.cli.signals import exit_code, exit_now, on_signal
from viz.terminal import check_target, echo_err, plain_table, show, write_file

PLACE = Path("results") / "validation" / "validation.json"
RUNS = Path("results") / "runs"  # kept runs, which studies share


def validate(settings: Settings, quick: bool, out: Path | None) -> None:
    """Make all rows, show them and write them as JSON.

    Raises UserError or InputError for what the person can mend; typer.Exit with 130 after Ctrl-C, and with 1
    if an invariant does not hold, which is a bug.
    """
    target = out or PLACE
    check_target(target, (".json",), force=True)
    with on_signal(exit_now):
        from experiments.study.run_study import run_arms
        from experiments.validation import validate as all_rows
        from experiments.validation.record import record, tally, write_record
        from experiments.validation.rows import Context, Interrupted

        study = make_study(settings)
        warm_kernels(study)

    def run(plan: Any) -> Any:
        runs = len(plan.arms) * len(plan.seeds)
        names = {arm.name.removesuffix("-twin") for arm in plan.arms.values()}
        echo_err(f"{', '.join(sorted(names))}: {runs} runs")
        with progress(runs) as finished:
            return run_arms(plan, min(worker_count(settings), runs), finished, RUNS)

    context = Context(
        study.parameters,
        study.until,
        study.cities,
        study.centres,
        study.network,
        study.seeds,
        run,
        quick,
        extension=study.extension,
    )
    started = time.perf_counter()
    try:
        rows = all_rows(context)
    except Interrupted:
        echo_err(f"interrupted: runs that had ended are kept in {RUNS}; the same command goes on from there")
        raise typer.Exit(exit_code()) from None
    command = " ".join(["computeleap", *sys.argv[1:]])
    contents = record(rows, context, time.perf_counter() - started, command)
    write_file(target, (".json",), lambda part: write_record(part, contents), force=True)
    show_rows(rows)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in tally(rows).items() if count)
    typer.echo(f"{len(rows)} rows: {counts}. They are in {target}.")
    if any(row.kind == "invariant" and row.verdict != "holds" for row in rows):
        raise typer.Exit(1)


def show_rows(rows: Sequence[Any]) -> None:
    """The rows as tables by kind, then the reasons of those that do not hold."""
    from experiments.validation.record import TITLES, measured

    for kind, title in TITLES.items():
        chosen = [row for row in rows if row.kind == kind]
        if not chosen:
            continue
        table = plain_table()
        for name, more in (
            ("id", {"no_wrap": True}), ("what", {"ratio": 1}), ("published", {"overflow": "fold"}),
            ("model ± s.e.", {"justify": "right", "no_wrap": True}), ("seeds", {"justify": "right"}),
            ("verdict", {"no_wrap": True}),
        ):  # fmt: skip
            table.add_column(name, **more)
        for row in chosen:
            words = f"{row.quantity}, {row.unit}" if row.unit else row.quantity
            where = f" [{row.scenario}]" if row.scenario else ""
            cells = (words + where, row.published, measured(row.plain()), str(row.seeds or ""), row.verdict)
            table.add_row(row.id, *cells)
        show(title, table)
    told: dict[str, list[str]] = {}
    for row in rows:
        if row.reason:
            told.setdefault(row.reason, []).append(f"{row.id} [{row.scenario}]" if row.scenario else row.id)
    for why, names in told.items():
        typer.echo(f"{', '.join(dict.fromkeys(names))}: {why}.")
