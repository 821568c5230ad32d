"""Validators of widget events: drop payloads of an unexpected type.

A browser can send any payload. A handler wrapped by one of these functions receives a whole number, a word
of a list, a short text or a form, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

EventHandler = Callable[..., None]
FormValue = str | int | float | None
Form = Mapping[str, FormValue]
MAX_LETTERS = 200
MAX_ADDRESS = 6000


def signal(act: Callable[[], object]) -> EventHandler:
    """Pass on that the event happened, without its payload."""

    def handle(_: object = None, __: object = None) -> None:
        act()

    return handle


def natural_number(act: Callable[[int], object]) -> EventHandler:
    """Pass on a whole number that is not negative."""

    def handle(payload: object = None, _: object = None) -> None:
        if isinstance(payload, int) and not isinstance(payload, bool) and payload >= 0:
            act(payload)

    return handle


def step_of_one(act: Callable[[int], object]) -> EventHandler:
    """Pass on 1 or −1."""

    def handle(payload: object = None, _: object = None) -> None:
        if isinstance(payload, int) and not isinstance(payload, bool) and payload in (1, -1):
            act(payload)

    return handle


def one_of(allowed: Container[str], act: Callable[[str], object]) -> EventHandler:
    """Pass on one of the allowed words."""

    def handle(payload: object = None, _: object = None) -> None:
        if isinstance(payload, str) and payload in allowed:
            act(payload)

    return handle


def short_text(act: Callable[[str], object]) -> EventHandler:
    """Pass on a text, or a number as text, cut to its first 200 letters."""

    def handle(payload: object = None, _: object = None) -> None:
        if isinstance(payload, str | int | float):
            act(str(payload)[:MAX_LETTERS])

    return handle


def form(act: Callable[[Form], object]) -> EventHandler:
    """Pass on fields by name, each a text, a number, a truth value or empty."""

    def handle(payload: object = None, _: object = None) -> None:
        if isinstance(payload, dict) and all(
            isinstance(value, str | int | float | None) for value in payload.values()
        ):
            act(payload)

    return handle


def address_form(act: Callable[[str, str], object]) -> EventHandler:
    """Pass on the address of a browser and its language, each cut to what they may hold."""

    def handle(payload: object = None, _: object = None) -> None:
        if isinstance(payload, dict):
            address, language = payload.get("address"), payload.get("language")
            if isinstance(address, str) and isinstance(language, str):
                act(address[:MAX_ADDRESS], language[:MAX_LETTERS])

    return handle
