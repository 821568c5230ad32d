"""The commands ``computeleap sweep run``, ``retry`` and ``debug``.

Exit codes: 0 all runs are stored and ended well, 2 a mistake that the user can mend (a full disk too), 3 some
runs failed, 4 more failed than the experiment allows and the sweep stopped, 130 Ctrl-C, 143 SIGTERM, 129
SIGHUP.
"""

from __future__ import annotations

import ipaddress
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from agents.user_error import UserError
from experiments.study.cores import available_cores
from experiments.study.counted import counted, duration
from viz.cli.options import Extensions, argument, flag, option
from viz.cli.signals import exit_code
from viz.cli.sweep_options import AllowChange, ExperimentFile, Scheduler, StoreFolder, TargetFolder, Workers
from viz.terminal import OUTPUT, echo, echo_err, plain_console, warn

if TYPE_CHECKING:
    from experiments.sweep import Status, Sweep
    from experiments.sweep.chunk import ChunkReport
    from experiments.sweep.scheduling import OnProgress, Progress

SOME_FAILED, TOO_MANY = 3, 4
ADDRESS = re.compile(r"[a-z]+://[^\s/]+:\d+")  # of a Dask scheduler
LINES_APART = 10.0  # seconds between lines of progress where there is no terminal
# One thread for each process: more would only compete for the same cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def run(
    file: ExperimentFile,
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: Annotated[
        str | None, option("Run the k-th of n parts, for job arrays without a scheduler.", metavar="K/N")
    ] = None,
    store: TargetFolder = None,
    allow_change: AllowChange = False,
    extension: Extensions = None,
) -> None:
    """Run an experiment; the same command again continues where it was interrupted."""
    part = None if shard is None else parse_shard(shard)
    count = worker_count(workers, scheduler, part)
    one_thread()
    from experiments.sweep import load

    sweep = load(file, store, extension or ())
    tell_unread(sweep)
    echo_err(f"{sweep.experiment.name}: results go to {sweep.folder}")
    run_with_progress(sweep, lambda on_progress: sweep.run(count, scheduler, part, allow_change, on_progress))


def retry(store: StoreFolder, workers: Workers = None, scheduler: Scheduler = None) -> None:
    """Run the failed runs of a store again."""
    one_thread()
    from experiments.sweep import open_store

    sweep = open_store(store)
    failed = sweep.status().failed
    if not failed:
        echo_err("no run of this store has failed")
        return
    count = 0 if scheduler else min(worker_count(workers, scheduler, None), failed)
    run_with_progress(sweep, lambda on_progress: sweep.retry(count, scheduler, on_progress))


def debug(
    context: typer.Context,
    store: StoreFolder,
    run: Annotated[int, argument("Number of the run.", metavar="RUN")],
    interpreted: Annotated[
        bool, flag("Run the rules as plain Python, so that breakpoints in them work.", "--interpreted")
    ] = False,
) -> None:
    """Repeat one run and compare it with the stored one; --debug opens the debugger if it fails."""
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
        if (context.obj or {}).get("debug"):
            import pdb

            pdb.post_mortem(error.__traceback__)
        raise typer.Exit(SOME_FAILED) from None
    stored = query(sweep.store, f"select * from finals where run = {run}")
    if not len(stored):
        echo_err(f"run {run} ends well here; the store has no result of it (computeleap sweep retry {store})")
        raise typer.Exit(SOME_FAILED)
    row = stored.iloc[0]
    differing = [name for name in result.finals if name in row and not _equal(result.finals[name], row[name])]
    if differing:
        name = differing[0]
        echo_err(
            f"run {run} differs from the stored one in {len(differing)} values: "
            f"{name} is {result.finals[name]!r}, not {row[name]!r}"
        )
        raise typer.Exit(SOME_FAILED)
    echo(f"run {run} agrees with the stored one, to the last bit.")


def _equal(one: float, other: float) -> bool:
    """Return whether two numbers are equal or both missing."""
    return one == other or (one != one and other != other)


def parse_shard(text: str) -> tuple[int, int]:
    """Return ``3/50`` as (3, 50). Raises UserError."""
    k, slash, n = text.partition("/")
    if not (slash and k.isdecimal() and n.isdecimal() and 1 <= int(k) <= int(n)):
        raise UserError(f"--shard {text!r} is not k/n with k from 1 to n, such as 3/50")
    return int(k), int(n)


def one_thread() -> None:
    """Keep the numerical libraries of this process, not yet imported, to one thread."""
    for name in THREADS:
        os.environ.setdefault(name, "1")


