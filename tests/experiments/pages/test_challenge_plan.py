"""The search for the best plan of the challenge."""

from __future__ import annotations

from experiments.measures.plan_accounts import building_cost
from experiments.pages.challenge_plan import BUDGET, CENTRES, candidates, search
from model.country.country import build_country, shipped_country
from model.country.synthetic import synthetic_country
from model.parameters import Parameters


def test_no_candidate_costs_more_than_the_budget():
    land = build_country(synthetic_country(60, 4))
    parameters, income = Parameters(firms=300), 551.0
    found = candidates(land, parameters, income)
    assert len({plan.name for plan in found}) == len(found) > 50
    for plan in found:
        cost = sum(building_cost(place, parameters) for place in plan.places)
        assert len(plan.places) == CENTRES
        assert 0.0 < cost <= BUDGET / 100.0 * income


def test_the_front_of_gap_and_spending_comes_from_a_sweep(tmp_path):
    plans = candidates(shipped_country(), Parameters(firms=100), 184.0)[:2]
    names = search(plans, tmp_path, 100, 2005, 1)
    assert names
    assert set(names) <= {plan.name for plan in plans}
