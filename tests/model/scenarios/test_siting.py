"""Siting: which cities get centres, and openings that are refused."""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from agents.compute_provider import LARGEST_CENTRE
from model import Opening, Parameters, RegionalModel, Scenario
from model.country.centre_capacities import capacity_path
from model.country.city_tables import load_centres, load_cities
from model.scenarios.scenario import Place, ScenarioError
from model.scenarios.scenario_file import read_scenario
from model.scenarios.siting import GENERAL_GROWTH, capacity_steps, host_cities, hub_cities, openings_of
from viz.app.explore.run_options import parse_centre

HERE = Opening("here", 0, "basic", 0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"city": 12}, "city cannot be 12: it must be a row of the table, 0 to 11"),
        ({"city": -1}, "city cannot be -1: it must be a row of the table, 0 to 11"),
        ({"city": "City 1"}, "city cannot be 'City 1'"),
        ({"kind": "base"}, "kind cannot be 'base': it must be one of basic, intelligent, super"),
        ({"industry": "chairs"}, "industry cannot be 'chairs': it must be one of design and software"),
        ({"size": -1.0}, "size cannot be -1.0: it must be a number from 0 to 1,000,000"),
        ({"size": math.nan}, "size cannot be nan"),
        ({"size": "big"}, "size cannot be 'big'"),
        ({"quarter": math.inf}, "quarter cannot be inf: it must be a number from -1e+09 to 1e+09"),
        ({"quarter": "2010Q1"}, "quarter cannot be '2010Q1'"),
    ],
)
def test_a_centre_that_cannot_be_is_refused(country, given, said):
    scenario = Scenario("wrong", "for a test", openings=(dataclasses.replace(HERE, **given),))
    with pytest.raises(ScenarioError, match=re.escape(said)) as told:
        RegionalModel(Parameters(firms=60, burn_in=0), scenario, 1, cities=country)
    assert "scenario wrong: centre here" in str(told.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"openings": HERE}, r"openings and places are tuples"),
        ({"openings": ("here",)}, r"openings are Opening values, not 'here'"),
        ({"places": (HERE,)}, r"places are Place values"),
        ({"places": (Place("City 1", "base", "2005Q1"),)}, r"kind cannot be 'base'"),
        ({"places": (Place("City 1", "basic", "2005Q1", -1.0),)}, r"size cannot be -1\.0"),
        ({"centres": "random", "hosts": -3}, r"hosts cannot be -3: it must be a whole number from 0"),
        ({"centres": "random", "hosts": 2.5}, r"hosts cannot be 2\.5"),
        ({"centres": "random", "industry": "chairs"}, r"industry cannot be 'chairs'"),
    ],
)
def test_a_scenario_that_cannot_be_is_refused(country, given, said):
    with pytest.raises(ScenarioError, match=said):
        RegionalModel(Parameters(firms=60), Scenario("wrong", "for a test", **given), 1, cities=country)


def test_two_cities_of_one_name_are_told_apart_by_number(country):
    twice = country.copy()
    twice.loc[[2, 5], "name_en"] = "Springfield"
    scenario = Scenario("s", "m", places=(Place("Springfield", "basic", "2010Q1", 1.0),))
    ids = ".* or .*, ".join(str(country["city_id"].iloc[row]) for row in (2, 5))
    with pytest.raises(ScenarioError, match=f"'Springfield' may be .*, {ids}: name it by city_id"):
        openings_of(scenario, twice, country, 2005, 1)
    one = replace(scenario, places=(Place(int(country["city_id"].iloc[5]), "basic", "2010Q1", 1.0),))
    (opening,) = openings_of(one, twice.drop(columns="name_zh"), country, 2005, 1)
    assert opening.city == 5


def test_a_rule_of_choice_that_does_not_exist_is_named(country):
    wrong = SimpleNamespace(name="mine", centres="nearest", hosts=1)
    with pytest.raises(ScenarioError, match="scenario mine: centres 'nearest' is not one of "):
        host_cities(wrong, country, country, 1)


def test_a_country_without_hubs_takes_large_cities_where_power_is_cheap(country):
    hubs = hub_cities(country, load_centres().iloc[:0])
    assert len(hubs) == 2
    assert set(country["region"].iloc[hubs]) == {"west"}


