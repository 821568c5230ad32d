"""The commands ``computeleap sweep extend``, ``merge``, ``compact`` and ``recompute``."""

from __future__ import annotations

import json
from typing import Annotated

from agents.user_error import UserError
from viz.cli.options import argument, option
from viz.cli.sweep_options import AllowChange, Scheduler, StoreFolder, Workers
from viz.cli.sweep_run import one_thread, run_with_progress, worker_count
from viz.terminal import echo, echo_err


def extend(
    store: StoreFolder,
    replications: Annotated[
        int | None, option("Seeds of each point, those that are stored included.", min=1)
    ] = None,
    add: Annotated[
        list[str] | None,
        option(
            "Values of a factor, crossed with all others of a factorial design; repeatable.",
            metavar="FACTOR=VALUE,…",
        ),
    ] = None,
    points: Annotated[int | None, option("Points of a Sobol or random sample.", min=1)] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    allow_change: AllowChange = False,
) -> None:
    """Add seeds, values or points to a store and run only what is new; the same command again continues."""
    values = dict(map(_values, add or ()))
    if replications is None and points is None and not values:
        raise UserError("name what is added: --replications 50, --add FACTOR=VALUE or --points 256")
    count = worker_count(workers, scheduler, None)
    one_thread()
    from experiments.sweep import open_store

    sweep = open_store(store)
    before = sweep.store.frozen.runs
    sweep = sweep.extend(replications, values, points, allow_change)
    after = sweep.store.frozen.runs
    if after > before:
        echo_err(f"{store} is extended from {before:,} to {after:,} runs")
    run_with_progress(sweep, lambda on_progress: sweep.run(count, scheduler, None, allow_change, on_progress))


def merge(
    store: StoreFolder,
    others: Annotated[
        list[str], argument("Stores whose runs are added; they stay as they are.", metavar="OTHER…")
    ],
) -> None:
    """Add the runs of other stores of the same experiment: shards, other seeds, other values."""
    from experiments.sweep import open_store

    for other in others:
        done = open_store(store).merge(other)
        left = f"; {done.left:,} fill no chunk and are left to be run" if done.left else ""
        echo(f"{done.taken:,} runs of {other} are now in {store}{left}.")
    status = open_store(store).status()
    echo(f"{status.done:,} of {status.total:,} runs are stored in {store}.")


def compact(store: StoreFolder) -> None:
    """Put the files of a finished store together, so that queries over many runs are quick."""
    from experiments.sweep import open_store

    before, after = open_store(store).compact()
    echo(f"{before:,} files of each table are now {after:,}.")


def recompute(
    store: StoreFolder,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Run all runs of a changed model again; the old ones are kept as a store in STORE/former."""
    count = worker_count(workers, scheduler, None)
    one_thread()
    from experiments.sweep import open_store

    sweep = open_store(store)
    echo_err(f"the runs of the earlier model are kept in {sweep.recompute()}")
    run_with_progress(sweep, lambda on_progress: sweep.run(count, scheduler, None, False, on_progress))


def _values(text: str) -> tuple[str, list[bool | int | float | str]]:
    """Return ``capacity_scale=0.5,2`` as a factor and its values. Raises UserError."""
    factor, sign, given = (part.strip() for part in text.partition("="))
    values = [part.strip() for part in given.split(",")]
    if not sign or not factor or not all(values):
        raise UserError(f"--add {text!r} is not FACTOR=VALUE,…, such as capacity_scale=0.5,2")
    return factor.strip('"'), list(map(_value, values))


def _value(text: str) -> bool | int | float | str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, bool | int | float | str) else text
