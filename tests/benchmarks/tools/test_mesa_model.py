"""The reduced economy in Mesa."""

from __future__ import annotations

from tests.support.reduced_economies import assert_follows_numpy


def test_it_follows_the_equations() -> None:
    assert_follows_numpy("mesa")
