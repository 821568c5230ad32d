"""The plan of a quarter, the time of its events, and what models, tables and agents print."""

import pytest

from agents.firm import Firm
from model import Extension, Measure, Rules, after, for_each, interpreted, procedure
from tests.support.small_run import run


def wage(wage):
    return wage


@interpreted
def look(city_wage):
    pass


OWN = Extension(
    "own",
    rules=wage,
    events=[
        after("wage", procedure("somebody looks", look)),
        after("look", for_each("x", "tiers", "weight_basic")),
    ],
    measures=Measure("oldest", "firms.age", how="max"),
)


@pytest.fixture(scope="module")
def made(country):
    return run(country, extension=OWN)


def test_the_plan_is_the_quarter_as_it_is_run(made):
    plan = made.plan().set_index("event")
    assert list(plan.index) == made.engine.names
    assert plan.loc["wage", "own"] == "wage of own"
    assert plan.loc["look", ["own", "interpreted", "table"]].tolist() == ["event of own", "look", ""]
    assert plan.loc["weight_basic", "own"] == "event of own"
    assert (plan.drop(index=["wage", "look", "weight_basic"])["own"] == "").all()


def test_the_time_of_events_is_measured_on_a_copy(made):
    before = made.state["cities"]["wage"].copy()
    profile = made.profile(1)
    assert set(profile["event"]) == set(made.engine.names)
    assert profile["share"].sum() == pytest.approx(1.0)
    assert profile["ms"].is_monotonic_decreasing
    assert (made.state["cities"]["wage"] == before).all()


def test_a_print_says_what_is_there(made):
    text = repr(made)
    assert text.startswith("<RegionalModel of scenario none, seed 5, before 2006Q1: 12 cities, ")
    assert text.endswith("extensions own; firms = 120, burn_in = 2>")
    assert "cities (12 × " in repr(made.state)
    assert repr(made.state["kinds"]).startswith("<3 rows: ")
    firm = next(iter(made.agents_by_type[Firm]))
    assert repr(firm).startswith(f"<Firm {firm.row}: city = ")
    assert "extensions" not in repr(run(made.cities, until=0, rules=Rules()))
