"""Conservation in whole runs, and what a centre does to them: money, people, talent; twins; more capacity."""

from __future__ import annotations

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.engine.binding import ROUNDING

SMALL = Parameters(firms=300, burn_in=4, start_year=2015, interoperability_friction=0.1)
QUARTERS = 12


def economy(cities, *openings: Opening, seed: int = 3, **changes) -> RegionalModel:
    scenario = Scenario("test", "a test", openings=openings)
    return RegionalModel(SMALL.changed(**changes), scenario, seed, cities=cities)


def money(model: RegionalModel) -> float:
    """What will be spent in the next quarter, and what is owed to suppliers of compute."""
    city = model.state["cities"]
    return float((city["spending"] + city["compute_bill"] + city["government_bill"]).sum())


def assert_alike(one: RegionalModel, other: RegionalModel) -> None:
    """All that firms, cities and their pairs know is the same to the bit."""
    for table in ("firms", "cities", "city_tiers", "city_kinds", "city_pairs", "kinds", "nation"):
        for column in one.state[table]:
            assert np.array_equal(one.state[table][column], other.state[table][column]), f"{table}.{column}"


def assert_within_units(model: RegionalModel) -> None:
    """All columns whose unit is a fraction, a probability or a flag hold numbers that are one."""
    for table, columns in model.state.schema.tables.items():
        for column in columns:
            if column.within_unit_interval and column.name in model.state[table]:
                values = model.state[table][column.name]
                inside = (values >= -ROUNDING) & (values <= column.most + ROUNDING)
                assert inside.all(), f"{table}.{column.name}: {values[~inside][:3]}"


# ── Conservation ─────────────────────────────────────────────────────────────────────────────────

CENTRES = (Opening("a", 0, "basic", 2, 30.0), Opening("b", 5, "intelligent", 4, 300.0))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"exchange": 1.0},
        {"chain_leap": 0.0, "paradigm_arrival": 2015.0},
        {"relocation_rate": 1.0, "government_compute": 0.1, "voucher_effort": 0.2},
        {"building_slots": 20, "building_start": 0.0, "building_lag": 1.0, "grant_rate": 0.5},
    ],
    ids=["default", "exchange", "techniques", "moves", "building"],
)
def test_money_people_and_talent_are_neither_made_nor_lost(country, changes):
    model = economy(country, *CENTRES, **changes)
    city, nation = model.state["cities"], model.state["nation"]
    before = money(model), city["people"].sum(), city["talent"].sum()
    work = np.zeros(2)
    for _ in range(QUARTERS):
        model.step()
        work += model.state["providers"]["load"][:2]
        assert money(model) == pytest.approx(before[0], rel=1e-9)
        assert city["people"].sum() == pytest.approx(before[1], rel=1e-9)
        assert city["talent"].sum() == pytest.approx(before[2], rel=1e-9)
        assert nation["product"][0] == pytest.approx(nation["income"][0], rel=1e-9)
        assert nation["product"][0] == pytest.approx(nation["expenditure"][0], rel=1e-9)
        assert_within_units(model)
        assert city["gdp"].sum() == pytest.approx(nation["product"][0], rel=1e-9)
    assert (work > 0.0).all()


def test_no_loss_makes_the_country_poorer_than_nothing(country):
    """Idle centres beyond all bounds: what the country cannot pay for is not renewed; money is constant."""
    model = economy(country, Opening("a", 0, "basic", 0, 1e6), Opening("b", 1, "super", 0, 1e6))
    before = money(model)
    for _ in range(QUARTERS):
        model.step()
        assert money(model) == pytest.approx(before, rel=1e-9)
        assert model.state["cities"]["spending"].min() > 0.0
    cost, spent = (
        model.state["providers"]["capital_cost"].sum(),
        model.state["cities"]["centre_investment"].sum(),
    )
    assert 0.0 < spent < 0.01 * cost


# ── Twins ────────────────────────────────────────────────────────────────────────────────────────


def test_a_centre_with_nothing_to_sell_changes_no_bit(country):
    """A row more in the tables of centres, and of no other number a last digit."""
    with_centre, twin = economy(country, Opening("a", 4, "intelligent", 2, 0.0)), economy(country)
    for _ in range(QUARTERS):
        with_centre.step()
        twin.step()
        assert_alike(with_centre, twin)
    assert with_centre.state["providers"]["operating"][0] == 1.0


def test_a_centre_changes_no_draw(country):
    """Founders and firms decide by the same draws: chances differ, so most firms of twins are the same."""
    runs = economy(country, *CENTRES), economy(country)
    for model in runs:
        for _ in range(QUARTERS):
            model.step()
    one, other = (model.state["firms"] for model in runs)
    assert not np.array_equal(one["quality"], other["quality"])
    assert (one["alive"] == other["alive"]).mean() > 0.9
    stranger = economy(country, seed=4)
    for _ in range(QUARTERS):
        stranger.step()
    assert (stranger.state["firms"]["alive"] == other["alive"]).mean() < 0.9


# ── More capacity ────────────────────────────────────────────────────────────────────────────────


def test_more_capacity_makes_compute_no_dearer_and_serves_no_less(country):
    """In the first year, from nothing to more than all can use; incomes of others move prices by 1e-4."""
    prices, served = [], []
    for size in (0.0, 1.0, 10.0, 100.0, 1000.0):
        model = economy(country, Opening("a", 4, "basic", 0, size))
        for _ in range(4):
            model.step()
        prices.append(float(model.state["cities"]["price_basic"].mean()))
        served.append(float(model.state["providers"]["served"].sum()))
    assert (np.diff(prices) <= 1e-4).all()
    assert prices[-1] < 0.9 * prices[0]
    assert (np.diff(served) >= -1e-9).all()
    assert served[-1] > served[1] > served[0] == 0.0


# ── Compute is rival, data are not ───────────────────────────────────────────────────────────────


def test_data_serve_all_firms_of_a_city_and_compute_serves_one(country):
    model = economy(country, Opening("a", 4, "basic", 0, 0.5), data_crowding=0.0, capacity_growth_basic=0.0)
    for _ in range(QUARTERS):
        model.step()
    city, centre = model.state["cities"], model.state["providers"]
    public = 0.8 * city["data_openness"] + 0.15 * city["fiscal_capacity"] * city["attention"]
    usable = city["data"] - 0.15 - public
    assert (usable > 0.0).all()  # the stock, however many firms there are
    assert centre["served"][0] <= centre["capacity"][0] * (1 + 1e-12)
    crowded = economy(country, Opening("a", 4, "basic", 0, 0.5), data_crowding=1.0)
    crowded.step()
    alone = economy(country, Opening("a", 4, "basic", 0, 0.5), data_crowding=0.0)
    alone.step()
    where = alone.state["cities"]["firms"] > 1.0
    assert (crowded.state["cities"]["data"] < alone.state["cities"]["data"])[where].all()
