"""Comparison of the model with published findings: ``computeleap validate``.

Rows are made by functions of `ValidationRuns`; add a new one to ``ROWS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from experiments.validation import compute_rows, fact_rows, invariant_rows, layout_rows, sign_rows
from experiments.validation.rows import Row, ValidationRuns

MakeRows = Callable[[ValidationRuns], list[Row]]
ROWS: Sequence[MakeRows] = (
    fact_rows.closed_rows,
    invariant_rows.invariant_rows,
    sign_rows.sign_rows,
    layout_rows.layout_rows,
    compute_rows.compute_rows,
    fact_rows.decade_rows,
)


def validate(runs: ValidationRuns, makers: Sequence[MakeRows] = ROWS) -> list[Row]:
    """Return the rows of all functions, in their order.

    Raises rows.ValidationInterrupted after Ctrl-C, RuntimeError if a run failed.
    """
    return [row for make_rows in makers for row in make_rows(runs)]


__all__ = ["ROWS", "Row", "ValidationRuns", "validate"]
