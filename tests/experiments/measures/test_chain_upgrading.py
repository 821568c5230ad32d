"""Chain upgrading: overtaking worked by hand, and the effects of the two mechanisms in a small country."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.measures import chain_upgrading
from experiments.measures.chain_upgrading import (
    effects_table,
    main,
    order_of,
    overtakes,
    rank_correlation,
    technique_run,
    window,
)
from model import Parameters
from model.country.network import build_network
from model.country.synthetic import synthetic_country
from model.scenarios.scenario_catalogue import find_scenario
from tests.support.long_version import LONG

START, CITIES = 2005, 5


def recorded(until=2035, **early_and_late):
    """A model with histories of one value per city from 2007 to 2011 and another from 2012 on; 77 before."""
    history = {}
    years = [START + k // 4 for k in range((until - START + 1) * 4)]
    for name, (early, late) in early_and_late.items():
        rows = [[77.0] * len(late) if y < 2007 else early if y <= 2011 else late for y in years]
        history[name] = np.array(rows, dtype=float)
    return SimpleNamespace(history=history, parameters=SimpleNamespace(start_year=START))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([0.0, 1.0], [[0.0, 1.0]], 0.0),
        ([0.0, 1.0], [[1.0, 0.0]], 1.0),
        # It must last: ahead in the first window, behind again in the second.
        ([0.0, 1.0], [[1.0, 0.0], [0.0, 1.0]], 0.0),
        # By 0.04 log points only, later or before.
        ([0.0, 1.0], [[0.04, 0.0]], 0.0),
        ([0.0, 0.04], [[1.0, 0.0]], 0.0),
        # Of the three ordered pairs the lowest passes both others.
        ([0.0, 1.0, 2.0], [[3.0, 1.0, 2.0]], 2.0 / 3.0),
        ([1.0, 1.0], [[1.0, 2.0]], 0.0),
    ],
)
def test_overtakes_by_hand(before, after, expected):
    assert overtakes(np.array(before), np.array(after)) == pytest.approx(expected)


def test_rank_correlation_by_hand():
    assert rank_correlation(np.array([1.0, 2.0, 9.0]), np.array([0.1, 0.2, 0.3])) == pytest.approx(1.0)
    # d² = 0, 1, 1: 1 − 6·2/(3·8)
    assert rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])) == pytest.approx(0.5)
    assert np.isnan(rank_correlation(np.array([1.0, 2.0]), np.array([1.0, 1.0])))


# ── Windows ───────────────────────────────────────────────────────────────────────────────────────


def test_a_window_is_the_mean_of_the_years_up_to_the_last():
    quarters = np.arange(40.0)[:, None] * [1.0, 10.0]
    model = SimpleNamespace(history={"x": quarters}, parameters=SimpleNamespace(start_year=START))
    # 2005 to 2009 are quarters 0 to 19; 2010 alone is 20 to 23
    assert chain_upgrading.window(model, "x", 2009).tolist() == [9.5, 95.0]
    assert chain_upgrading.window(model, "x", 2010, years=1).tolist() == [21.5, 215.0]


def test_a_measure_per_firm_is_a_logarithm_and_none_where_there_is_nothing():
    model = recorded(innovation=([1.0] * 3, [6.0, 0.0, 5.0]), firms=([1.0] * 3, [3.0, 2.0, 0.0]))
    found = chain_upgrading.per_firm(model, "innovation", 2030)
    assert found[0] == pytest.approx(math.log(2.0))
    assert found[1] == -math.inf
    assert found[2] == pytest.approx(math.log(5e9))  # a city without firms is left out elsewhere
    assert chain_upgrading.per_firm(model, "innovation", 2011).tolist()[:1] == [0.0]
    assert chain_upgrading.per_firm(model, "innovation", 2010).tolist()[:1] == [0.0]  # 77 over 77, 1 over 1


# ── The order of cities ───────────────────────────────────────────────────────────────────────────


def turned():
    """Cities 0 to 2 count, city 3 just so (10 firms), city 4 has too few at first."""
    model = recorded(
        firms=([20.0, 20.0, 20.0, 10.0, 9.5], [20.0, 20.0, 20.0, 10.0, 30.0]),
        # per firm 1, 2, 3, 4 and then 8, 2, 3, 4
        innovation=([20.0, 40.0, 60.0, 40.0, 2.0], [160.0, 40.0, 60.0, 40.0, 900.0]),
        revenue=([20.0, 40.0, 60.0, 40.0, 2.0], [40.0, 80.0, 120.0, 80.0, 80.0]),
        technique_share=([0.0] * 5, [1.0, 0.5, 0.0, 0.25, 1.0]),
        old_productivity=([1.0, 2.0, 3.0, 4.0, 0.0], [1.0, 2.0, 3.0, 4.0, 0.0]),
        new_productivity=([0.0] * 5, [5.0, 2.0, 9.0, 0.0, 9.0]),
    )
    model.state = {"cities": {"new_since": np.array([2013.0, 2014.0, 0.0, 2015.0, 2016.0])}}
    return model


def test_overtaking_is_counted_among_cities_with_firms():
    found = chain_upgrading.order_of(turned(), 2012, 2035)
    # the lowest of four passes three others: 3 of 6 pairs
    assert found["overtakes, innovation per firm, %"] == pytest.approx(50.0)
    assert found["overtakes, sales per firm, %"] == 0.0
    # ranks 1 2 3 4 and then 4 1 2 3: d² = 9 + 1 + 1 + 1
    assert found["rank correlation, innovation per firm"] == pytest.approx(1 - 6 * 12 / (4 * 15))
    assert found["rank correlation, sales per firm"] == pytest.approx(1.0)


def test_overtaking_has_to_hold_in_the_window_before_the_last_as_well():
    model = turned()
    late = [START + k // 4 > 2030 for k in range(len(model.history["innovation"]))]
    passing = model.history["innovation"].copy()
    passing[np.flatnonzero(~np.array(late))] = [20.0, 40.0, 60.0, 40.0, 2.0]
    model.history["innovation"] = passing
    assert chain_upgrading.order_of(model, 2012, 2035)["overtakes, innovation per firm, %"] == 0.0


def test_a_citys_technique_is_what_its_sales_are_made_with():
    found = chain_upgrading.order_of(turned(), 2012, 2035)
    # 5; ½ · 2 + ½ · 2; 3; ¼ · 0 + ¾ · 4: ranks 4 1 2.5 2.5 against 1 2 3 4
    assert found["rank correlation, technique"] == pytest.approx(
        pd.Series([4.0, 1.0, 2.5, 2.5]).corr(pd.Series([1.0, 2.0, 3.0, 4.0]))
    )
    assert found["cities that took it up, %"] == 75.0
    # of all sales, small cities' too: (40 + 40 + 20 + 80) / 400
    assert found["share of sales, %"] == pytest.approx(45.0)


def test_the_table_of_techniques_is_a_mean_over_seeds_of_every_case(monkeypatch):
    asked = []

    def run(seed, arrival, until, **how):
        asked.append((seed, arrival, until, how))
        return seed, arrival

    def order(model, arrival, until):
        assert (arrival, until) == (chain_upgrading.ARRIVAL, 2033)
        return {"seed": float(model[0]), "arrival": float(model[1])}

    monkeypatch.setattr(chain_upgrading, "technique_run", run)
    monkeypatch.setattr(chain_upgrading, "order_of", order)
    table = chain_upgrading.techniques_table((1, 4), 2033, mark=7)
    assert table.index.tolist() == list(chain_upgrading.CASES)
    assert (table["seed"] == 2.5).all()
    late = table["arrival"] == chain_upgrading.NEVER
    assert late.tolist() == [label == "no new technique" for label in chain_upgrading.CASES]
    assert (table["arrival"][~late] == chain_upgrading.ARRIVAL).all()
    assert all(how["mark"] == 7 and "paradigm_arrival" not in how for *_, how in asked)
    no_centres = [how for *_, how in asked if "scenario" in how]
    assert len(no_centres) == 2
    assert not no_centres[0]["scenario"].openings


# ── Effects ───────────────────────────────────────────────────────────────────────────────────────


class Twin:
    """Stands for a scenario: with centres, or its twin."""

    def __init__(self, treated=True):
        self.treated = treated

    def twin(self):
        return Twin(treated=False)


def economy(scenario, rng, **how):
    """Four cities; 0 and 1 host, 1's centre opens too late; the last has no firms without centres."""
    gain = np.array([2.0, 0.5, 0.25, 9.0]) * rng if scenario.treated else 0.0
    late = np.array([4.0, 3.0, 2.0, 1.0])
    firms = np.array([9.0, 9.0, 9.0, 9.0 if scenario.treated else 0.0])
    model = recorded(
        until=2030,
        innovation=([99.0] * 4, late + gain),
        firms=([9.0] * 4, firms),
        value_added=([99.0] * 4, 0.5 * late),
        revenue=([99.0] * 4, late),
    )
    model.cities, model.quarter = range(4), 100
    opened = [(0, 99), (1, 100)] if scenario.treated else []
    model.openings = [SimpleNamespace(city=city, quarter=quarter) for city, quarter in opened]
    model.run_until = lambda year: None
    return model


