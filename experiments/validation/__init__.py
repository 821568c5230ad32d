"""Comparison of the model with published findings: ``computeleap validate``.

Rows are made by functions of `ValidationRuns`; add a new one to ``ROWS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from experiments.validation import (
    base_year_rows,
    distance_rows,
    economy_facts,
    emergence,
    fact_rows,
    invariant_rows,
    layout_rows,
    multiplier_rows,
    parameter_rows,
    robustness_rows,
    sign_rows,
)
from experiments.validation.rows import Row, ValidationRuns

MakeRows = Callable[[ValidationRuns], list[Row]]
ROWS: Sequence[MakeRows] = (
    fact_rows.closed_rows,
    invariant_rows.invariant_rows,
    sign_rows.sign_rows,
    emergence.emergence_rows,
    layout_rows.layout_rows,
    parameter_rows.parameter_rows,
    robustness_rows.robustness_rows,
    multiplier_rows.multiplier_rows,
    economy_facts.fact_rows,
    base_year_rows.base_year_rows,
    distance_rows.distance_rows,
    fact_rows.decade_rows,
)


def validate(runs: ValidationRuns, makers: Sequence[MakeRows] = ROWS) -> list[Row]:
    """Return the rows of all functions, in their order, and unless quick the number of facts that hold.

    Raises rows.ValidationInterrupted after Ctrl-C, RuntimeError if a run failed.
    """
    rows = [row for make_rows in makers for row in make_rows(runs)]
    return rows if runs.quick else [*rows, economy_facts.count_row(rows)]


__all__ = ["ROWS", "Row", "ValidationRuns", "validate"]
