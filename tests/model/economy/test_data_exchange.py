"""Data between cities: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.data_exchange import exchange_data
from tests.support.call_market import after

# Cities 0 and 1 have a treaty, city 2 is alone.
SHARED = {
    "city_data_stock": [4.0, 2.0, 10.0],
    "city_ip_protection": [0.5, 1.0, 0.25],
    "city_treaty": [0.0, 0.0, 1.0],
    "city_shared_data": [7.0] * 3,
    "treaty_data": [7.0, 7.0],
    "data_barrier": 0.9,
    "treaty_barrier": 0.5,
    "data_rights": 1.0,
}


def test_partners_of_a_treaty_share_more_and_owners_ask_for_rights():
    found = after(exchange_data, **SHARED)
    # offered 4 · 0.5, 2 and 10 · 0.25
    assert found.city_shared_data == pytest.approx([0.5 * 2.0 + 0.25, 0.5 * 2.0 + 0.25, 0.1 * 4.0])


def test_without_rights_to_ask_for_all_is_offered():
    found = after(exchange_data, **{**SHARED, "data_rights": 0.0})
    assert found.city_shared_data == pytest.approx([0.5 * 2.0 + 1.0, 0.5 * 4.0 + 1.0, 0.1 * 6.0])


def test_closed_barriers_let_nothing_pass():
    found = after(exchange_data, **{**SHARED, "data_barrier": 1.0, "treaty_barrier": 1.0})
    assert found.city_shared_data == [0.0] * 3
