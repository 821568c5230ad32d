"""How hosts are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.site_selection import WAYS, Sites, draw_scenario
from experiments.evaluation.true_effects import run_with
from experiments.study.study import Study
from model.country.synthetic import synthetic_country
from model.economy.initial_state import coreness
from model.scenarios.scenario import ScenarioError


def test_sites_are_chosen_as_named(study: Study) -> None:
    untreated = run_with(study, 1, [])
    core = coreness(study.country.cities)
    means = {}
    for way in WAYS:
        chosen = [
            {
                o.city
                for o in draw_scenario(
                    Sites(way, 8, last=2012), study.country.cities, 2005, seed, untreated
                ).openings
            }
            for seed in range(30)
        ]
        assert all(len(hosts) == 8 for hosts in chosen)
        means[way] = np.mean([core[list(hosts)].mean() for hosts in chosen])
    assert abs(means["random"]) < 0.3
    assert means["wealth"] > means["random"] + 0.5


def test_shocks_favour_cities_that_did_well(study: Study) -> None:
    untreated = run_with(study, 1, [])
    logs = np.log1p(untreated.pivot(index="year", columns="city_id", values="realised_innovation").to_numpy())
    shock = logs[2:4].mean(axis=0) - logs[:2].mean(axis=0)
    sites = Sites("shocks", 8, first=2009, last=2009)
    chosen = [
        [o.city for o in draw_scenario(sites, study.country.cities, 2005, seed, untreated).openings]
        for seed in range(20)
    ]
    assert np.mean([shock[hosts].mean() for hosts in chosen]) > shock.mean() + 0.5 * shock.std()


def test_a_draw_is_a_function_of_the_seed(study: Study) -> None:
    one, two, other = (
        draw_scenario(Sites("random", 8), study.country.cities, 2005, seed) for seed in (1, 1, 2)
    )
    assert one == two
    assert one.openings != other.openings
    quarters = {opening.quarter for opening in one.openings}
    assert min(quarters) >= 16
    assert max(quarters) < 48


def test_sites_that_cannot_be(study: Study) -> None:
    with pytest.raises(ScenarioError, match="sites cannot be chosen by 'welth'; did you mean wealth"):
        Sites("welth")
    with pytest.raises(ScenarioError, match="30 hosts are more than half of the 40 cities"):
        draw_scenario(Sites("random", 30), study.country.cities, 2005, 1)
    with pytest.raises(ScenarioError, match="four years of a run without centres"):
        draw_scenario(Sites("shocks", 4), study.country.cities, 2005, 1)


def test_sites_need_room_and_history() -> None:
    country = synthetic_country(12, 3)
    with pytest.raises(ScenarioError, match="no 0 hosts can open from 2009 to 2016"):
        Sites(next(iter(WAYS)), 0, 2009, 2016)
    with pytest.raises(ScenarioError, match="sites chosen by shocks need four years of a run without"):
        draw_scenario(Sites("shocks", 2, 2009, 2010), country, 2005, 1)
    with pytest.raises(ScenarioError, match="sites cannot be chosen by 'xyzzy'; choose one of "):
        Sites("xyzzy", 2, 2009, 2010)
