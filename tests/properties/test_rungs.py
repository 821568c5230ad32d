"""Runs with rungs of value added: accounts, rungs and indices; off means off."""

from __future__ import annotations

import numpy as np
import pytest

from agents.value_chain import RUNGS
from model import Parameters, RegionalModel

ON = {"chain_leap": 0.8}


TINY = Parameters(firms=400, burn_in=12)


def grown(country, quarters=8, scenario="random_hosts", parameters=TINY, **how):
    model = RegionalModel(parameters, scenario, 4, cities=country, **how)
    for _ in range(quarters):
        model.step()
    return model


@pytest.fixture(scope="module")
def states(country):
    """A model with rungs, and its tables after each of eight quarters."""
    model = RegionalModel(TINY, "random_hosts", 4, cities=country, **ON)
    found = []
    for _ in range(8):
        before = {c: v.copy() for c, v in model.state["firms"].columns.items()}
        model.step()
        after = {t: {c: v.copy() for c, v in m.columns.items()} for t, m in model.state.tables.items()}
        found.append((before, after))
    return model, found


def test_what_a_tier_pays_upstream_the_tier_above_receives(states):
    model, found = states
    cities = len(model.cities)
    for before, tables in found:
        firms, cell = tables["firms"], tables["city_tiers"]
        sold = before["alive"] > 0.5
        paid = np.zeros(cities * 4)
        share = 0.6 * firms["purchase_factor"] * firms["revenue"]
        np.add.at(paid, before["city_tier"][sold], share[sold])
        demand = cell["demand"].reshape(cities, 4)
        np.testing.assert_allclose(demand[:, :3], paid.reshape(cities, 4)[:, 1:], rtol=1e-9, atol=1e-12)
        # All demand that any supply reaches is somebody's sales.
        sales = np.zeros(4)
        np.add.at(sales, firms["tier"][sold], firms["revenue"][sold])
        reached = np.where(cell["competition"] > 0, cell["demand"], 0.0).reshape(cities, 4).sum(0)
        np.testing.assert_allclose(sales, reached, rtol=1e-9)


def test_value_added_and_purchases_are_all_of_sales(states):
    _, found = states
    for before, tables in found:
        firms, city = tables["firms"], tables["cities"]
        sold = before["alive"] > 0.5
        # The first tier buys from no other; all other purchases are some firm's sales.
        bought = 0.6 * firms["purchase_factor"] * firms["revenue"] * (firms["tier"] > 0)
        np.testing.assert_allclose(
            city["value_added"].sum() + bought[sold].sum(), city["revenue"].sum(), rtol=1e-9
        )
        kept = np.bincount(before["city"][sold], (firms["revenue"] - bought)[sold], len(city["firms"]))
        np.testing.assert_allclose(city["value_added"], kept, rtol=1e-9, atol=1e-12)
        factors = (1.0 - 0.6 * firms["purchase_factor"]) / 0.4 * firms["revenue"]
        weighted = np.bincount(before["city"][sold], factors[sold], len(city["firms"]))
        np.testing.assert_allclose(city["value_factor"] * city["revenue"], weighted, rtol=1e-9, atol=1e-12)


def test_talent_and_firms_add_up_with_rungs(states):
    _, found = states
    for before, tables in found:
        city = tables["cities"]
        np.testing.assert_allclose(city["talent"].sum(), city["talent_endowment"].sum(), rtol=1e-9)
        grown = city["entrants"].sum() - city["exits"].sum()
        assert tables["firms"]["alive"].sum() == before["alive"].sum() + grown


def test_firms_climb_and_fall_by_one_rung_and_start_at_the_bottom(states):
    model, found = states
    climbs = falls = 0.0
    for before, tables in found:
        firms = tables["firms"]
        alive, new = firms["alive"] > 0.5, firms["age"] == 0.0
        assert set(np.unique(firms["rung"][alive])) <= set(range(len(RUNGS)))
        assert (firms["rung"][alive & new] == 0.0).all()
        stayed = alive & ~new & (before["alive"] > 0.5)
        moved = (firms["rung"] - before["rung"])[stayed]
        assert np.array_equal(moved, (firms["climbed"] - firms["fell"])[stayed])
        climbs += tables["cities"]["climbs"].sum()
        falls += tables["cities"]["falls"].sum()
        assert tables["cities"]["climbs"].sum() == firms["climbed"][alive].sum()
    assert climbs > falls > 0.0
    assert model.state["firms"]["rung"].max() > 1.0