def test_effects_are_against_the_twin_over_hosts_and_others(monkeypatch):
    monkeypatch.setattr(chain_upgrading, "RegionalModel", economy)
    table = chain_upgrading.effects_table(("innovation", "value_share"), (1, 2, 3), Twin(), 2030)
    row = table.loc["innovation"]
    assert row["hosts without"] == 4.0
    assert row["effect"] == pytest.approx(4.0)  # 2, 4 and 6
    assert row["s.e."] == pytest.approx(2.0 / math.sqrt(3.0))
    assert row["others without"] == 2.5  # cities 1 and 2; city 3 has no firms in one run
    assert row["effect on others"] == pytest.approx(0.75)
    assert row["s.e. of others"] == pytest.approx(0.375 / math.sqrt(3.0))
    assert table.loc["value_share", "hosts without"] == pytest.approx(0.5)
    assert table.loc["value_share", "effect"] == pytest.approx(0.0)


def test_one_seed_has_no_error_and_no_host_no_effect(monkeypatch):
    monkeypatch.setattr(chain_upgrading, "RegionalModel", economy)
    row = chain_upgrading.effects_table(("innovation",), (1,), Twin(), 2030).loc["innovation"]
    assert np.isnan(row["s.e."])
    assert row["effect"] == 2.0
    row = chain_upgrading.effects_table(("innovation",), (1,), Twin(treated=False), 2030).loc["innovation"]
    assert np.isnan(row["effect"])
    assert row["others without"] == 3.0


