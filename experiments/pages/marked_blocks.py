"""Blocks of a page between two marks, which programs renew."""

from __future__ import annotations


def replace_block(text: str, begin: str, end: str, block: str) -> str:
    """Return the text with ``block`` between its marks. Raises ValueError if it has no such marks."""
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"there is no block from {begin} to {end}")
    return f"{before}{begin}\n{block}\n{end}{after}"
