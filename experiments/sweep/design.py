"""The design: one row per point, one column per factor."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.suggestions import did_you_mean, shown_key
from experiments.storage import parquet
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import SAMPLED, Experiment, Span, Value
from experiments.sweep.factors import check_factors, column, is_whole, known_factors
from model.files.cell_values import read_number
from model.files.user_tables import InputError, check_file, read_texts

Unit = NDArray[np.float64]
MOST_POINTS = 10_000_000
WHERE_SECONDS = 60.0  # that a condition may take


def make_design(experiment: Experiment) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the design and, if it was sampled, its points in the unit cube (same rows and columns).

    The same experiment gives the same design on every machine. Column ``point`` numbers the rows from 0; the
    others are factors. Raises SweepError with a sentence for each mistake.
    """
    check_factors(experiment)
    kind = experiment.design.kind
    _check_size(experiment)
    if kind == "table":
        frame, unit = _from_file(experiment), None
    elif kind == "factorial":
        frame, unit = _factorial(experiment), None
    else:
        values = _sample(experiment)
        names = [column(factor) for factor in experiment.design.factors]
        unit = pd.DataFrame(values, columns=names)
        factors = enumerate(experiment.design.factors.items())
        columns = {
            column(factor): from_unit(values[:, k], levels, is_whole(factor, experiment))
            for k, (factor, levels) in factors
        }
        frame = pd.DataFrame(columns)
    kept = _filtered(frame, experiment)
    frame = frame.iloc[kept].reset_index(drop=True)
    frame.insert(0, "point", np.arange(len(frame), dtype=np.int64))
    return frame, None if unit is None else unit.iloc[kept].reset_index(drop=True)


def _check_size(experiment: Experiment) -> None:
    design = experiment.design
    if design.kind in SAMPLED:
        if design.n is None:
            raise SweepError(f"design.n is missing: a {design.kind} design needs the number of points")
        if not design.factors:
            raise SweepError(f"design.factors is missing: a {design.kind} design needs factors")
        if design.kind in ("sobol", "saltelli") and design.n & (design.n - 1):
            low = 2 ** int(math.log2(design.n))
            raise SweepError(
                f"design.n cannot be {design.n}: a {design.kind} design needs a power of 2, "
                f"as {low} or {2 * low}"
            )
        if design.kind in ("morris", "saltelli") and design.where:
            raise SweepError(
                f"design.where cannot be used with {design.kind}: its analysis needs every point"
            )
    elif design.n is not None:
        raise SweepError(
            f"design.n is for sampled designs ({', '.join(SAMPLED)}); a {design.kind} has its own size"
        )
    if (design.file is not None) != (design.kind == "table"):
        raise SweepError('design.file needs design.kind = "table", and the reverse')
    if design.kind == "table" and design.factors:
        raise SweepError("design.factors cannot be used with kind table: the file's columns are the factors")


def _sample(experiment: Experiment) -> Unit:
    """Points in the unit cube, (rows, factors)."""
    design, seed = experiment.design, experiment.first_seed
    size, count = design.n or 0, len(design.factors)
    rng = np.random.Generator(np.random.PCG64(seed))
    if design.kind == "random":
        return rng.random((size, count))
    if design.kind in ("lhs", "sobol"):
        from scipy.stats import qmc

        if design.kind == "lhs":
            return qmc.LatinHypercube(count, rng=rng).random(size)
        return qmc.Sobol(count, scramble=True, rng=rng).random_base2(size.bit_length() - 1)
    if design.kind == "morris":
        from SALib.sample import morris

        return morris.sample(salib_problem(experiment), size, num_levels=design.levels, seed=seed)
    from SALib.sample import sobol

    return sobol.sample(salib_problem(experiment), size, calc_second_order=design.second_order, seed=seed)


class SalibProblem(TypedDict):
    """SALib's description of factors."""

    num_vars: int
    names: list[str]
    bounds: list[list[float]]


