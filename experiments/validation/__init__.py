"""Comparison of the model with published findings: ``computeleap validate``.

A provider is a function from `ValidationRuns` to rows; add a new one to ``ROWS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from experiments.validation import compute_rows, fact_rows, invariant_rows, layout_rows, sign_rows
from experiments.validation.rows import Row, ValidationRuns

Provider = Callable[[ValidationRuns], list[Row]]
ROWS: Sequence[Provider] = (
    fact_rows.closed_rows,
    invariant_rows.invariant_rows,
    sign_rows.sign_rows,
    layout_rows.layout_rows,
    compute_rows.compute_rows,
    fact_rows.decade_rows,
)


def validate(runs: ValidationRuns, providers: Sequence[Provider] = ROWS) -> list[Row]:
    """Return the rows of all providers, in their order.

    Raises rows.ValidationInterrupted after Ctrl-C, RuntimeError if a run failed.
    """
    return [row for provider in providers for row in provider(runs)]


__all__ = ["ROWS", "Row", "ValidationRuns", "validate"]
