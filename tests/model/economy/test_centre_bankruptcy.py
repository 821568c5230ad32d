"""Bankruptcy of centres: worked numbers."""

from __future__ import annotations

import numpy as np

from model.economy.centre_bankruptcy import close_bankrupt_centres
from tests.support.call_market import after


def test_a_failed_centre_leaves_a_free_row():
    names = ("operating", "opens", "taken", "built", "capacity", "equity", "load", "utilisation")
    given = {f"provider_{name}": [5.0, 6.0, 7.0] for name in names}
    found = after(close_bankrupt_centres, provider_failing=[0.0, 1.0, 0.0], nation_failures=[9.0], **given)
    for name in names:
        assert getattr(found, f"provider_{name}") == [5.0, 1e9 if name == "opens" else 0.0, 7.0], name
    assert found.provider_failing == [0.0, 0.0, 0.0]
    assert found.nation_failures == [1.0]
    both = after(close_bankrupt_centres, provider_failing=[1.0, 0.0, 1.0], nation_failures=[9.0], **given)
    assert both.nation_failures == [2.0]


def test_a_centre_that_fails_is_shut_and_its_row_is_free():
    failing, failures = np.array([0.0, 1.0, 1.0]), np.array([9.0])
    columns = [np.full(3, 5.0) for _ in range(8)]
    close_bankrupt_centres(failing, *columns, failures)
    assert failing.tolist() == [0.0, 0.0, 0.0]
    assert failures.tolist() == [2.0]
    operating, opens, *rest = columns
    assert operating.tolist() == [5.0, 0.0, 0.0]
    assert opens.tolist() == [5.0, 1e9, 1e9]
    assert all(column.tolist() == [5.0, 0.0, 0.0] for column in rest)