def test_one_limit_of_a_centres_size_holds_everywhere(country, tmp_path):
    """Python, scenario files, tables of centres, centres opened by hand and the page in the browser."""
    model = RegionalModel(Parameters(firms=60, burn_in=0), "none", 1, cities=country)
    file, table = tmp_path / "large.toml", tmp_path / "large.csv"

    def python(size):
        scenario = Scenario("s", "m", openings=(dataclasses.replace(HERE, size=size),))
        openings_of(scenario, country, country, 2005, 1)

    def scenario_file(size):
        file.write_text(
            f"[[openings]]\ncity = 1\nkind = 'basic'\nopens = '2016'\nsize = {size}\n", encoding="utf-8"
        )
        read_scenario(file)

    def centre_table(size):
        row = f"a,1,basic,2016,operating,{size}"
        table.write_text(f"centre_id,city_id,kind,opened,status,capacity\n{row}\n", encoding="utf-8")
        load_centres(table, country)

    def by_hand(size):
        model.open_centre(1, "basic", size)

    def page(size):
        parse_centre({"kind": "basic", "size": size})

    for enter in (python, scenario_file, centre_table, by_hand, page):
        enter(LARGEST_CENTRE)
        with pytest.raises(ValueError, match=r"1,?000,?000"):
            enter(2.0 * LARGEST_CENTRE)


def test_capacity_has_a_step_a_year():
    path = np.arange(1.0, 13.0)
    assert capacity_steps(path, 3, False) == (((3, 4.0), (7, 8.0), (11, 12.0)), ())
    # one that opened before the first quarter has its first step then
    assert capacity_steps(path, -2, False)[0] == ((-2, 1.0), (4, 5.0), (8, 9.0))
    assert capacity_steps(path, 12, False) == capacity_steps(path, 12, True) == ((), ())


def test_a_hubs_general_and_intelligent_compute_add_up():
    path = np.concatenate([np.zeros(2), np.full(4, 2.0), np.full(4, 2.2), np.full(4, 9.0)])
    general, intelligent = (dict(steps) for steps in capacity_steps(path, 2, True))
    # general compute starts with all and grows by GENERAL_GROWTH a year, but never beyond the whole
    assert general == pytest.approx({2: 2.0, 6: 2.2, 10: 2.0 * GENERAL_GROWTH**2})
    assert intelligent == pytest.approx({2: 0.0, 6: 0.0, 10: 9.0 - 2.0 * GENERAL_GROWTH**2})
    for quarter, size in general.items():
        assert size + intelligent[quarter] == pytest.approx(path[quarter])


def test_the_real_centres_have_their_capacity_at_each_date():
    cities, centres = load_cities(), load_centres()
    openings = {
        one.centre_id: one for one in openings_of(Scenario("a", "a", "actual"), cities, centres, 2005, 1)
    }
    path = capacity_path(centres, 2005, 144)
    hubs = 0
    for number, centre in enumerate(centres.itertuples()):
        one = openings.get(centre.centre_id)
        if one is None:
            continue
        second = openings.get(f"{centre.centre_id}-AI")
        assert bool(centre.hub) or second is None
        other = dict(second.capacity) if second else {}
        for quarter, size in one.capacity:
            whole = size + other.get(quarter, 0.0)
            assert whole == pytest.approx(path[number, max(quarter, 0)], rel=1e-12)
        if second is not None:
            hubs += 1
            assert (second.city, second.kind, second.quarter) == (one.city, "intelligent", one.quarter)
    assert hubs == int((centres["hub"].astype(bool) & centres["opened"].notna()).sum())


def test_edge_centres_open_in_the_largest_cities_without_a_centre():
    cities, centres = load_cities(), load_centres()
    edge = Scenario("edge", "x", "edge", 5, "2022Q1", parameters={"edge_ring": 1.0})
    found = openings_of(edge, cities, centres, 2005, 1)
    real = {one.city for one in openings_of(Scenario("real", "x", "actual"), cities, centres, 2005, 1)}
    added = [one for one in found if one.edge]
    assert (len(added), {one.quarter for one in added}) == (10, {68})
    assert len({one.city for one in added} - real) == 5
    smallest = cities["gdp_2010"].to_numpy()[[one.city for one in added]].min()
    others = [row for row in range(len(cities)) if row not in real | {one.city for one in added}]
    assert smallest >= cities["gdp_2010"].to_numpy()[others].max()
    without = openings_of(replace(edge, parameters={}), cities, centres, 2005, 1)
    assert len(without) == len(found) - 10
