"""The model against everything that is published about its subject: ``computeleap validate``.

A provider is a function of a ``Context`` that gives rows; a new one is added to ``ROWS``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from experiments.validation.compute_rows import compute_rows
from experiments.validation.fact_rows import closed_rows, decade_rows
from experiments.validation.invariant_rows import invariant_rows
from experiments.validation.layout_rows import layout_rows
from experiments.validation.rows import Context, Row
from experiments.validation.sign_rows import sign_rows

ROWS: Sequence[Callable[[Context], list[Row]]] = (
    closed_rows, invariant_rows, sign_rows, layout_rows, compute_rows, decade_rows,
)  # fmt: skip


def validate(context: Context, providers: Sequence[Callable[[Context], list[Row]]] = ROWS) -> list[Row]:
    """All rows of all providers, in their order.

    Raises rows.Interrupted after Ctrl-C, RuntimeError if a run failed.
    """
    return [row for provider in providers for row in provider(context)]


__all__ = ["ROWS", "Context", "Row", "validate"]
