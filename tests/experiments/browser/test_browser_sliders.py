"""Sliders act in the quarters alone: the tables before the burn-in do not depend on them."""

import numpy as np

from experiments.browser.browser_sliders import OFFERED, sliders
from model import Parameters, RegionalModel
from model.country.country import build_country
from model.country.synthetic import synthetic_country

SMALL = Parameters(firms=150, burn_in=0)


def test_no_slider_changes_the_first_tables():
    country = build_country(synthetic_country(12, 3))
    first = RegionalModel(SMALL, "poor_sites_network", 1, country=country)
    offered = sliders(SMALL, first.engine)
    assert {one["name"] for one in offered} <= set(OFFERED)
    assert len(offered) >= 12
    before = first.fresh_copy().state
    for one in offered:
        assert one["low"] <= one["value"] <= one["high"]
        changed = RegionalModel(
            SMALL, "poor_sites_network", 1, country=country, **{one["name"]: one["high"]}
        ).fresh_copy()
        for name, table in before.tables.items():
            for column in table:
                assert np.array_equal(changed.state[name][column], table[column]), (one["name"], column)
