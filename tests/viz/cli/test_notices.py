"""Remarks of the model are shown once each."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from viz.cli.notices import TELLERS, hide_notices, show_notices


@pytest.fixture
def teller() -> Iterator[logging.Logger]:
    found = logging.getLogger(TELLERS[0])
    handlers, level = found.handlers, found.level
    yield found
    found.handlers = handlers
    found.setLevel(level)


def test_each_remark_is_shown_once(teller: logging.Logger) -> None:
    shown: list[str] = []
    show_notices(shown.append)
    for city in ("A", "A", "B"):
        teller.info("%s is read as a city", city)
    teller.debug("not for users")
    assert shown == ["A is read as a city", "B is read as a city"]
    hide_notices()
    teller.info("C is read as a city")
    assert len(shown) == 2
