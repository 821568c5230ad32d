"""The space of a design's factors: values from the unit cube, coordinates for an emulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.sweep.design import from_unit, rows_where
from experiments.sweep.experiment_file import Span
from experiments.sweep.factors import column, is_whole
from experiments.sweep.sweep import Sweep

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """A factor: its range or list, and whether it takes whole numbers."""

    levels: Span | tuple[Any, ...]
    whole: bool

    @property
    def is_categorical(self) -> bool:
        """Whether its values have no order."""
        return not isinstance(self.levels, Span) and not all(
            isinstance(value, int | float) for value in self.levels
        )

    def values(self, u: Array) -> np.ndarray:
        """Return values at places in the unit interval, (n,)."""
        levels = self.levels if isinstance(self.levels, Span) else list(self.levels)
        return np.asarray(from_unit(u, levels, self.whole))

    def coordinates(self, values: np.ndarray) -> Array:
        """Return coordinates for an emulator, (n, columns): numbers in 0-1, categories as 0 or 1 each."""
        levels = self.levels
        if isinstance(levels, Span):
            low, high, x = levels.low, levels.high, values.astype(float)
            if levels.scale == "log":
                low, high, x = np.log(low), np.log(high), np.log(x)
        elif self.is_categorical:
            # The last category has 0 in all columns.
            return np.column_stack([values == level for level in levels[:-1]]).astype(float)
        else:
            low, high, x = float(min(levels)), float(max(levels)), values.astype(float)
        return np.asarray((x - low) / (high - low)).reshape(-1, 1)


@dataclass(frozen=True)
class Space:
    """Factors that vary, by their column in the design, and the condition that points must meet."""

    axes: Mapping[str, Axis]
    where: str | None
    fixed: Mapping[str, Any]  # factors with one value

    @property
    def logarithmic(self) -> tuple[str, ...]:
        """Factors whose range is on a log scale."""
        spans = {name: axis.levels for name, axis in self.axes.items() if isinstance(axis.levels, Span)}
        return tuple(name for name, span in spans.items() if span.scale == "log")

    def frame(self, u: Array) -> pd.DataFrame:
        """Return values of the factors at places in the unit cube, (n, factors)."""
        return pd.DataFrame({name: axis.values(u[:, k]) for k, (name, axis) in enumerate(self.axes.items())})

    def coordinates(self, frame: pd.DataFrame) -> Array:
        """Return coordinates for an emulator, (n, columns)."""
        return np.hstack([axis.coordinates(frame[name].to_numpy()) for name, axis in self.axes.items()])

    def draw(
        self, count: int, low: Array, high: Array, rng: np.random.Generator
    ) -> tuple[Array, pd.DataFrame]:
        """Draw places in a box of the unit cube, and their values, without those that ``where`` excludes."""
        u = low + (high - low) * rng.random((count, len(self.axes)))
        frame = self.frame(u)
        if self.where is not None:
            kept = rows_where(frame.assign(**self.fixed), self.where, "design.where")
            u, frame = u[kept], frame.iloc[kept].reset_index(drop=True)
        return u, frame


def space_of(sweep: Sweep) -> Space:
    """Return the space of a store's design; of a table, ranges are from its smallest to its largest value."""
    experiment = sweep.experiment
    design = sweep.store.design().drop(columns="point")
    axes: dict[str, Axis] = {}
    for factor, levels in experiment.design.factors.items():
        known = levels if isinstance(levels, Span) else tuple(levels)
        axes[column(factor)] = Axis(known, is_whole(factor, experiment))
    if not axes:
        for name in design.columns:
            values = design[name]
            if values.dtype.kind in "iuf" and values.min() < values.max():
                span = Span(low=float(values.min()), high=float(values.max()), n=None, scale="linear")
                axes[str(name)] = Axis(span, values.dtype.kind in "iu")
            else:
                axes[str(name)] = Axis(tuple(dict.fromkeys(values.tolist())), False)
    alone = [k for k, axis in axes.items() if not isinstance(axis.levels, Span) and len(axis.levels) == 1]
    fixed = {name: design[name].iloc[0] for name in alone}
    return Space({k: axis for k, axis in axes.items() if k not in fixed}, experiment.design.where, fixed)
