"""``computeleap sweep run``, ``retry``, ``rerun`` and ``export``.

Exit codes: 0 all runs are stored and ended well, 2 a mistake that the person can mend (a full disk too), 3
some runs failed, 4 more failed than the experiment allows and the sweep stopped, 130
Ctrl-C, 143 SIGTERM, 129 SIGHUP.
"""

from __future__ import annotations

import ipaddress
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from viz.cli.signals import exit_code
from viz.terminal import UserError, say, screen, write_file

SOME_FAILED, TOO_MANY = 3, 4
ADDRESS = re.compile(r"[a-z]+://[^\s/]+:\d+")  # of a Dask scheduler
LINES_APART = 10.0  # seconds between lines of progress where there is no terminal
# One thread for each worker: more would only fight for the same cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def run_sweep(
    file: str,
    workers: int | None,
    scheduler: str | None,
    shard: str | None,
    store: Path | None,
    allow_change: bool,
    extension: Sequence[str] = (),
) -> None:
    """Run what the store lacks, with progress; leaves with an exit code.

    Raises UserError or SweepError for what the person can mend.
    """
    part = None if shard is None else parse_shard(shard)
    count = worker_count(workers, scheduler, part)
    one_thread()
    from experiments.sweep import load

    sweep = load(file, store, extension)
    say(f"{sweep.experiment.name}: results go to {sweep.folder}")
    _guarded(sweep, lambda on_progress: sweep.run(count, scheduler, part, allow_change, on_progress))


def retry_failed(store: Path, workers: int | None, scheduler: str | None) -> None:
    """Run failed runs again, with progress; leaves with an exit code."""
    one_thread()
    from experiments.sweep import open_store

    sweep = open_store(store)
    failed = sweep.status().failed
    if not failed:
        say("no run of this store has failed")
        return
    count = 0 if scheduler else min(worker_count(workers, scheduler, None), failed)
    _guarded(sweep, lambda on_progress: sweep.retry(count, scheduler, on_progress))


def parse_shard(text: str) -> tuple[int, int]:
    """``3/50`` as (3, 50). Raises UserError."""
    k, slash, n = text.partition("/")
    if not (slash and k.isdecimal() and n.isdecimal() and 1 <= int(k) <= int(n)):
        raise UserError(f"--shard {text!r} is not k/n with k from 1 to n, such as 3/50")
    return int(k), int(n)


def one_thread() -> None:
    """Keep the libraries of this process, not yet imported, to one thread."""
    for name in THREADS:
        os.environ.setdefault(name, "1")


def worker_count(workers: int | None, scheduler: str | None, shard: tuple[int, int] | None) -> int:
    """Processes to start: as asked for, else one for each core; none for a shard. Raises UserError."""
    if scheduler is not None and (workers is not None or shard is not None):
        raise UserError("--scheduler brings its own workers: leave --workers and --shard out")
    if scheduler is not None and not ADDRESS.fullmatch(scheduler):
        raise UserError(
            f"--scheduler cannot be {scheduler!r}: it must be like tcp://HOST:PORT or tls://HOST:PORT"
        )
    if scheduler is not None and is_open(scheduler):
        say(
            f"warning: {scheduler} is not encrypted, and whoever can reach it can run code on its workers: "
            "use tls:// with certificates, or a network of its own"
        )
    if shard is not None or scheduler is not None:
        return workers or 0
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return available if workers is None else workers


def is_open(scheduler: str) -> bool:
    """Whether what goes to that address can be read or forged on the way: no TLS, and beyond this machine."""
    protocol, _, rest = scheduler.partition("://")
    host = rest.rpartition(":")[0].strip("[]")
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    return protocol not in ("tls", "wss") and not here


