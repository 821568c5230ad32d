"""One centre alone: hosts of a seed, arms, and effects by distance worked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from agents.compute_provider import KINDS
from experiments.measures.effect_tables import band_labels
from experiments.questions import single_centres as single
from experiments.questions.question_catalogue import SINGLE_CENTRES
from experiments.study.run_arms import run_arms
from experiments.study.study import Run, Study
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Opening, Scenario
from model.scenarios.siting import core_cities

LOTS = Scenario("lots", "by lot", "random", hosts=2, opens="2006Q3")
TWO = Opening("late", 4, "basic", 9), Opening("early", 4, "super", 3), Opening("other", 7, "basic", 2)
GIVEN = Scenario("given", "two cities", openings=TWO)


@pytest.fixture(scope="module")
def plan(country: pd.DataFrame) -> Study:
    place = Country(country, country.iloc[:0], build_network(country))
    return Study({}, (1, 2), Parameters(firms=150, burn_in=2), 2007, place)


def whole(plan: Study, *scenarios: Scenario) -> Study:
    return single.by_seed(replace(plan, arms=single.arms(scenarios, plan.parameters)), scenarios)


def test_hosts_are_drawn_for_each_seed_from_all_cities(plan: Study) -> None:
    many = [single.hosts_of(LOTS, plan, seed) for seed in range(1, 60)]
    assert all(len(hosts) == 2 and set(hosts.values()) == {6} for hosts in many)
    drawn = {city for hosts in many for city in hosts}
    assert drawn & set(core_cities(plan.country.cities).tolist())  # random_hosts leaves these out
    assert drawn == set(range(len(plan.country.cities)))
    assert single.hosts_of(LOTS, plan, 1) == many[0]
    assert many[0] != many[1] or many[1] != many[2]


def test_given_hosts_open_on_their_first_date(plan: Study) -> None:
    assert single.hosts_of(GIVEN, plan, 1) == single.hosts_of(GIVEN, plan, 2) == {4: 3, 7: 2}


def test_a_host_is_alone_with_a_standard_centre_of_each_kind() -> None:
    building = replace(GIVEN, parameters={"building_slots": 5, "compute_pull": 1.0})
    one = single.alone(building, 4, 3)
    assert [(o.city, o.kind, o.quarter, o.size) for o in one.openings] == [
        (4, kind, 3, 1.0) for kind in KINDS
    ]
    assert (one.name, one.centres, one.parameters) == (
        "given",
        "none",
        {"building_slots": 0, "compute_pull": 1.0},
    )


def test_a_seed_runs_its_own_hosts_and_one_twin(plan: Study) -> None:
    study = whole(plan, LOTS, GIVEN)
    ids = study.country.cities["city_id"].to_numpy()
    for seed in study.seeds:
        own = [f"lots {ids[city]}" for city in single.hosts_of(LOTS, plan, seed)]
        own += [f"given {ids[city]}" for city in (7, 4)]
        mine = [run.arm for run in study.runs if run.seed == seed]
        assert sorted(mine) == sorted([*own, "lots without", "given without"])
    assert SINGLE_CENTRES.by_seed is single.by_seed


def test_the_effect_of_each_run_is_against_the_twin_of_its_seed(plan: Study) -> None:
    results = run_arms(whole(plan, LOTS))
    assert not results.failures
    assert len(results.records) == 2 * 3
    rows = single.by_run(results, "lots")
    assert len(rows) == 2 * 2 * (3 + len(band_labels()))
    ids = plan.country.cities["city_id"].to_numpy()
    for seed in (1, 2):
        for city in single.hosts_of(LOTS, plan, seed):
            arms = (f"lots {ids[city]}", "lots without")
            panels = [results.records[Run(seed, arm)].panel for arm in arms]  # type: ignore[union-attr]
            here = rows[(rows["seed"] == seed) & (rows["city_id"] == ids[city])].set_index("group")
            sums = [panel.loc[panel["city_id"] != ids[city], "innovation"].sum() for panel in panels]
            assert here.loc["all others", "effect"] == pytest.approx(100 * math.log(sums[0] / sums[1]))
            assert here.loc["all others", "cities"] == len(ids) - 1
            assert here.loc["host", "cities"] == 1
            assert here.loc[band_labels(), "cities"].sum() == len(ids) - 1


def test_errors_are_over_runs_and_the_median_over_hosts() -> None:
    """Host 1 has effects of 1 and 5 in two seeds, host 2 of 2, host 3 of 10."""
    rows = pd.DataFrame(
        {
            "seed": [1, 2, 1, 2],
            "city_id": [1, 1, 2, 3],
            "group": "0-150",
            "effect": [1.0, 5.0, 2.0, 10.0],
            "cities": [3.0, 3.0, 1.0, 1.0],
        }
    )
    table = single.single_centres(rows).set_index("group")
    assert list(table.index) == ["host", *band_labels(), "all others", "whole country"]
    near = table.loc["0-150"]
    assert (near["mean"], near["median"], near["up"]) == (4.5, 3.0, 1.0)  # the median of 3, 2 and 10
    assert near["se"] == pytest.approx(np.std([1, 5, 2, 10], ddof=1) / 2)
    assert (near["hosts"], near["runs"], near["cities"]) == (3, 4, 2.0)
    assert table.loc["host", "runs"] == 0
    assert math.isnan(table.loc["host", "median"])
