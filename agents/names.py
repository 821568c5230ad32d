"""Answers to a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5, most: int = 3) -> str:
    """The known names most like this one, as ``a or b``; empty if none is like it.

    ``cutoff``: how alike a name must be, 0 to 1.
    """
    return " or ".join(difflib.get_close_matches(name, list(known), n=most, cutoff=cutoff))