def test_two_seeds_have_an_error(monkeypatch):
    monkeypatch.setattr(chain_upgrading, "RegionalModel", economy)
    row = chain_upgrading.effects_table(("innovation",), (1, 3), Twin(), 2030).loc["innovation"]
    assert row["s.e."] == pytest.approx(2.0 * math.sqrt(2.0) / math.sqrt(2.0))


def test_cases_are_what_their_labels_say():
    values = {label: dict(changes) for label, changes in chain_upgrading.CASES.items()}
    assert values["ψ = 0.3"] == {"experience_diffusion": 0.3}
    assert values["ψ = 0.7"] == {"experience_diffusion": 0.7}
    assert values["ψ = 1"] == {"experience_diffusion": 1.0}
    assert values["ψ = 0, compute does not speed learning"] == {"compute_learning": 0.0}
    assert values["ψ = 0, all adopt on arrival"] == {"technique_lock_in": 0.0}
    assert values["new technique, ψ = 0"] == {}
    assert values["ψ = 1, any distance"] == {"experience_diffusion": 1.0, "experience_reach": 1e6}
    assert values["no new technique"] == {"paradigm_arrival": 2300}
    # As the headings of the tables say: 2007 to 2011 against 2026-2030 and 2031-2035.
    assert (
        chain_upgrading.ARRIVAL - chain_upgrading.YEARS,
        chain_upgrading.ARRIVAL - 1,
        chain_upgrading.END,
    ) == (2007, 2011, 2035)


