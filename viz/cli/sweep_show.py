"""``sweep presets``, ``measures``, ``plan``, ``status``, ``effects``, ``query`` and ``export``.

``status`` exits with 0 if all runs ended well, 3 if some failed, 5 if some are missing.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from experiments.measures.number_text import estimate, number
from experiments.study.counted import counted, duration
from viz.cli.options import Extensions, Force, argument, flag, option
from viz.cli.sweep_options import ExperimentFile, StoreFolder, TargetFolder, Workers
from viz.cli.sweep_run import SOME_FAILED, one_thread, stored, tell_unread, worker_count
from viz.terminal import OUTPUT, echo, echo_err, show_table, write_file

MISSING = 5
SECONDS_APART = 2.0
CHECKED = 2_000_000_000  # bytes of a store that are compared with their checksums at each status


def presets() -> None:
    """List the shipped experiments."""
    from experiments.sweep.experiment_file import PRESETS, read_experiment

    rows = []
    for file in sorted(PRESETS.glob("*.toml")):
        experiment = read_experiment(file)
        rows.append((file.stem, experiment.meaning))
    show_table("Shipped experiments", ["name", "question"], rows, ["question"])


def measures() -> None:
    """List the recorded measures of a run: name, unit, meaning."""
    from experiments.sweep.measures import EFFECTS, METRICS

    titles = {
        "Metrics, by year; finals hold their means of the last five years": METRICS,
        "Effects against the twin, in finals of experiments with twin = true": EFFECTS,
    }
    for title, known in titles.items():
        rows = [(name, unit, meaning) for name, (unit, meaning) in known.items()]
        show_table(title, ["name", "unit", "meaning"], rows, ["unit", "meaning"])


def plan(
    file: ExperimentFile,
    workers: Workers = None,
    store: TargetFolder = None,
    extension: Extensions = None,
) -> None:
    """Show the size of an experiment, and its predicted time and bytes from a few runs; write nothing."""
    one_thread()
    from experiments.sweep import load

    count = worker_count(workers, None, None)
    sweep = load(file, store, extension or ())
    tell_unread(sweep)
    forecast = sweep.plan(count)
    experiment = sweep.experiment
    rows = [
        ("design", experiment.design.kind),
        ("points", f"{forecast.points:,}"),
        ("seeds", f"{experiment.seeds:,}"),
        ("runs", f"{forecast.runs:,}" + (", each with its twin" if experiment.twin else "")),
        ("time of a run", f"{forecast.seconds_per_run:.3g} s"),
        (
            "time in all",
            f"{duration(forecast.seconds(count))} in {counted(max(1, count), 'process', 'processes')}",
        ),
        ("runs in a chunk", f"{forecast.chunk:,}"),
        ("size of the store", size(forecast.bytes) + (", without panels" if experiment.record.panel else "")),
        ("store", str(sweep.folder)),
    ]
    title = f"{experiment.name}: {experiment.meaning}" if experiment.meaning else experiment.name
    show_table(title, ["", "value"], rows, ["value"])


def size(count: float) -> str:
    """Return a number of bytes as ``12 KB`` or ``3.4 MB``."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def status(
    store: StoreFolder,
    watch: Annotated[bool, flag("Repeat every two seconds until all runs are stored.", "--watch")] = False,
    check: Annotated[
        bool, flag("Compare every stored file with its checksum, however large the store.", "--verify")
    ] = False,
    digest: Annotated[
        bool, flag("Also show a hash of the results, which is the same on every machine.", "--digest")
    ] = False,
) -> None:
    """Show how many runs are stored, failed and missing; damaged files are named."""
    from experiments.sweep import open_store

    sweep, seen = open_store(store), None
    if check or sweep.store.size() <= CHECKED:
        checked = sweep.store.check()
        if check:
            echo_err(f"{size(checked)} compared with their checksums")
    while True:
        found, now = sweep.status(), time.monotonic()
        line = stored(found)
        line += "".join(f", {n:,} {name}" for name, n in found.by_status.items() if name != "ok")
        if seen is not None and found.done > seen[0]:
            speed = (found.done - seen[0]) / (now - seen[1])
            line += f"; {speed:.3g} runs/s, about {duration(found.missing / speed)} left"
        if not watch or not found.missing:
            break
        echo_err(line)
        seen = seen or (found.done, now)
        time.sleep(SECONDS_APART)
    echo(line)
    if OUTPUT.is_data:
        counts = {"total": found.total, "missing": found.missing, **found.by_status}
        show_table("Runs", list(counts), [list(counts.values())])
    if digest:
        echo(f"digest of the results: {sweep.digest()}")
    if found.missing:
        raise typer.Exit(MISSING)
    if found.failed:
        raise typer.Exit(SOME_FAILED)


def effects(
    store: StoreFolder,
    by: Annotated[list[str] | None, option("A block for each level of a factor.", metavar="FACTOR")] = None,
) -> None:
    """Show the effects of the centres over all runs, and the signs on which three estimates agree."""
    from experiments.sweep import open_store
    from experiments.sweep.estimates import effects_table

    found = effects_table(open_store(store).finals, by or ())
    factors = list(by or ())
    rows = [
        (
            *(str(row[name]) for name in factors),
            row["effect"],
            estimate(row["mean"], row["se"]),
            *(number(row[name]) for name in ("median", "trimmed")),
            row["unit"],
            f"{row['seeds']:.0f}",
            row["sign"],
        )
        for row in found.to_dict("records")
    ]
    columns = [*factors, "effect", "mean ± s.e.", "median", "trimmed", "unit", "seeds", "sign"]
    show_table("Effects of the centres", columns, rows, [*factors, "effect", "unit", "sign"], found)
    if (found["sign"] == "fragile").any():
        echo_err("fragile: the median or the trimmed mean of the cities does not show the sign of the sum")


def query(
    store: StoreFolder,
    sql: Annotated[
        str, argument("Query over design, runs, finals, metrics, twin_metrics, panel.", metavar="SQL")
    ],
) -> None:
    """Answer an SQL query over a store."""
    from experiments.sweep import open_store

    frame = open_store(store).sql(sql)
    texts = [str(name) for name in frame.columns if frame[name].dtype.kind not in "biuf"]
    rows = [tuple(_cell(value) for value in row) for row in frame.itertuples(index=False)]
    show_table(counted(len(rows), "row"), [str(name) for name in frame.columns], rows, texts, frame)


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def export(
    store: StoreFolder,
    out: Annotated[Path, option("Where to write it: .csv, .parquet, .xlsx or .nc.", "--out", metavar="FILE")],
    table: Annotated[str, option("design, runs, finals, metrics, twin_metrics or panel.")] = "finals",
    force: Force = False,
) -> None:
    """Write a table of a store as CSV, Parquet, Excel or netCDF."""
    from experiments.sweep import open_store
    from experiments.sweep.queries import EXPORTS

    sweep = open_store(store)
    rows: list[int] = []
    write_file(out, EXPORTS, lambda part: rows.append(sweep.export(table, part)), force)
    echo(f"{counted(rows[0], 'row')} of {table} {'is' if rows[0] == 1 else 'are'} in {out}.")
