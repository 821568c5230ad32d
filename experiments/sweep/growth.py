"""Stores that grow: more seeds of every point, more values of a factor, more points of a sample.

What is stored stays as it is, to the byte. A new page, ``experiment.1.json``, holds the larger experiment and
the blocks of runs that were added; they are then run like any others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from agents.suggestions import did_you_mean, shown_key
from experiments.sweep.design import factor_levels, make_design
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment, Levels, Value, checked
from experiments.sweep.factors import WHOLE, case_of, column, known_factors
from experiments.sweep.run_numbers import Block

if TYPE_CHECKING:
    from experiments.sweep.store import Store
    from experiments.sweep.store_page import Frozen

PREFIXED = ("sobol", "random")  # samples whose first points stay the same as they grow


def extend_store(
    store: Store,
    seeds: int | None = None,
    add: Mapping[str, Sequence[Value]] | None = None,
    points: int | None = None,
) -> bool:
    """Add runs to the design of a store; False if it has them already, as after an interruption.

    seeds: those of each point. add: values of factors, each crossed with all other factors of a
    factorial design. points: points of a Sobol or random sample. Raises SweepError.
    """
    frozen, design, unit = store.frozen, store.design(), store.unit()
    experiment, old = frozen.experiment, frozen.numbers
    for factor, values in (add or {}).items():
        experiment, design = _with_values(experiment, design, factor, values)
    if points is not None:
        experiment, design, unit = _with_points(experiment, design, points)
    many = experiment.seeds if seeds is None else seeds
    if many < experiment.seeds:
        raise SweepError(f"{store.folder} has {experiment.seeds:,} seeds already: {many:,} is not more")
    if many > experiment.seeds and re.search(r"\brun\b", experiment.record.panel or ""):
        raise SweepError(
            "record.panel chooses by run, and numbers of runs change with the number of seeds: choose by "
            "replication, point or a factor"
        )
    added = added_blocks(frozen, len(design), many)
    if not added:
        return False
    experiment = checked({**experiment.model_dump(mode="json"), "seeds": many})
    blocks = (*old.blocks, *added)
    store.grow(replace(frozen, experiment=experiment, points=len(design), blocks=blocks), design, unit)
    return True


def added_blocks(frozen: Frozen, points: int, seeds: int) -> list[Block]:
    """Return the blocks that make a store one of more points and seeds."""
    before = frozen.experiment.seeds
    found = [
        Block(0, frozen.points, before, seeds - before, frozen.chunk),
        Block(frozen.points, points - frozen.points, 0, seeds, frozen.chunk),
    ]
    return [block for block in found if block.runs]


def with_factors(experiment: Experiment, factors: Mapping[str, Levels]) -> Experiment:
    """Return the experiment with other factors."""
    design = experiment.design.model_copy(update={"factors": dict(factors)})
    return experiment.model_copy(update={"design": design})


def _with_values(
    experiment: Experiment, design: pd.DataFrame, factor: str, values: Sequence[Value]
) -> tuple[Experiment, pd.DataFrame]:
    """Add values of a factor, crossed with the values of all others; new points follow the old ones."""
    kind = experiment.design.kind
    if kind != "factorial":
        more = "; --points adds points" if kind in PREFIXED else ""
        raise SweepError(f"values can be added to a factorial design, not to one of kind {kind}{more}")
    known = known_factors(experiment)
    if factor not in known:
        raise SweepError(f"there is no factor {shown_key(factor)}" + did_you_mean(factor, known))
    factors = {name: factor_levels(experiment, name) for name in experiment.design.factors}
    if factor not in factors:
        base = _base_value(experiment, design, factor)
        factors[factor] = [base]
        design = design.assign(**{column(factor): base})
    factors[factor] = [*factors[factor], *(value for value in values if value not in factors[factor])]
    larger = with_factors(experiment, factors)
    whole, _ = make_design(larger)
    names = [name for name in design.columns if name != "point"]
    known_points = set(design[names].itertuples(index=False, name=None))
    new = [row for row in whole[names].itertuples(index=False, name=None) if row not in known_points]
    frame = pd.concat([design[names], pd.DataFrame(new, columns=names)], ignore_index=True)
    frame.insert(0, "point", np.arange(len(frame), dtype=np.int64))
    return larger, frame


def _base_value(experiment: Experiment, design: pd.DataFrame, factor: str) -> Value:
    """Return the value that a factor outside the design has at all points. Raises SweepError."""
    if factor in experiment.all_scales:
        return 1.0
    if factor in ("scenario", "layout"):
        return experiment.scenario
    if factor in WHOLE:
        return getattr(experiment, factor)
    names = {column(name): name for name in experiment.design.factors}
    scaled = [name for name in names.values() if factor in experiment.all_scales.get(name, ())]
    if scaled:
        raise SweepError(f"{factor} cannot be added: {scaled[0]}, a factor of the design, multiplies it")
    found: set[Value] = set()
    for row in design[list(names)].drop_duplicates().to_dict("records"):
        values = {names[str(k)]: v.item() if isinstance(v, np.generic) else v for k, v in row.items()}
        case = case_of(experiment, values)
        if factor.startswith("scenario."):
            found.add(getattr(case.scenario, factor.removeprefix("scenario.")))
        else:
            found.add(getattr(case.parameters, factor))
    if len(found) > 1:
        shown = ", ".join(map(str, sorted(found, key=str)[:3]))
        raise SweepError(
            f"{factor} cannot be added: points of the design have several values of it ({shown})"
        )
    return found.pop()


def _with_points(
    experiment: Experiment, design: pd.DataFrame, points: int
) -> tuple[Experiment, pd.DataFrame, pd.DataFrame | None]:
    """Add points to a sample; its first points stay the same."""
    kind = experiment.design.kind
    if kind not in PREFIXED:
        raise SweepError(f"points can be added to designs of kind {' and '.join(PREFIXED)}, not to {kind}")
    larger = experiment.model_copy(update={"design": experiment.design.model_copy(update={"n": points})})
    frame, unit = make_design(larger)
    if len(frame) < len(design):
        raise SweepError(f"the design has {len(design):,} points already: {points:,} is not more")
    if not frame.iloc[: len(design)].equals(design):
        raise SweepError("the larger sample does not begin with the stored points: begin another store")
    return larger, frame, unit
