"""Techniques learned by doing: diffusion by hand, experience adds up, limits of the dial, off means off."""

import numpy as np
import pytest

from model import Parameters, RegionalModel
from model.economy.technique_diffusion import share_experience
from model.engine.compile.compile_kernel import compiled_procedure

TINY = Parameters(firms=400, burn_in=12)
ARRIVAL = {"paradigm_arrival": 2006.0}


def grown(country, quarters=16, scenario="random_hosts", parameters=TINY, **how):
    model = RegionalModel(parameters, scenario, 4, cities=country, **how)
    for _ in range(quarters):
        model.step()
    return model


def assert_same(one, other, names=None):
    for name in names or one.state.tables:
        for column in one.state[name]:
            assert np.array_equal(one.state[name][column], other.state[name][column]), f"{name}.{column}"


# ── Experience ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("psi", "reach", "expected"),
    [
        (0.0, 500.0, [8.0, 2.0]),  # each its own
        # half own, half the mean with weights 1 and e^(−ln 2) = ½: (8 + 1) / 1.5 = 6, (4 + 2) / 1.5 = 4
        (0.5, 300.0 / np.log(2.0), [7.0, 3.0]),
        (1.0, 1e15, [5.0, 5.0]),  # all the country's mean
    ],
)
def test_experience_reaches_others_as_the_dial_says(psi, reach, expected):
    old, new = np.array([8.0, 2.0]), np.array([2.0, 8.0])
    reached = np.zeros(2), np.zeros(2)
    compiled_procedure(share_experience)(old, new, *reached, np.array([0.0, 300.0, 300.0, 0.0]), psi, reach)
    np.testing.assert_allclose(reached[0], expected, rtol=1e-12)
    np.testing.assert_allclose(reached[1], expected[::-1], rtol=1e-12)


def test_experience_grows_by_sales_with_the_technique(country):
    model = grown(country, 7, **ARRIVAL, relocation_rate=0.0)
    for _ in range(6):
        before = {c: model.state["cities"][c].copy() for c in ("old_experience", "new_experience")}
        worked = model.state["firms"]["alive"] > 0.5
        with_new = model.state["firms"]["technique"] > 0.5
        model.step()
        city, firms = model.state["cities"], model.state["firms"]
        for column, mine in (("old_experience", worked & ~with_new), ("new_experience", worked & with_new)):
            # Nobody moves, and founders start in rows that did not work: rows still show where it was.
            sales = np.bincount(firms["city"][mine], weights=firms["revenue"][mine], minlength=12)
            per_firm = sales / (city["firms"] + 1e-9) / (model.state["nation"]["mean_revenue"][0] + 1e-9)
            np.testing.assert_allclose(city[column] - before[column], per_firm, rtol=1e-9, atol=1e-9)
    assert city["new_experience"].max() > 0.0


@pytest.fixture(scope="module")
def arrived(country):
    return grown(country, 60, **ARRIVAL, relocation_rate=0.0)


def test_no_city_has_the_new_technique_before_it_arrives(arrived):
    share = np.array(arrived.history["technique_share"])
    # 2006Q1 is quarter 4: firms choose at its end, and sell with it from quarter 5 on.
    assert (share[:5] == 0.0).all()
    assert share[-1].max() > 0.9


def test_the_date_of_first_adoption_is_when_a_tenth_of_sales_was_reached(arrived):
    share, since = np.array(arrived.history["technique_share"]), arrived.state["cities"]["new_since"]
    for c in range(share.shape[1]):
        reached = np.flatnonzero(share[:, c] >= 0.1)
        assert since[c] == (2005.0 + 0.25 * reached[0] if len(reached) else 0.0)
    assert (since > 2006.0).any()


def test_the_experienced_stay_and_the_inexperienced_change(country):
    model = grown(country, 1, **ARRIVAL, new_start=0.3, relocation_rate=0.0)
    city = model.state["cities"]
    city["old_experience"][:6], city["old_experience"][6:] = 200.0, 0.0
    for _ in range(40):
        model.step()
        city["old_experience"][:6], city["old_experience"][6:] = 200.0, 0.0
    share = city["technique_share"]
    assert share[:6].max() < 0.2
    assert share[6:].min() > 0.8
    assert city["new_productivity"][6:].min() > city["new_productivity"][:6].max()


def test_experience_that_all_share_leaves_no_order_to_turn_round(country):
    model = grown(
        country, 60, **ARRIVAL, experience_diffusion=1.0, experience_reach=1e6, compute_learning=0.0
    )
    for name in ("old_productivity", "new_productivity"):
        assert np.ptp(model.state["cities"][name]) < 1e-3
    alone = grown(country, 60, **ARRIVAL, compute_learning=0.0)
    assert np.ptp(alone.state["cities"]["new_productivity"]) > 0.1


def test_without_lock_in_all_change_on_arrival(country):
    model = grown(country, 8, **ARRIVAL, technique_lock_in=0.0)
    share = np.array(model.history["technique_share"])
    assert (share[4] == 0.0).all()
    assert (share[5] == 1.0).all()


# ── Switches and engines ─────────────────────────────────────────────────────────────────────────


def test_off_means_that_nothing_is_there(country):
    model = grown(country, 1)
    assert "technique" not in model.state["firms"]
    assert "technique_share" not in model.history
    assert {"technique_share", "new_since"} <= set(grown(country, 1, **ARRIVAL).panel())


def test_techniques_that_add_nothing_change_nothing_else(country):
    without = grown(country)
    worthless = grown(country, **ARRIVAL, old_start=0.0, old_limit=0.0, new_start=0.0, new_limit=0.0)
    assert_same(without, worthless)
    assert worthless.state["cities"]["technique_share"].max() > 0.0


def test_before_the_arrival_its_date_does_not_matter(country):
    one, other = (grown(country, 12, paradigm_arrival=date) for date in (2008.0, 2300.0))
    assert_same(one, other, ("firms", "city_tiers"))


def test_whole_runs_are_the_same_bits_interpreted_and_compiled(country):
    small = TINY.changed(firms=120, burn_in=2, **ARRIVAL, experience_diffusion=0.3)
    one, other = (grown(country, 7, parameters=small, engine=e) for e in ("compiled", "interpreted"))
    assert one.state["firms"]["technique"].max() == 1.0
    assert_same(one, other)


@pytest.mark.parametrize(
    "changes",
    [
        {"experience_diffusion": 1.0},
        {"learning_rate": 1.0},
        {"payback_horizon": 100.0},
        {"technique_hazard": 1.0, "switching_cost": 0.0},
        {"new_limit": 3.0, "quality_elasticity": 2.0},
        {"old_limit": -1.0, "new_start": -1.0, "new_limit": -1.0},
        {"chain_leap": 100.0},
    ],
)
def test_parameters_at_their_ends(country, changes):
    model = grown(country, **{**ARRIVAL, **changes})
    for name, table in model.state.tables.items():
        for column in table:
            assert np.isfinite(table[column]).all(), f"{name}.{column}"
