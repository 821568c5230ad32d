"""Entry, exit and relocation of firms: worked numbers."""

from __future__ import annotations

import math

import pytest

from model.economy.entry_exit import renew_firms
from tests.support.call_market import after

# Rows: a firm that closes, one that moves to its customer's city, one that would move to where it is, one
# that stays, a founder who starts, one who does not. Two cities, three tiers.
FIRMS = {
    "firm_alive": [1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
    "firm_entering": [0.0, 0.0, 0.0, 1.0, 1.0, 0.0],
    "firm_exiting": [1.0, 0.0, 0.0, 0.0, 1.0, 1.0],
    "firm_relocating": [1.0, 1.0, 1.0, 0.0, 1.0, 1.0],
    "firm_city": [1, 0, 1, 0, 0, 0],
    "firm_home": [0, 0, 1, 1, 1, 0],
    "firm_tier": [0, 1, 1, 2, 2, 1],
    "firm_city_tier": [3, 1, 4, 2, 2, 1],
    "firm_customer": [1, 2, 3, 3, 1, 4],
    "firm_prospect": [0, 1, 1, 1, 0, 0],
    "firm_prospect_tier": [0, 4, 4, 5, 2, 1],
    "city_entrants": [9.0, 9.0],
    "city_exits": [9.0, 9.0],
    "city_arrivals": [9.0, 9.0],
    "tier_weight_basic": [1.0, 1.0, 1.0],
}
LEFT_BEHIND = """age adopter innovation_probability revenue digital_revenue research_spending
compute_spending labour_spending innovated lines value_added profit"""
FIRMS |= {f"firm_{name}": [0.5] * 6 for name in LEFT_BEHIND.split()}
FIRMS |= {
    "firm_quality": [0.5] * 6,
    "nation_mean_supply": [8.0],
    "quality_elasticity": 3.0,
    "entry_gap": 0.25,
}


def test_firms_are_counted_where_they_close_arrive_and_start():
    found = after(renew_firms, **FIRMS)
    assert found.firm_alive == [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert found.city_exits == [0.0, 1.0]
    assert found.city_arrivals == [0.0, 1.0]
    assert found.city_entrants == [0.0, 1.0]


def test_a_firm_moves_with_its_tier_and_a_founder_starts_at_home():
    found = after(renew_firms, **FIRMS)
    assert found.firm_city == [1, 1, 1, 0, 1, 0]
    assert found.firm_city_tier == [3, 4, 4, 2, 5, 1]
    # and all look at where their customers are now, in their own tier
    assert found.firm_prospect == [1, 1, 0, 0, 1, 1]
    assert found.firm_prospect_tier == [3, 4, 1, 2, 5, 4]


def test_a_founder_starts_with_nothing_of_what_an_earlier_firm_left():
    found = after(renew_firms, **FIRMS)
    for name in LEFT_BEHIND.split():
        column = getattr(found, f"firm_{name}")
        closed = 0.0 if name in ("adopter", "innovation_probability") else 0.5
        assert column == [closed, 0.5, 0.5, 0.5, 0.0, 0.5], name


def test_entrants_are_below_the_firm_of_average_supply():
    found = after(renew_firms, **FIRMS)
    # a firm of supply 8 has quality ln 8 / 3 = ln 2
    assert found.firm_quality == pytest.approx([0.5, 0.5, 0.5, 0.5, math.log(2.0) - 0.25, 0.5])
    # where quality does not sell, or before anything was supplied, average quality is 0
    for changes in ({"quality_elasticity": 0.0}, {"nation_mean_supply": [0.0]}):
        assert after(renew_firms, **{**FIRMS, **changes}).firm_quality[4] == -0.25
