"""Ears of the page: what an event brings is of the kind that its handler takes, or is not heard.

A browser of one's own making can say anything; a handler behind one of these gets a whole number, a word of
a list, a short text or a form, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

Heard = Callable[..., None]
MOST_LETTERS = 200


def signal(act: Callable[[], Any]) -> Heard:
    """Something happened; what it brings does not matter."""

    def heard(_: Any = None, __: Any = None) -> None:
        act()

    return heard


def whole(act: Callable[[int], Any]) -> Heard:
    """A whole number, not negative."""

    def heard(said: Any = None, _: Any = None) -> None:
        if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
            act(said)

    return heard


def word(act: Callable[[str], Any], allowed: Container[str]) -> Heard:
    """One of the words that are allowed."""

    def heard(said: Any = None, _: Any = None) -> None:
        if isinstance(said, str) and said in allowed:
            act(said)

    return heard


def text(act: Callable[[str], Any]) -> Heard:
    """A text, or a number as text; no more than its first 200 letters."""

    def heard(said: Any = None, _: Any = None) -> None:
        if isinstance(said, str | int | float):
            act(str(said)[:MOST_LETTERS])

    return heard


def form(act: Callable[[Mapping[str, Any]], Any]) -> Heard:
    """Fields by name, each a text, a number, a choice or empty."""

    def heard(said: Any = None, _: Any = None) -> None:
        if isinstance(said, dict) and all(
            isinstance(value, str | int | float | None) for value in said.values()
        ):
            act(said)

    return heard