def _guarded(sweep: Any, work: Callable[[Any], Any]) -> None:
    """Run the work with progress shown; turn how it ended into a sentence and an exit code."""
    from experiments.sweep.scheduling import TooManyFailuresError

    try:
        with progress() as on_progress:
            status = work(on_progress)
    except TooManyFailuresError as error:
        say(f"computeleap: {error}")
        raise typer.Exit(TOO_MANY) from None
    except KeyboardInterrupt:
        say(f"interrupted: what is stored in {sweep.folder} stays; the same command goes on with it")
        raise typer.Exit(exit_code()) from None
    ended = f"{status.done:,} of {status.total:,} runs are stored in {sweep.folder}"
    typer.echo(f"{ended}, {status.failed:,} of them failed." if status.failed else f"{ended}.")
    if status.failed:
        first = sweep.sql("select run, error from runs where status <> 'ok' order by run limit 1").iloc[0]
        say(
            f"run {first['run']}: {first['error']} (computeleap sweep rerun {sweep.folder} --run "
            f"{first['run']} --debug looks into it; computeleap sweep retry {sweep.folder} tries all again)"
        )
        raise typer.Exit(SOME_FAILED)


@contextmanager
def progress() -> Iterator[Callable[[Any, Any], None]]:
    """A function to call with each report: it moves a bar, or writes a line now and then."""
    console = screen(error=True)
    if not console.is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} runs"), TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda now, report: bar.update(
            task, total=now.total, completed=now.done, description=_speed(now)
        )


class _Lines:
    """Progress as plain lines: the first chunk, the last, and one every few seconds between."""

    def __init__(self) -> None:
        self.said = float("-inf")

    def __call__(self, now: Any, report: Any) -> None:
        moment = time.monotonic()
        if report is None:
            if now.done:
                say(f"{now.done:,} of {now.total:,} runs are stored already")
        elif now.done >= now.total or moment - self.said >= LINES_APART:
            self.said = moment
            say(f"{now.done:,} of {now.total:,} runs; {_speed(now)}")


def _speed(now: Any) -> str:
    if not now.own:
        return "starting"
    parts = [f"{now.per_second:.3g} runs/s"]
    if now.done < now.total:
        parts.append(f"about {duration(now.seconds_left)} left")
    if now.failed:
        parts.append(f"{now.failed:,} failed")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """``48 s``, ``12 min``, ``3.5 h``, ``2.1 days``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def rerun_one(store: Path, run: int, interpreted: bool, debug: bool) -> None:
    """Run one run again and say whether it gives what is stored; exit code 3 if not, or if it fails.

    debug: open Python's debugger where it fails.
    """
    one_thread()
    from experiments.sweep import SweepError, open_store
    from experiments.sweep.queries import query

    sweep = open_store(store)
    try:
        result = sweep.rerun(run, "interpreted" if interpreted else "compiled")
    except SweepError:
        raise
    except Exception as error:
        import traceback

        traceback.print_exc()
        if debug:
            import pdb

            pdb.post_mortem(error.__traceback__)
        raise typer.Exit(SOME_FAILED) from None
    stored = query(sweep.store, f"select * from finals where run = {run}")
    if not len(stored):
        say(f"run {run} ends well here; the store has no result of it (computeleap sweep retry {store})")
        raise typer.Exit(SOME_FAILED)
    row = stored.iloc[0]
    differing = [
        n for n, v in result.finals.items() if n in row and not (v == row[n] or (v != v and row[n] != row[n]))
    ]
    if differing:
        name = differing[0]
        say(
            f"run {run} differs from what is stored in {len(differing)} values: "
            f"{name} is {result.finals[name]!r}, not {row[name]!r}"
        )
        raise typer.Exit(SOME_FAILED)
    typer.echo(f"run {run} gives what is stored, to the last bit.")


def export_table(store: Path, table: str, out: Path, force: bool) -> None:
    """Write a table of a store where the person asks."""
    from experiments.sweep import open_store
    from experiments.sweep.queries import EXPORTS

    sweep = open_store(store)
    rows: list[int] = []
    write_file(out, EXPORTS, lambda part: rows.append(sweep.export(table, part)), force)
    typer.echo(f"{rows[0]:,} rows of {table} are in {out}.")
