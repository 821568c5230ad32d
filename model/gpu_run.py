"""Launches ensembles on a graphics card: packs the runs' columns, runs the kernel, brings results back."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

import model.engine
from model.draws import stream_base
from model.engine import Engine
from model.gpu_text import BUFFERS, GpuText
from model.kernels import load
from model.rule_text import RuleError
from model.state import State
from model.written import arrays_of, written

Columns = Sequence[tuple[str, str]]
SIMULATED = bool(getattr(numba.config, "ENABLE_CUDASIM", 0))
# Runs side by side in a block, and threads of a run. Four doubles side by side fill one sector of memory, the
# least that a card reads; a few runs a block let a few hundred runs reach all of its processors.
RUNS_OF_BLOCK, WORKERS = (2, 2) if SIMULATED else (4, 64)
# The part of the card's free memory that one launch may take.
MEMORY_PART = 0.8


@functools.cache
def missing() -> str | None:
    """Why no ensemble can run on a graphics card here, or None."""
    if not SIMULATED and importlib.util.find_spec("numba_cuda") is None:
        return 'numba-cuda is not installed (pip install "computeleap[gpu]")'
    try:
        from numba import cuda

        found = bool(cuda.is_available())
        if found:
            importlib.import_module("model.gpu_intrinsics")
    except Exception as error:  # whatever keeps a library of another maker from starting is the reason
        return f"numba-cuda does not work here ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
    return None if found else "no CUDA card, or no driver for it, was found"


class GpuRuns:
    """The runs of an ensemble on a card. The engine gives binding and tables; it does not run itself."""

    def __init__(self, engine: Engine) -> None:
        free = [name for name, rule in engine.rules.items() if getattr(rule, "interpreted", False)]
        if free:
            raise RuleError(
                "a graphics card runs compiled rules only, and these are marked @interpreted: "
                + ", ".join(free)
            )
        self.engine = engine
        self.start = arrays_of(engine.state)
        self.fixed = frozenset(self.start) - written(engine.pieces, engine.state)
        self.shared: frozenset[str] | None = None

    def run(
        self,
        seeds: Sequence[int],
        numbers: Sequence[Mapping[str, float]],
        starts: Callable[[int], State] | None,
        steps: int,
        first: int,
        records: Mapping[tuple[str, str], NDArray[np.float64]],
        final: Mapping[tuple[str, str], NDArray[Any]],
    ) -> None:
        """Run all, as many at once as the card's memory holds, and fill ``records`` and ``final``."""
        size = self._runs_at_once(steps, records)
        for low in range(0, len(seeds), size):
            part = slice(low, min(low + size, len(seeds)))
            batch = _Batch(self.start, part, starts)
            alike = self.fixed - batch.differing
            # One text serves all batches unless a later one differs in more, for compiling takes long.
            if self.shared is None or not self.shared <= alike:
                self.shared = alike
            text = GpuText(
                self.engine.pieces, self.engine.state, self.engine.parameters, model.engine.CHUNK_ROWS,
                list(records), self.engine.arithmetic, self.shared,
            )  # fmt: skip
            self._launch(text, batch, seeds[part], numbers[part], steps, first, records, final)

    def _runs_at_once(self, steps: int, records: Mapping[tuple[str, str], NDArray[np.float64]]) -> int:
        from numba import cuda

        of_state = sum(array.nbytes for name, array in self.start.items() if name not in self.fixed)
        # Scratch of the sums and columns that a start of its own gives each run: at most the state again.
        of_run = of_state + self.engine.state.bytes
        of_run += sum(8 * steps * array.shape[2] for array in records.values())
        free = cuda.current_context().get_memory_info()[0]
        return int(max(1, min(2**31, MEMORY_PART * free // of_run)))

    def _launch(
        self,
        text: GpuText,
        batch: _Batch,
        seeds: Sequence[int],
        numbers: Sequence[Mapping[str, float]],
        steps: int,
        first: int,
        records: Mapping[tuple[str, str], NDArray[np.float64]],
        final: Mapping[tuple[str, str], NDArray[Any]],
    ) -> None:
        from numba import cuda

        runs = len(seeds)
        lanes = [min(k, runs - 1) for k in range(-(-runs // RUNS_OF_BLOCK) * RUNS_OF_BLOCK)]
        places, buffers = batch.packed(text, len(lanes))
        values = np.array(
            [[numbers[k].get(name, self.engine.parameters[name]) for k in lanes] for name in text.parameters]
        )
        bases = np.array(
            [[stream_base(seeds[k], stream) for k in lanes] for stream in text.draws.values()],
            dtype=np.uint64,
        ).reshape(-1, len(lanes))
        whole = [batch.lanes(name, len(lanes), name in text.shared) for name in text.whole]
        kept = [cuda.device_array((steps, array.shape[2], len(lanes))) for array in records.values()]
        on_card = [cuda.to_device(buffer) for buffer in buffers]
        rest = [cuda.to_device(array) for array in whole]
        # A card reads at least one row of each, used or not.
        inputs = [cuda.to_device(_at_least_one(array)) for array in (places, values, bases)]
        try:
            kernel: Any = load("gpu", text.text())
            blocks = len(lanes) // RUNS_OF_BLOCK
            kernel[blocks, (RUNS_OF_BLOCK, WORKERS)](first, steps, *inputs, *on_card, *rest, *kept)
        except Exception as error:
            if type(error).__module__.startswith("numba") and "compil" in type(error).__module__ + str(error):
                said = " ".join(str(error).split())[:300]
                raise RuleError(f"these rules cannot be compiled for a graphics card: {said}") from None
            raise
        for array, found in zip(records.values(), kept, strict=True):
            array[batch.part] = np.moveaxis(found.copy_to_host(), 2, 0)[:runs]
        order = list(BUFFERS.values())
        for (table, column), array in final.items():
            name = text.names[id(self.engine.state[table][column])]
            if name in text.places and name not in text.shared:
                place = text.places[name]
                low, high = places[place.entry]
                array[batch.part] = on_card[order.index(place.buffer)][low:high].copy_to_host().T[:runs]
            else:
                array[batch.part] = batch.lanes(name, runs, shared=False).T


class _Batch:
    """First columns of the runs of one launch: one copy where all runs are alike, else one for each run."""

    def __init__(
        self, start: Mapping[str, NDArray[Any]], part: slice, starts: Callable[[int], State] | None
    ) -> None:
        self.part, self.same = part, dict(start)
        self.own: dict[str, NDArray[Any]] = {}
        runs = part.stop - part.start
        for lane in range(runs if starts is not None else 0):
            assert starts is not None
            for name, array in arrays_of(starts(part.start + lane)).items():
                if lane == 0:
                    self.same[name] = array
                elif name not in self.own and not np.array_equal(array, self.same[name], equal_nan=True):
                    self.own[name] = np.repeat(self.same[name][..., None], runs, axis=-1)
                if name in self.own:
                    self.own[name][..., lane] = array
        self.runs = runs

    @property
    def differing(self) -> frozenset[str]:
        """Names of arrays in which the runs start differently."""
        return frozenset(self.own)

    def lanes(self, name: str, count: int, shared: bool) -> NDArray[Any]:
        """The array alone, or with a last axis of ``count`` runs; the last run fills what is left over."""
        if shared:
            return self.same[name]
        if name not in self.own:
            return np.repeat(self.same[name][..., None], count, axis=-1)
        chosen = np.minimum(np.arange(count), self.runs - 1)
        return np.ascontiguousarray(self.own[name][..., chosen])

    def packed(self, text: GpuText, count: int) -> tuple[NDArray[np.int64], list[NDArray[Any]]]:
        """First and last row of every column, (columns, 2), and the buffers: of runs, then shared ones."""
        places = np.zeros((len(text.places), 2), dtype=np.int64)
        parts: dict[tuple[bool, str], list[NDArray[Any]]] = {}
        ends: dict[tuple[bool, str], int] = {}
        for name, place in text.places.items():
            scratch = name not in self.same
            rows = text.arrays[name]
            column = (
                np.repeat(rows[:, None], count, axis=1) if scratch else self.lanes(name, count, place.shared)
            )
            key = (place.shared, place.buffer)
            places[place.entry] = ends.get(key, 0), ends.get(key, 0) + len(rows)
            ends[key] = places[place.entry, 1]
            parts.setdefault(key, []).append(column)
        buffers = []
        for shared in (False, True):
            for kind, buffer in BUFFERS.items():
                empty = np.zeros(1 if shared else (1, count), dtype=kind)
                found = parts.get((shared, buffer), [])
                buffers.append(np.concatenate(found) if ends.get((shared, buffer)) else empty)
        return places, buffers


def _at_least_one(array: NDArray[Any]) -> NDArray[Any]:
    return array if array.size else np.zeros((1, 1), dtype=array.dtype)
