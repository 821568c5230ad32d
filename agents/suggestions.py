"""Names, keys and values as messages show them, and suggestions for a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5, most: int = 3) -> str:
    """Return the known names most like this one, as ``a or b``; empty if none is similar.

    ``cutoff``: the similarity that a name must have, 0 to 1; one that is much less like it than the first
    is left out.
    """
    near = difflib.get_close_matches(name, list(dict.fromkeys(known)), n=most, cutoff=cutoff)
    alike = [difflib.SequenceMatcher(None, one, name).ratio() for one in near]
    return " or ".join(one for one, like in zip(near, alike, strict=True) if like > alike[0] - 0.3)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", cutoff: float = 0.5) -> str:
    """Return the end of a message on an unknown name: the nearest known ones, or ``otherwise``."""
    near = nearest(name, known, cutoff)
    return f"; did you mean {near}?" if near else otherwise


def shown(value: object, longest: int = 60) -> str:
    """Return a value as a message shows it: on one line and not too long, whatever it is."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a whole number of thousands of digits"
    return text if len(text) <= longest else f"{text[:longest]}…"


def shown_key(key: str) -> str:
    """Return a key of a file as a message shows it: quoted and cut if it is long, empty or unprintable."""
    return key if 0 < len(key) <= 60 and key.isprintable() and key.strip() == key else repr(key[:60])