def test_indices_are_what_they_say(states):
    _, found = states
    before, tables = found[-1]
    city, firms = tables["cities"], tables["firms"]
    sold = before["alive"] > 0.5
    for c in range(len(city["firms"])):
        mine = np.flatnonzero(sold & (before["city"] == c))
        sales = firms["revenue"][mine]
        # Rungs and partners as they were while the sales were made.
        np.testing.assert_allclose(city["chain_level"][c], np.average(before["rung"][mine], weights=sales))
        np.testing.assert_allclose(city["chain_position"][c], before["rung"][mine].mean())
        share = np.bincount(firms["tier"][mine], weights=sales, minlength=4) / sales.sum()
        share = share[share > 0]
        np.testing.assert_allclose(city["chain_tiers"][c], np.exp(-(share * np.log(share)).sum()))
        lengths, links, local = [], 0, 0
        for i in mine:
            length, at = 1, i
            while (
                before["alive"][s := before["supplier"][at]] > 0.5 and before["tier"][s] < before["tier"][at]
            ):
                length, at = length + 1, s
            lengths.append(length)
            for partner in (before["supplier"][i], before["customer"][i]):
                links += before["alive"][partner] > 0.5
                local += before["alive"][partner] > 0.5 and before["city"][partner] == c
        np.testing.assert_allclose(city["chain_length"][c], np.average(lengths, weights=sales))
        np.testing.assert_allclose(city["chain_density"][c], links / len(mine))
        np.testing.assert_allclose(city["chain_locality"][c], local / links)
        digital = (firms["digital_revenue"][mine]).sum()
        np.testing.assert_allclose(city["chain_mode"][c], digital / sales.sum(), atol=1e-12)


def test_partners_stay_in_their_tier(country):
    model = grown(country, 12, **ON, rewiring=1.0)
    firms = model.state["firms"]
    start = RegionalModel(TINY, "none", 4, cities=country)
    for side in ("supplier", "customer"):
        assert np.array_equal(
            firms["tier"][firms[side]], start.state["firms"]["tier"][start.state["firms"][side]]
        )
        assert not np.array_equal(firms[side], start.state["firms"][side])
    assert np.array_equal(firms["prospect"], firms["city"][firms["customer"]])


def test_off_means_that_nothing_is_there(country):
    model = grown(country, 1, chain_leap=0.0)
    assert "rung" not in model.state["firms"]
    assert "chain_level" not in model.history
    assert "chain_level" not in model.panel()
    assert {"chain_level", "climbs"} <= set(grown(country, 1, **ON).panel())


def test_rungs_that_are_worth_nothing_change_nothing_else(country):
    without, worthless = grown(country, chain_leap=0.0), grown(country, **ON, rung_margin=0.0, rewiring=0.0)
    for table in without.state.tables:
        for column in without.state[table]:
            assert np.array_equal(without.state[table][column], worthless.state[table][column]), column
    assert worthless.state["firms"]["rung"].max() > 0


def test_a_rate_near_zero_leaves_all_firms_at_the_bottom(country):
    model = grown(country, chain_leap=1e-12)
    alive = model.state["firms"]["alive"] > 0.5
    assert (model.state["firms"]["rung"][alive] == 0.0).all()
    assert np.array_equal(model.state["cities"]["chain_level"], np.zeros(len(country)))


def test_whole_runs_are_the_same_bits_interpreted_and_compiled(country):
    small = TINY.changed(firms=120, burn_in=2, **ON, rewiring=1.0)
    one, other = (grown(country, 3, parameters=small, engine=e) for e in ("compiled", "interpreted"))
    for name, table in one.state.tables.items():
        for column in table:
            assert np.array_equal(table[column], other.state[name][column]), f"{name}.{column}"


def test_twins_are_alike_until_a_centre_opens(country):
    hosts = grown(country, 8, **ON)
    none = grown(country, 8, "none", **ON)
    assert hosts.openings
    assert hosts.openings[0].quarter == 20
    for column in none.state["firms"]:
        assert np.array_equal(hosts.state["firms"][column], none.state["firms"][column]), column


def test_no_demand_upstream_leaves_indices_defined(country):
    model = grown(country, intermediate_share=0.0, **ON)
    for table in model.state.tables.values():
        for column in table:
            assert np.isfinite(table[column]).all(), column
