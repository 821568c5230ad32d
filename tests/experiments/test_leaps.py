"""Leaps: overtaking by hand, and what the two mechanisms bring about in a small country."""

import numpy as np
import pytest

from experiments.leaps import (
    effects_table,
    main,
    order_of,
    overtakes,
    rank_correlation,
    technique_run,
    window,
)
from model import Opening, Parameters, Scenario
from model.network import build_network
from model.synthetic import synthetic_country

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
    hosts = Scenario("hosts", "four AI centres", changes={"chain_leap": 0.5}, openings=openings)
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