def salib_problem(experiment: Experiment) -> SalibProblem:
    """Return SALib's description of the factors: all vary over the unit interval, whatever their range."""
    names = [column(factor) for factor in experiment.design.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def from_unit[V](
    u: Unit, levels: Sequence[Value] | Span, whole: bool
) -> NDArray[np.float64 | np.int64] | list[Value]:
    """Return values of a factor at places in the unit interval, (n,): along its range, or from its list."""
    if not isinstance(levels, Span):
        return [levels[min(int(value * len(levels)), len(levels) - 1)] for value in u]
    if levels.scale == "log":
        values = levels.low * (levels.high / levels.low) ** u
    else:
        values = levels.low + (levels.high - levels.low) * u
    values = np.clip(values, levels.low, levels.high)
    return np.rint(values).astype(np.int64) if whole else values


def _factorial(experiment: Experiment) -> pd.DataFrame:
    factors = experiment.design.factors
    levels = [factor_levels(experiment, factor) for factor in factors]
    total = math.prod(len(values) for values in levels)
    if total > MOST_POINTS:
        raise SweepError(
            f"the design has {total:,} points, more than {MOST_POINTS:,}: use fewer levels or a sample"
        )
    names = [column(factor) for factor in factors]
    if not names:
        return pd.DataFrame(index=range(1))
    columns, apart = {}, total
    for name, values in zip(names, levels, strict=True):
        apart //= len(values)
        places = np.arange(total) // apart % len(values)
        columns[name] = pd.Series(values).take(places).reset_index(drop=True)
    return pd.DataFrame(columns)


def factor_levels(experiment: Experiment, factor: str) -> list[Value]:
    """Return the values of a factor of a factorial design."""
    levels = experiment.design.factors[factor]
    if not isinstance(levels, Span):
        return list(levels)
    found = from_unit(np.linspace(0.0, 1.0, levels.n or 2), levels, is_whole(factor, experiment))
    return list(dict.fromkeys(np.asarray(found).tolist()))


def _from_file(experiment: Experiment) -> pd.DataFrame:
    path = Path(experiment.design.file or "")
    try:
        check_file(path)
        frame = parquet.read(path) if path.suffix == ".parquet" else _typed(path)
    except InputError as error:
        raise SweepError(f"design.file: {error}") from None
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())
        raise SweepError(f"design.file: {path} cannot be read ({said})") from None
    if "point" in frame:
        frame = frame.drop(columns="point")
    known = {column(factor): factor for factor in known_factors(experiment)}
    frame = frame.rename(columns={name: column(str(name)) for name in frame.columns})
    wrong = [str(name) for name in frame.columns if name not in known]
    if wrong:
        said = f"design.file: {path} has a column {shown_key(wrong[0])}, which is not a factor"
        raise SweepError(said + did_you_mean(wrong[0], known))
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise SweepError(f"design.file: {path} has two columns {shown_key(str(twice))}: each factor has one")
    if not len(frame) or frame.isna().any(axis=None):
        raise SweepError(f"design.file: {path} must have rows, and a value in every cell")
    for name in frame.columns:
        if not all(isinstance(cell, bool | int | float | str) for cell in frame[name].tolist()):
            said = f"design.file: {path}, column {shown_key(name)}"
            raise SweepError(f"{said}: it may hold numbers and texts only")
    factors = {known[name]: list(dict.fromkeys(frame[name].tolist())) for name in frame.columns}
    check_factors(
        experiment.model_copy(update={"design": experiment.design.model_copy(update={"factors": factors})})
    )
    return frame


def _typed(path: Path) -> pd.DataFrame:
    """Return a table whose columns hold whole numbers, numbers, truth values or else texts."""
    table = read_texts(path)
    header, rows = table.header, table.rows
    for number, cells in rows:
        blank = next((name for name, cell in zip(header, cells, strict=False) if not cell.strip()), None)
        what = "" if blank is None else f"column {shown_key(blank)}: is blank"
        if len(cells) != len(header):
            what = f"has {len(cells)} fields, the header has {len(header)}"
        if what:
            raise InputError([f"{path.name}, row {number}, {what}; every factor needs a value"])
    columns: dict[str, list[Value]] = {}
    for place, name in enumerate(header):
        texts = [cells[place].strip() for _, cells in rows]
        numbers = [read_number(text, ratio=True, separator=table.separator).value for text in texts]
        found = [number for number in numbers if isinstance(number, float)]
        if {text.lower() for text in texts} <= {"true", "false"}:
            columns[name] = [text.lower() == "true" for text in texts]
        elif len(found) < len(texts):
            columns[name] = list(texts)
        else:
            whole = all(re.fullmatch(r"[+-]?\d+", text) for text in texts)
            columns[name] = [int(text) for text in texts] if whole else list(found)
    if len(columns) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InputError([f"{path.name} has two columns {shown_key(twice)}: each factor has one"])
    return pd.DataFrame(columns)


def _filtered(frame: pd.DataFrame, experiment: Experiment) -> NDArray[np.int64]:
    where = experiment.design.where
    if where is None:
        return np.arange(len(frame))
    kept = rows_where(frame, where, "design.where")
    if not len(kept):
        raise SweepError(f"design.where leaves no point: {where}")
    return kept


def rows_where(frame: pd.DataFrame, condition: str, key: str) -> NDArray[np.int64]:
    """Return the rows of a frame that meet an SQL condition. Raises SweepError that names the key."""
    from experiments.sweep.fenced_sql import answer, fenced_connection

    with fenced_connection() as own:
        own.register("points", frame.assign(_row=np.arange(len(frame))))
        try:
            # A condition may come from an untrusted file.
            sql = f"select _row from points where ({condition}) order by _row"
            found = answer(own, sql, WHERE_SECONDS)["_row"]
        except SweepError as error:
            said = str(error).removeprefix("the query cannot be answered: ")
            raise SweepError(f"{key} cannot be understood: {condition} ({said})") from None
    return np.asarray(found, dtype=np.int64)
