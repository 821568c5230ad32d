"""Leaps: overtaking by hand, and what the two mechanisms bring about in a small country."""

import numpy as np
import pytest

from experiments.measures import chain_upgrading as leaps
from experiments.measures.chain_upgrading import (
    effects_table,
    main,
    order_of,
    overtakes,
    rank_correlation,
    technique_run,
    window,
)
from model import Opening, Parameters, Scenario
from model.country.network import build_network
from model.country.synthetic import synthetic_country

# ── Overtaking ───────────────────────────────────────────────────────────────────────────────────


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


@pytest.mark.parametrize("case", ["common", "all"])
def test_without_lock_in_or_with_common_experience_no_more_overtake_than_by_chance(orders, case):
    assert orders[case][SALES] < orders["null"][SALES] + 2.0
    assert orders[case]["share of sales, %"] > 99.0


def test_a_centre_lifts_its_hosts_chain(country):
    openings = tuple(Opening(f"c{k}", 12 + k, "intelligent", 8, 1.0) for k in range(4))
    hosts = Scenario("hosts", "four AI centres", parameters={"chain_leap": 0.5}, openings=openings)
    table = effects_table(("chain_level", "falls", "innovation"), (1, 2, 3), hosts, 2020, **country)
    assert table.loc["chain_level", "effect"] > 0.0
    assert table.loc["innovation", "effect"] > 0.0
    assert table.loc["falls", "hosts without"] > 0.0


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

    monkeypatch.setattr(leaps, "technique_run", run)
    monkeypatch.setattr(leaps, "order_of", lambda made, arrival, until: {"seed": made[0], "late": made[1]})
    table = leaps.techniques_table((2, 4), until=2030)
    assert list(table.index) == list(leaps.CASES)
    assert (table["seed"] == 3.0).all()
    alone = [scenario for _, _, scenario in asked if scenario is not None]
    assert len(alone) == 2 * sum(label.endswith("no centres") for label in leaps.CASES)
    assert all(scenario.centres == "none" for scenario in alone)


def test_the_command_prints_a_table_a_study(monkeypatch, capsys):
    asked = []

    def effects(measures, seeds, scenario, until, parameters):
        asked.append((scenario.name, tuple(measures), list(seeds), until, parameters.firms))
        return "the effects"

    monkeypatch.setattr(leaps, "effects_table", effects)
    monkeypatch.setattr(leaps, "techniques_table", lambda seeds, parameters: "the order")
    leaps.main(["--seeds", "2", "--firms", "300"])
    said = capsys.readouterr().out
    assert said.count("Effect of centres, ") == said.count("the effects") == 4
    assert said.rstrip().endswith("the order")
    assert [name for name, *_ in asked] == ["chain", "random_hosts", "paradigm", "random_hosts"]
    assert asked[0][2:] == ([1, 2], 2030, 300)
    with pytest.raises(SystemExit):
        leaps.main(["--seeds", "0"])
    assert "--seeds cannot be 0: it must be at least 1" in capsys.readouterr().err


def test_value_added_is_told_as_a_share_of_sales(monkeypatch):
    known = {"value_added": np.array([1.0, 0.0]), "revenue": np.array([4.0, 0.0])}
    monkeypatch.setattr(leaps, "window", lambda model, name, until: known[name])
    assert leaps._measure(None, "value_share", 2030).tolist() == [0.25, 0.0]
    assert np.isnan(leaps._mean(np.ones(2), np.zeros(2, dtype=bool)))
    alone = leaps._summary(np.array([[1.0, 2.0, 3.0, 4.0]]))
    assert alone[:2] == [1.0, 2.0]
    assert np.isnan([alone[2], alone[5]]).all()  # one seed has no error