def test_no_city_overtakes_where_all_are_level():
    assert chain_upgrading.overtakes(np.zeros(3), np.array([[1.0, 2.0, 3.0]])) == 0.0


def test_the_order_before_is_that_of_the_five_years_before_the_arrival():
    """Techniques change every year: the window ends with 2011, and no other year has that order."""
    model = turned()
    old = np.ones((len(model.history["firms"]), 5))
    for k in range(len(old)):
        year = START + k // 4
        old[k, :4] = [1.0, 2.0, 3.0, 4.0] if 2007 <= year <= 2011 else [50.0, 40.0, 30.0, 20.0]
    model.history["old_productivity"] = old
    model.history["technique_share"] = np.zeros_like(old)
    # without the new technique the level is the old one: 1 2 3 4 before, 50 40 30 20 at the end
    assert chain_upgrading.order_of(model, 2012, 2035)["rank correlation, technique"] == pytest.approx(-1.0)


def test_the_last_window_tells_the_rank_correlation():
    """Of the two windows after the arrival the second is the end."""
    model = turned()
    years = np.array([START + k // 4 for k in range(len(model.history["innovation"]))])
    between = model.history["innovation"].copy()
    between[(years > 2025) & (years <= 2030)] = [20.0, 40.0, 60.0, 40.0, 2.0]
    model.history["innovation"] = between
    found = chain_upgrading.order_of(model, 2012, 2035)
    assert found["rank correlation, innovation per firm"] == pytest.approx(1 - 6 * 12 / (4 * 15))


def test_hosts_are_those_of_the_run_with_centres_and_every_arm_is_run(monkeypatch):
    ran = []

    def uneven(scenario, rng, **how):
        model = economy(scenario, rng, **how)
        model.run_until = lambda year: ran.append((scenario.treated, year))
        if not scenario.treated:
            model.quarter, model.cities = 0, range(9)  # of a twin that is asked nothing
        return model

    monkeypatch.setattr(chain_upgrading, "RegionalModel", uneven)
    row = chain_upgrading.effects_table(("innovation",), (1,), Twin(), 2030).loc["innovation"]
    assert row["effect"] == 2.0
    assert ran == [(True, 2030), (False, 2030)]


# ── What comes about ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def country():
    cities = synthetic_country(24, 5)
    return {"cities": cities, "network": build_network(cities), "parameters": Parameters(firms=4000)}


@pytest.fixture(scope="module")
def orders(country):
    """How cities' order turned, mean over three seeds, by case."""
    cases = {
        "null": {"arrival": 2300.0},
        "own": {},
        "common": {"experience_diffusion": 1.0, "experience_reach": 1e6},
        "all": {"technique_lock_in": 0.0},
    }
    found = {}
    for label, changes in cases.items():
        runs = [
            order_of(technique_run(seed, **{"arrival": 2012.0, **country, **changes}), 2012, 2035)
            for seed in (1, 2, 3)
        ]
        found[label] = {name: np.mean([run[name] for run in runs]) for name in runs[0]}
    return found


SALES = "overtakes, sales per firm, %"


def test_learning_alone_takes_nothing_up(orders):
    assert orders["null"]["cities that took it up, %"] == 0.0
    assert orders["null"]["rank correlation, technique"] > 0.9


def test_local_learning_turns_the_order_of_techniques_and_of_sales(orders):
    assert orders["own"]["rank correlation, technique"] < 0.0
    assert orders["own"][SALES] > orders["null"][SALES] + 5.0


@pytest.mark.parametrize(("case", "lowest", "highest"), [("common", 0.0, 1.0), ("all", 99.0, 100.0)])
def test_where_all_cities_decide_alike_no_more_overtake_than_by_chance(orders, case, lowest, highest):
    """With common experience they keep the technique that all know; without lock-in they change."""
    assert orders[case][SALES] < orders["null"][SALES] + 2.0
    assert lowest <= orders[case]["share of sales, %"] <= highest


@LONG
def test_centres_lift_their_hosts_chain():
    """The real ones; by less than a hundredth of a rung, so that few random centres do not show it."""
    table = effects_table(("chain_level", "innovation"), (1, 2), find_scenario("actual"), 2030)
    assert ((table["effect"] > 3.0 * table["s.e."]) & (table["s.e."] > 0.0)).all()
    assert table.loc["chain_level", "hosts without"] > table.loc["chain_level", "others without"]


def test_a_window_is_a_mean_of_whole_years(country):
    model = technique_run(1, 2300.0, 2006, **country)
    assert window(model, "firms", 2006, 1) == pytest.approx(np.mean(model.history["firms"][4:8], axis=0))


def test_the_number_of_seeds_is_checked(capsys):
    with pytest.raises(SystemExit):
        main(["--seeds", "0"])
    assert "--seeds cannot be 0: it must be at least 1" in capsys.readouterr().err


def test_tables_have_a_row_a_case_and_runs_without_centres_where_they_say_so(monkeypatch):
    asked = []

    def run(seed, arrival, until, **how):
        asked.append((seed, arrival, how.get("scenario")))
        return seed, arrival

    monkeypatch.setattr(chain_upgrading, "technique_run", run)
    monkeypatch.setattr(
        chain_upgrading, "order_of", lambda made, arrival, until: {"seed": made[0], "late": made[1]}
    )
    table = chain_upgrading.techniques_table((2, 4), until=2030)
    assert list(table.index) == list(chain_upgrading.CASES)
    assert (table["seed"] == 3.0).all()
    alone = [scenario for _, _, scenario in asked if scenario is not None]
    assert len(alone) == 2 * sum(label.endswith("no centres") for label in chain_upgrading.CASES)
    assert all(scenario.centres == "none" for scenario in alone)


def test_the_command_prints_a_table_a_study(monkeypatch, capsys):
    asked = []

    def effects(measures, seeds, scenario, until, parameters):
        asked.append((scenario.name, tuple(measures), list(seeds), until, parameters.firms))
        return "the effects"

    monkeypatch.setattr(chain_upgrading, "effects_table", effects)
    monkeypatch.setattr(chain_upgrading, "techniques_table", lambda seeds, parameters: "the order")
    chain_upgrading.main(["--seeds", "2", "--firms", "300"])
    said = capsys.readouterr().out
    assert said.count("Effect of centres, ") == said.count("the effects") == 4
    assert said.rstrip().endswith("the order")
    assert [name for name, *_ in asked] == ["actual", "random_hosts", "paradigm", "random_hosts"]
    assert asked[0][2:] == ([1, 2], 2030, 300)
    with pytest.raises(SystemExit):
        chain_upgrading.main(["--seeds", "0"])
    assert "--seeds cannot be 0: it must be at least 1" in capsys.readouterr().err


def test_value_added_is_told_as_a_share_of_sales(monkeypatch):
    """Of the group's totals: 3 of 8, not the mean of 1/4 and 1/2; small cities count too."""
    known = {"value_added": np.array([1.0, 2.0, 9.0]), "revenue": np.array([4.0, 4.0, 9.0])}
    monkeypatch.setattr(chain_upgrading, "window", lambda model, name, until: known[name])
    group, kept = np.array([True, True, False]), np.array([True, False, True])
    assert chain_upgrading._group_value(None, "value_share", 2030, group, kept) == 3 / 8
    assert chain_upgrading._group_value(None, "revenue", 2030, ~group, kept) == 9.0
    assert np.isnan(chain_upgrading._group_value(None, "revenue", 2030, group, ~group))
    assert np.isnan(chain_upgrading._group_value(None, "value_share", 2030, group & ~group, kept))
    alone = chain_upgrading._summary(np.array([[1.0, 2.0, 3.0, 4.0]]))
    assert alone[:2] == [1.0, 2.0]
    assert np.isnan([alone[2], alone[5]]).all()  # one seed has no error
