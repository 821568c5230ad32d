"""The commands ``computeleap sweep extend``, ``merge``, ``compact`` and ``recompute``."""

from __future__ import annotations

import json
import re
from typing import Annotated

from agents.user_error import UserError
from experiments.study.counted import counted
from viz.cli.options import argument, option
from viz.cli.sweep_options import AllowChange, Scheduler, StoreFolder, Workers
from viz.cli.sweep_run import one_thread, run_with_progress, worker_count
from viz.terminal import echo, echo_err


def extend(
    store: StoreFolder,
    seeds: Annotated[
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
    if seeds is None and points is None and not values:
        raise UserError("name what is added: --seeds 50, --add FACTOR=VALUE or --points 256")
    count = worker_count(workers, scheduler, None)
    one_thread()
    from experiments.sweep import open_store

    sweep = open_store(store)
    before = sweep.store.frozen.runs
    sweep = sweep.extend(seeds, values, points, allow_change)
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
    echo(f"{counted(before, 'file')} of each table {'is' if before == 1 else 'are'} now {after:,}.")


def recompute(
    store: StoreFolder,
    points: Annotated[
        str | None, option("Only these points of the design, such as 0,4-7.", metavar="NUMBERS")
    ] = None,
    where: Annotated[
        str | None,
        option("Only these runs: an SQL condition over the columns of runs.", metavar="CONDITION"),
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Run the runs of a changed model again, all or chosen; the old ones are kept in STORE/former."""
    chosen = None if points is None else _numbers(points)
    count = worker_count(workers, scheduler, None)
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.recompute import SET_ASIDE

    sweep = open_store(store)
    echo_err(f"the runs of the earlier model are kept in {sweep.recompute(chosen, where)}")
    if chosen is None and where is None:
        run_with_progress(sweep, lambda on_progress: sweep.run(count, scheduler, None, False, on_progress))
    else:
        only = f"status = '{SET_ASIDE}'"
        run_with_progress(sweep, lambda shown: sweep.retry(count, scheduler, shown, where=only))


def _numbers(text: str) -> set[int]:
    """Return ``0,4-7`` as numbers of points. Raises UserError."""
    found = set[int]()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise UserError(f"--points {text!r} is not a list of numbers and spans, such as 0,4-7")
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return found


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
