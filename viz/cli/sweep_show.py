"""``computeleap sweep ready``, ``measures``, ``plan``, ``status`` and ``query``: what is shown, not run.

``status`` leaves with 0 if all runs ended well, 3 if some failed, 5 if some are missing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import typer

from viz.cli.sweep_run import SOME_FAILED, duration, one_thread
from viz.terminal import echo_err, show_table

MISSING = 5
SECONDS_APART = 2.0


def show_ready() -> None:
    """One line for each ready experiment: its name and what it asks."""
    from experiments.sweep.experiment_file import PRESETS, read_experiment

    rows = []
    for file in sorted(PRESETS.glob("*.toml")):
        experiment = read_experiment(file)
        rows.append((file.stem, experiment.meaning))
    show_table("Ready experiments", ["name", "asks"], rows, ["asks"])


def show_measures() -> None:
    """Every recorded name with its unit and meaning."""
    from experiments.sweep.measures import EFFECTS, METRICS

    titles = {
        "Metrics, by year; finals hold their means of the last five years": METRICS,
        "Effects against the twin, in finals of experiments with twin = true": EFFECTS,
    }
    for title, known in titles.items():
        rows = [(name, unit, meaning) for name, (unit, meaning) in known.items()]
        show_table(title, ["name", "unit", "meaning"], rows, ["unit", "meaning"])


def show_plan(file: str, store: Path | None, workers: int | None, extension: Sequence[str] = ()) -> None:
    """Size, time and bytes of an experiment."""
    one_thread()
    from experiments.sweep import load
    from viz.cli.sweep_run import worker_count

    count = worker_count(workers, None, None)
    sweep = load(file, store, extension)
    plan = sweep.plan(count)
    experiment = sweep.experiment
    rows = [
        ("design", experiment.design.kind),
        ("points", f"{plan.points:,}"),
        ("seeds", f"{experiment.seeds:,}"),
        ("runs", f"{plan.runs:,}" + (", each with its twin" if experiment.twin else "")),
        ("time of a run", f"{plan.seconds_per_run:.3g} s"),
        ("time in all", f"{duration(plan.seconds(count))} on {count} process{'es' if count > 1 else ''}"),
        ("runs in a chunk", f"{plan.chunk:,}"),
        ("size of the store", size(plan.bytes) + (", without panels" if experiment.record.panel else "")),
        ("store", str(sweep.folder)),
    ]
    show_table(f"{experiment.name}: {experiment.meaning}" if experiment.meaning else experiment.name,
               ["", "value"], rows, ["value"])  # fmt: skip


def size(count: float) -> str:
    """``12 KB``, ``3.4 MB``."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def show_status(store: Path, watch: bool, digest: bool) -> None:
    """How many runs are stored, failed and missing; leaves with an exit code."""
    from experiments.sweep import open_store

    sweep, seen = open_store(store), None
    while True:
        status, now = sweep.status(), time.monotonic()
        line = f"{status.done:,} of {status.total:,} runs are stored"
        line += "".join(f", {n:,} {name}" for name, n in status.by_status.items() if name != "ok")
        if seen is not None and status.done > seen[0]:
            speed = (status.done - seen[0]) / (now - seen[1])
            line += f"; {speed:.3g} runs/s, about {duration(status.missing / speed)} left"
        if not watch or not status.missing:
            break
        echo_err(line)
        seen = seen or (status.done, now)
        time.sleep(SECONDS_APART)
    typer.echo(line)
    if digest:
        typer.echo(f"digest of the results: {sweep.digest()}")
    if status.missing:
        raise typer.Exit(MISSING)
    if status.failed:
        raise typer.Exit(SOME_FAILED)


def show_query(store: Path, sql: str, csv: bool) -> None:
    """The answer to a query, as a table or CSV."""
    from experiments.sweep import open_store

    frame = open_store(store).sql(sql)
    if csv:
        frame.to_csv(sys.stdout, index=False)
        return
    texts = [str(name) for name in frame.columns if frame[name].dtype.kind not in "biuf"]
    rows = [tuple(_cell(value) for value in row) for row in frame.itertuples(index=False)]
    show_table(f"{len(rows):,} rows", [str(name) for name in frame.columns], rows, texts)


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
