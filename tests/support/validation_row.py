"""A row of the validation with some fields changed."""

from __future__ import annotations

from typing import Any

from experiments.validation.rows import Row


def row(**changes: Any) -> Row:
    """Return a row that fails, with the changes."""
    given = {
        "id": "A7",
        "kind": "validation",
        "quantity": "share",
        "unit": "fraction",
        "published": "0.155",
        "source": "document 004",
        "measured": 0.2,
        "se": 0.01,
        "seeds": 8,
        "verdict": "fails",
        "scenario": "actual",
        "reason": "too much",
    }
    return Row(**{**given, **changes})
