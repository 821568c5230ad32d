"""Many runs of one shape at once: the same tables and rules, each with its own seed and parameters.

On the CPU runs are shared out among threads: a run is one compiled call, which does not hold the
interpreter's lock. With ``device="gpu"`` all runs go to a graphics card in one call. A run has the same bits
on any device, on any number of threads, and alone in an ``Engine``.
"""

from __future__ import annotations

import copy
import os
import queue
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from agents.names import nearest
from model import gpu_run
from model.engine import Engine
from model.events import Event
from model.state import State
from model.written import arrays_of, written

DEVICES = ("cpu", "gpu")
Column = tuple[str, str]
# From the number of a run to the tables that it starts with.
Start = Callable[[int], State]


@dataclass(frozen=True)
class Results:
    """What an ensemble found; runs are in the order of their seeds.

    ``recorded``: (table, column) → values at the end of every step, shape (runs, steps, rows); ``final``:
    (table, column) → values after the last step, shape (runs, rows); ``device``: where the runs took place.
    """

    recorded: Mapping[Column, NDArray[np.float64]]
    final: Mapping[Column, NDArray[Any]]
    device: str


class Ensemble:
    """One economy, bound once, for many runs.

    Args:
        quarter: The order of events, as ``Engine`` takes it.
        state: How a run starts, unless ``run`` is told otherwise; it is copied and never written to.
        rules: Rules by name.
        parameters: Numbers by name.
        device: ``cpu``, or ``gpu`` for a CUDA card with numba-cuda (the extra ``gpu``). Where there is none,
            a warning of one sentence says why and the CPU does the work.
        threads: Threads on the CPU; None for all processors that this process may use.
        arithmetic: ``strict`` or ``fast``, as of ``RegionalModel``.
    """

    def __init__(
        self,
        quarter: Sequence[Event],
        state: State,
        rules: Mapping[str, Callable[..., Any]],
        parameters: Mapping[str, float],
        *,
        device: str = "cpu",
        threads: int | None = None,
        arithmetic: str = "strict",
    ) -> None:
        if device not in DEVICES:
            raise ValueError(f"device {device!r} is unknown: it is one of {', '.join(DEVICES)}")
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        reason = gpu_run.missing() if device == "gpu" else None
        if reason:
            warnings.warn(f'device="gpu" falls back to the CPU: {reason}', stacklevel=2)
        self.device = "cpu" if reason else device
        self.threads = threads or _processors()
        self.parameters = dict(parameters)
        self.state = _copied(state)

        def engine() -> Engine:
            return Engine(quarter, _copied(self.state), rules, parameters, 0, arithmetic=arithmetic)

        self._engine = engine
        self._workers = [engine()]
        self._gpu = gpu_run.GpuRuns(self._workers[0]) if self.device == "gpu" else None

    def run(
        self,
        seeds: Sequence[int],
        steps: int,
        *,
        first: int = 0,
        parameters: Mapping[str, ArrayLike] | None = None,
        recorded: Sequence[Column] = (),
        final: Sequence[Column] = (),
        start: Start | None = None,
    ) -> Results:
        """Run every seed for ``steps`` steps, of which the first has number ``first``.

        ``parameters``: name → one number for each seed (or one for all). ``recorded`` and ``final`` name
        (table, column). ``start``: from the place of a seed to the tables its run starts with, of the same
        shape as the ensemble's; called once for each run, perhaps from several threads.

        Raises:
            KeyError: a parameter that the ensemble was not made with.
            ValueError: not one number for each seed; a parameter that switches events; tables of another
                shape.
        """
        numbers = self._numbers(len(seeds), parameters or {})
        records = {item: np.empty((len(seeds), steps, self.state[item[0]].rows)) for item in recorded}
        last = {
            (table, column): np.empty((len(seeds), self.state[table].rows), self.state[table][column].dtype)
            for table, column in final
        }
        checked = None if start is None else _checked(start, self.state)
        if self._gpu is not None and seeds:
            for seed, values in zip(seeds, numbers, strict=True):
                self._workers[0].restart(seed, **values)  # refuses what a run of its own would
            self._gpu.run(seeds, numbers, checked, steps, first, records, last)
        else:
            self._run_on_cpu(seeds, numbers, checked, steps, first, records, last)
        return Results(records, last, self.device)

    def _numbers(self, runs: int, changes: Mapping[str, ArrayLike]) -> list[dict[str, float]]:
        """All parameters of each run."""
        columns = {}
        for name, values in changes.items():
            if name not in self.parameters:
                near = nearest(name, self.parameters)
                raise KeyError(
                    f"there is no parameter {name!r}" + (f"; did you mean {near}?" if near else "")
                )
            array = np.asarray(values, dtype=np.float64)
            if array.shape not in ((), (runs,)):
                raise ValueError(
                    f"parameter {name} has values of shape {array.shape}: give one number, or one for each "
                    f"of the {runs} seeds"
                )
            columns[name] = np.broadcast_to(array, runs).tolist()
        return [
            {**self.parameters, **{name: values[k] for name, values in columns.items()}} for k in range(runs)
        ]

    def _run_on_cpu(
        self,
        seeds: Sequence[int],
        numbers: Sequence[Mapping[str, float]],
        start: Start | None,
        steps: int,
        first: int,
        records: Mapping[Column, NDArray[np.float64]],
        final: Mapping[Column, NDArray[Any]],
    ) -> None:
        count = min(self.threads, max(1, len(seeds)))
        while len(self._workers) < count:
            self._workers.append(self._engine())
        free: queue.SimpleQueue[tuple[Engine, list[tuple[str, NDArray[Any]]]]] = queue.SimpleQueue()
        for engine in self._workers[:count]:
            engine.prepare(tuple(records))  # one after the other: no two threads write one module
            free.put((engine, _changing(engine, start is None)))
        begin = arrays_of(self.state)

        def one(k: int) -> None:
            source = begin if start is None else arrays_of(start(k))
            engine, columns = free.get()
            try:
                for name, array in columns:
                    array[...] = source[name]
                engine.restart(seeds[k], **numbers[k])
                found = engine.run(first, steps, tuple(records), whole=True)
                for array, values in zip(records.values(), found, strict=True):
                    array[k] = values
                for (table, column), array in final.items():
                    array[k] = engine.state[table][column]
            finally:
                free.put((engine, columns))

        if count == 1:
            for k in range(len(seeds)):
                one(k)
        else:
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(one, range(len(seeds))))


def _changing(engine: Engine, alike: bool) -> list[tuple[str, NDArray[Any]]]:
    """The arrays to put back before a run: where all runs start alike, only what a run writes."""
    arrays = arrays_of(engine.state)
    if alike and engine.all_compiled:
        return [(name, arrays[name]) for name in written(engine.pieces, engine.state) if name in arrays]
    return list(arrays.items())


def _copied(state: State) -> State:
    return copy.deepcopy(state, {id(state.world): state.world})


def _checked(start: Start, like: State) -> Start:
    """The same, refusing tables of another shape."""
    shapes = {name: array.shape for name, array in arrays_of(like).items()}

    def checked(k: int) -> State:
        state = start(k)
        found = {name: array.shape for name, array in arrays_of(state).items()}
        for name in shapes | found:
            if found.get(name) != shapes.get(name):
                raise ValueError(
                    f"run {k} starts with {name.replace('__', '.')} of shape {found.get(name)} where the "
                    f"ensemble has {shapes.get(name)}: runs of one ensemble have one shape"
                )
        return state

    return checked


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # systems that do not tie processes to processors
        return os.cpu_count() or 1
