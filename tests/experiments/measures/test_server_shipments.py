"""Shares of regions in servers: of a small run, and next to the published ones."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.measures import server_shipments
from experiments.measures.server_shipments import (
    PLACES,
    machines,
    place_of,
    published_shares,
    shipment_shares,
)
from model import Opening, Parameters, RegionalModel, Scenario


def test_the_published_shares_are_those_of_the_document():
    shares = published_shares()
    assert list(shares.index) == list(PLACES)
    assert shares["Jing-Jin-Ji"] == pytest.approx(236.7 / (236.7 + 98.0 + 67.4 + 1.6))


def test_cities_belong_to_the_place_of_their_province_or_to_the_west():
    cities = pd.DataFrame(
        {"province": ["Hebei", "Zhejiang", "Sichuan", "Henan"], "region": ["east", "east", "west", "central"]}
    )
    assert list(place_of(cities)) == ["Jing-Jin-Ji", "Yangtze Delta", "West", ""]


def test_machines_are_those_of_centres_and_of_the_cloud(country):
    west = int(country["region"].eq("west").to_numpy().nonzero()[0][0])
    scenario = Scenario("one", "x", openings=(Opening("a", west, "basic", 0, 2.0),))
    model = RegionalModel(Parameters(firms=150, burn_in=2), scenario, 1, cities=country)
    model.run_until(2005)
    found = machines(model)
    kinds, weight = model.state["kinds"], model.state["cities"]["cloud_weight"]
    cloud = float((kinds["cloud_demand"] * kinds["cost_level"]).sum())
    capacity = model.state["providers"]["capacity"][0] * kinds["cost_level"][0]
    assert found[west] - weight[west] * cloud == pytest.approx(capacity)
    assert found.sum() == pytest.approx(capacity + cloud)
    # made-up provinces are no place of the document
    assert shipment_shares(model).to_dict() == pytest.approx(dict.fromkeys(PLACES, 0.0) | {"West": 1.0})


def test_the_verdict_asks_for_order_and_level():
    published = pd.Series([0.6, 0.2, 0.15, 0.05], index=PLACES)
    assert server_shipments.verdict(published, published) == "holds"
    assert server_shipments.verdict(published.mask(published == 0.6, 0.48), published) == "fails"
    assert server_shipments.verdict(published.mask(published == 0.15, 0.21), published) == "fails"
