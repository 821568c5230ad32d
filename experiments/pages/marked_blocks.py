"""Blocks of a page between two marks, which programs renew."""

from __future__ import annotations

from collections.abc import Callable


def replace_block(text: str, begin: str, end: str, make: Callable[[], str]) -> str:
    """Return the text with a new block between its marks. Raises ValueError if it has no such marks."""
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"there is no block from {begin} to {end}")
    return f"{before}{begin}\n{make()}\n{end}{after}"