def worker_count(workers: int | None, scheduler: str | None, shard: tuple[int, int] | None) -> int:
    """Return how many processes to start: by default one per core, none for a shard. Raises UserError."""
    if scheduler is not None and (workers is not None or shard is not None):
        raise UserError("--scheduler has its own workers: omit --workers and --shard")
    if scheduler is not None and not ADDRESS.fullmatch(scheduler):
        raise UserError(
            f"--scheduler cannot be {scheduler!r}: it must be like tcp://HOST:PORT or tls://HOST:PORT"
        )
    if scheduler is not None and is_open(scheduler):
        echo_err(
            f"warning: {scheduler} is not encrypted, and whoever can reach it can run code on its workers: "
            "use tls:// with certificates, or an isolated network"
        )
    if shard is not None or scheduler is not None:
        return workers or 0
    return available_cores() if workers is None else workers


def is_open(scheduler: str) -> bool:
    """Return whether traffic to the address can be read or forged: no TLS, and not on this machine."""
    protocol, _, rest = scheduler.partition("://")
    host = rest.rpartition(":")[0].strip("[]")
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    return protocol not in ("tls", "wss") and not here


def run_with_progress(sweep: Sweep, work: Callable[[OnProgress], Status]) -> None:
    """Run the work with progress shown; turn how it ends into a sentence and an exit code."""
    from experiments.sweep.scheduling import TooManyFailuresError

    try:
        with _progress() as on_progress:
            status = work(on_progress)
    except TooManyFailuresError as error:
        warn(f"computeleap: {error}")
        _tell_first_failure(sweep)
        raise typer.Exit(TOO_MANY) from None
    except KeyboardInterrupt:
        echo_err(f"interrupted: {sweep.folder} keeps the stored runs; the same command continues")
        raise typer.Exit(exit_code()) from None
    ended = f"{stored(status)} in {sweep.folder}"
    echo(f"{ended}, {status.failed:,} of them failed." if status.failed else f"{ended}.")
    if status.failed:
        _tell_first_failure(sweep)
        raise typer.Exit(SOME_FAILED)
    if not status.missing:
        from experiments.sweep.inert_factors import idle_factors

        for factor in idle_factors(sweep):
            echo_err(f"{factor} changed nothing: every result is the same at all its values")


def _tell_first_failure(sweep: Sweep) -> None:
    failed = sweep.sql("select run, error from runs where status <> 'ok' order by run limit 1")
    for first in failed.to_dict("records"):
        warn(
            f"run {first['run']}: {first['error']} (computeleap sweep debug {sweep.folder} {first['run']} "
            f"repeats it; computeleap sweep retry {sweep.folder} tries all again)"
        )


def tell_unread(sweep: Sweep) -> None:
    """Say which factors no scenario of the experiment reads."""
    from experiments.sweep.inert_factors import unread_factors

    for sentence in unread_factors(sweep):
        echo_err(sentence)


def stored(status: Status) -> str:
    """Return how many runs are stored: ``1 of 8 runs is stored``."""
    return _stored(status.done, status.total)


def _stored(done: int, total: int) -> str:
    return f"{done:,} of {counted(total, 'run')} {'is' if done == 1 else 'are'} stored"


@contextmanager
def _progress() -> Iterator[OnProgress]:
    """Yield a function that moves a bar at each report, or writes a line now and then."""
    console = plain_console(error=True)
    if OUTPUT.quiet:
        yield lambda now, report: None
        return
    if not console.is_terminal:
        yield _ProgressLines()
        return
    from rich import progress

    columns = (
        progress.BarColumn(),
        progress.TextColumn("{task.completed:,.0f} of {task.total:,.0f} runs"),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.description}"),
    )
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda now, report: bar.update(
            task, total=now.total, completed=now.done, description=_speed(now)
        )


class _ProgressLines:
    """Progress as plain lines: the first chunk, the last, and one every few seconds between."""

    def __init__(self) -> None:
        self.last = float("-inf")

    def __call__(self, now: Progress, report: ChunkReport | None) -> None:
        moment = time.monotonic()
        if report is None:
            if now.done:
                echo_err(f"{_stored(now.done, now.total)} already")
        elif now.done >= now.total or moment - self.last >= LINES_APART:
            self.last = moment
            echo_err(f"{now.done:,} of {counted(now.total, 'run')}; {_speed(now)}")


def _speed(now: Progress) -> str:
    if not now.own:
        return "starting"
    parts = [f"{now.per_second:.3g} runs/s"]
    if now.done < now.total:
        parts.append(f"about {duration(now.seconds_left)} left")
    if now.failed:
        parts.append(f"{now.failed:,} failed")
    return ", ".join(parts)
