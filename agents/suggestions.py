"""Names, keys and values as sentences give them, and answers to a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5, most: int = 3) -> str:
    """The known names most like this one, as ``a or b``; empty if none is like it.

    ``cutoff``: how alike a name must be, 0 to 1.
    """
    return " or ".join(difflib.get_close_matches(name, list(known), n=most, cutoff=cutoff))


def shown(value: object, longest: int = 60) -> str:
    """A value as a sentence names it: on one line and not too long, whatever it is."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a whole number of thousands of digits"
    return text if len(text) <= longest else f"{text[:longest]}…"


def shown_key(key: str) -> str:
    """A key of a file as a sentence names it: in quotes and cut if it is long, empty or cannot be printed."""
    return key if 0 < len(key) <= 60 and key.isprintable() and key.strip() == key else repr(key[:60])
