"""``check`` finds what is wrong with an extension, and nothing where nothing is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from experiments import extension_check
from experiments.extension_check import FAILS, HOLDS, REMARK, Trial, check, event_seconds, few_cities
from model import Column, Extension, Parameter, after, before, for_each, interpreted, procedure
from model.engine.engine import Engine
from model.step import QUARTER
from tests.support.university import make


@pytest.fixture(autouse=True)
def _small(monkeypatch, country):
    """Fewer firms where many are wanted; cut into small parts, so that threads share them all the same."""
    monkeypatch.setattr(extension_check, "MANY_FIRMS", 300)
    monkeypatch.setattr(extension_check, "TIMED_FIRMS", 100)
    monkeypatch.setattr("model.engine.engine.CHUNK_ROWS", 97)


def verdicts(country, extension, **how):
    trial = Trial(extension, firms=80, quarters=how.pop("quarters", 5), cities=country, **how)
    return {one.what: one for one in check(trial)}


def test_nothing_is_wrong_with_a_column_that_no_rule_reads(country):
    found = verdicts(country, make())
    assert {one.verdict for one in found.values()} == {HOLDS, REMARK}
    remarks = [what for what, one in found.items() if one.verdict == REMARK]
    assert remarks == ["something of the model differs with it", "time of a quarter"]
    assert (
        "rules: 2, parameters: 2, columns: 2, events: 2, kinds of agents: 1" in found["fits the model"].found
    )
    # The runs that are compared are not without compute: centres open in their second quarter.
    model = Trial(make(), firms=80, cities=country).run()
    assert model.state["providers"]["load"].sum() > 0


def labour_demand(labour_demand):
    return 0.9 * labour_demand


LEAK = after("revenue", for_each("money is lost", "cities", "labour_demand"))


def test_money_that_is_lost_is_found(country):
    found = verdicts(country, Extension("leak", rules=labour_demand, events=LEAK))
    words = "paid for compute = received; research budgets = talent + compute"
    assert found[words].verdict == FAILS
    assert found["interpreted and compiled agree to the bit"].verdict == HOLDS
    declared = verdicts(country, Extension("leak", rules=labour_demand, events=LEAK, exempt="money"))
    assert declared[words].verdict == REMARK
    assert "as declared" in declared[words].found


def bear(city_talent_endowment, city_talent, pair_workers):
    cities = len(city_talent)
    for city in range(cities):
        city_talent_endowment[city] += 0.01
        city_talent[city] += 0.01
        pair_workers[city * cities + city] += 0.01


def test_talent_from_nowhere_is_found(country):
    """Everyone who calls a city home works somewhere: that balances, but there are more of them."""
    born = before("wage", procedure("children", bear))
    found = verdicts(country, Extension("born", events=born))
    assert found["everyone whose home is a city works in one city"].verdict == HOLDS
    assert found["talent of every home is constant"].verdict == FAILS
    assert found["something of the model differs with it"].verdict == HOLDS
    declared = verdicts(country, Extension("born", events=born, exempt=["endowment", "sales"]))
    assert declared["talent of every home is constant"].verdict == REMARK
    assert declared["sales = demand in every tier"].found.endswith("; exempt, but it holds")


def test_randomness_outside_the_draws_is_found(country):
    rng = np.random.default_rng(1)

    @interpreted
    def partner_innovation():
        return rng.random()

    found = verdicts(country, Extension("randomness", rules=partner_innovation))
    assert found["the same seed gives the same bits again"].verdict == FAILS
    assert found["interpreted and compiled agree to the bit"].verdict == FAILS
    assert found["time of event partner_innovation"].verdict == REMARK


def test_what_counts_agents_is_found_in_twins(country):
    counter = itertools.count()

    @interpreted
    def partner_innovation():
        return float(next(counter))

    found = verdicts(country, Extension("memory", rules=partner_innovation))
    assert found["twins are equal to the bit until a centre opens"].verdict == FAILS


def partner_innovation(supplier_innovation_probability, boost):
    return supplier_innovation_probability * boost


def test_what_is_not_neutral_is_found(country):
    boost = Parameter("boost", 1.0, 0.0, 2.0, "ratio", "a boost")
    own = Extension("boost", rules=partner_innovation, parameters=boost, neutral={"boost": 0.0})
    found = verdicts(country, own)
    one = found["with its neutral values it is the model alone, to the bit"]
    assert one.verdict == FAILS
    assert "differ: firms." in one.found


def successful(draw_success):
    return draw_success


def test_a_shared_draw_is_a_remark(country):
    own = Extension(
        "shared",
        rules=successful,
        columns={"firms": Column("successful", "0-1", "success")},
        events=after("revenue", for_each("success", "firms", "successful")),
    )
    found = verdicts(country, own)
    one = found["its draws are its own"]
    assert one.verdict == REMARK
    assert "innovated and successful both read draw_success" in one.found


def supply(quality):
    return quality / (quality - quality)


def test_a_rule_that_fails_is_a_finding_and_the_last(country):
    found = list(verdicts(country, Extension("bad", rules=supply)).values())
    assert found[-1].verdict == FAILS
    assert "gives no finite number" in found[-1].found
    assert len(found) == 2


def test_a_few_cities_are_large_and_small_ones():
    cities = few_cities(10)
    assert len(cities) == 10
    assert cities["name_en"].isin(["Beijing", "Shanghai"]).sum() == 2
    assert cities["gdp_2010"].min() < cities["gdp_2010"].median() / 10


def test_an_event_is_timed_alone(country, monkeypatch):
    ran = []
    plain = Engine.run

    def run(self, first, *more, **how):
        ran.append(len(self.calls))
        return plain(self, first, *more, **how)

    model = Trial(None, firms=80, cities=country).model()
    event = next(event for event in QUARTER if event.name == "wage")
    monkeypatch.setattr(Engine, "run", run)
    seconds = event_seconds(event, {True: model, False: model}, repeats=3)
    assert ran == [1] * 6
    assert min(seconds.values()) > 0
