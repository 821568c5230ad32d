"""What a browser says, taken with care: the page's own parts send numbers, short texts and small tables.

Anybody can send something else over the same connection. What has not the shape of something that the page
can say is left aside, so that it becomes neither an error on the server nor a state that the page never has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def named(said: object) -> Mapping[str, Any]:
    """A table of what was said by name; empty if it is none."""
    return said if isinstance(said, Mapping) else {}


def whole(said: object) -> int | None:
    """A whole number, or a text of one, of at most nine digits; None if it is none."""
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) <= 9:
        return int(said)
    if (
        isinstance(said, bool)
        or not isinstance(said, int | float)
        or not abs(said) < 1e9
        or said != int(said)
    ):
        return None
    return int(said)


def one_of(said: object, known: Collection[Any]) -> Any:
    """What was said, if it is one of those that are known; None if not."""
    return said if isinstance(said, str | int) and not isinstance(said, bool) and said in known else None
