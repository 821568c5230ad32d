"""Compute market in runs: rival capacity, no love of variety, binding links, prices that follow the load."""

from __future__ import annotations

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario

# Low friction, so that cities at a distance buy from the first quarter on.
PARAMETERS = Parameters(firms=300, burn_in=12, interoperability_friction=0.1)


def economy(cities, *openings: Opening, parameters: Parameters = PARAMETERS) -> RegionalModel:
    return RegionalModel(parameters, Scenario("test", "a test", openings=openings), 3, cities=cities)


def batch_share(model: RegionalModel) -> np.ndarray:
    """Share of each city's work that may wait with the only centre, (C,)."""
    return model.state["city_offers"]["share"].reshape(-1, 2)[:, 0].copy()


def city_facts(model: RegionalModel) -> dict[str, np.ndarray]:
    """All that cities and firms know of the compute market."""
    kinds, services = model.state["city_kinds"], model.state["city_services"]
    city = model.state["cities"]
    return {
        "price": kinds["price"],
        "demand": kinds["demand"],
        "cloud": services["cloud_share"],
        "bill": city["compute_bill"],
        "innovation": city["innovation"],
        "data": city["data"],
    }


def test_a_second_centre_at_the_same_price_and_place_changes_nothing(country):
    """Ample capacity: the quarter in which the second one opens, cities pay and use exactly as with one."""
    first = Opening("a", 4, "intelligent", 0, 30.0)
    alone = economy(country, first)
    both = economy(country, first, Opening("b", 4, "intelligent", 0, 30.0))
    alone.step()
    both.step()
    assert alone.state["providers"]["load"].sum() > 0
    assert alone.state["providers"]["utilisation"].max() < 0.9
    for name, values in city_facts(alone).items():
        np.testing.assert_allclose(city_facts(both)[name], values, rtol=1e-12, atol=0, err_msg=name)
    np.testing.assert_allclose(both.state["providers"]["load"].sum(), alone.state["providers"]["load"].sum())


def test_one_centre_or_two_halves_make_no_difference_ever(country):
    """The same capacity under two names: the whole history is the same, to rounding."""
    whole = economy(country, Opening("a", 4, "super", 0, 1.0))
    halves = economy(country, Opening("a", 4, "super", 0, 0.5), Opening("b", 4, "super", 0, 0.5))
    for _ in range(24):
        whole.step()
        halves.step()
        for name, values in city_facts(whole).items():
            np.testing.assert_allclose(city_facts(halves)[name], values, rtol=1e-9, err_msg=name)


def test_a_centre_that_no_user_prefers_changes_nothing(country):
    """A dearer offer is not bought, so it cannot make anyone's mean price rise."""
    dear = PARAMETERS.changed(interoperability_friction=2.0, opening_discount=0.0)
    none = economy(country, parameters=dear)
    one = economy(country, Opening("a", 4, "basic", 0, 1.0), parameters=dear)
    none.step()
    one.step()
    others = np.arange(len(country)) != 4
    price = [m.state["city_kinds"]["price"].reshape(-1, 3) for m in (none, one)]
    assert np.array_equal(price[0][others], price[1][others])


def test_a_full_centre_takes_no_new_contracts(country):
    model = economy(country, Opening("a", 0, "basic", 0, 0.001))
    for _ in range(8):
        model.step()
    centre = model.state["providers"]
    assert centre["served"][0] <= centre["capacity"][0]
    assert model.state["city_services"]["cloud_share"].reshape(-1, 6)[1:, 0].min() > 0.9


def test_without_remote_access_only_the_host_is_served(country):
    model = economy(country, Opening("a", 4, "basic", 0), parameters=PARAMETERS.changed(remote_access=0.0))
    for _ in range(8):
        model.step()
    share = model.state["city_offers"]["share"].reshape(-1, 2)
    assert (share[4] > 0.8).all()
    assert (np.delete(share, 4, axis=0) == 0).all()


def test_price_falls_when_idle_to_marginal_cost_and_no_lower(country):
    model = economy(country, Opening("a", 4, "super", 0, 50.0))
    seen, first = [], None
    for _ in range(40):
        model.step()
        seen.append(float(model.state["providers"]["price"][0]))
        assert seen[-1] >= model.state["providers"]["unit_cost"][0]
        first = first or float(model.state["kinds"]["cloud_price"][2])
    assert seen[0] < 0.8 * first
    assert seen[-1] == model.state["providers"]["unit_cost"][0]


def test_a_full_link_cuts_what_reaches_the_centre_and_the_centre_buys_the_rest(country):
    thin = PARAMETERS.changed(traffic_basic=20_000.0)
    model = economy(country, Opening("a", 4, "basic", 0, 1.0), parameters=thin)
    model.step()
    centre, arrays = model.state["providers"], model.state.arrays
    assert arrays["route_carried"].min() < 1.0
    assert (arrays["link_load"] <= arrays["link_capacity"] * (1 + 1e-9)).all()
    assert centre["overflow"][0] > 0.1 * centre["load"][0]
    before = batch_share(model)
    model.step()
    full = arrays["route_carried"][0] < 1.0
    full[4] = False
    # No new contracts over a route that did not carry all of last quarter's traffic.
    assert (batch_share(model)[full] < before[full]).all()


def test_tasks_bring_data_to_their_host(country):
    with_centre, without = economy(country, Opening("a", 4, "basic", 0, 100.0)), economy(country)
    for _ in range(12):
        with_centre.step()
        without.step()
    stock = [m.state["cities"]["data_stock"] for m in (with_centre, without)]
    assert with_centre.state["cities"]["hosted_tasks"][4] > 0
    assert stock[0][4] > stock[1][4]


@pytest.mark.parametrize("kind", ["basic", "intelligent", "super"])
def test_power_is_cheaper_in_the_west_and_so_is_compute(country, kind):
    west = int(np.flatnonzero(country["region"] == "west")[0])
    east = int(np.flatnonzero(country["region"] == "east")[0])
    model = economy(country, Opening("w", west, kind, 0), Opening("e", east, kind, 0))
    model.step()
    low, high = model.state["providers"]["unit_cost"]
    assert low == pytest.approx(0.335 + 0.372 * 1.25 * 0.39)
    assert high == pytest.approx(0.335 + 0.372 * 1.25 * 0.57)
