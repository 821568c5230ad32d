"""Plans spend the budget, at once or later."""

import pytest

from experiments.questions.decision.plans import candidate_plans, carry_out, national_gdp, size_for
from model.regional_model import RegionalModel


def test_a_centre_costs_the_budget(history: RegionalModel) -> None:
    size = size_for(history, "basic", 0.001)
    kinds = history.state["kinds"]
    price = history.parameters.centre_cost * kinds["cost_level"][0] * kinds["standard_capacity"][0]
    assert size * price == pytest.approx(0.001 * national_gdp(history))
    assert national_gdp(history) == pytest.approx(sum(row.sum() for row in history.history["gdp"][-4:]))


def test_plans_open_what_they_say(history: RegionalModel) -> None:
    before = len(history.openings)
    city = int(history.cities["city_id"].iloc[1])
    opened, known = {}, set(history.openings)
    for plan in candidate_plans(20.0):
        run = carry_out(history, plan, city, 0.001, 2009)
        opened[plan.name] = [one.quarter for one in run.openings if one not in known]
        assert len(run.openings) - before == (1 if plan.kind else 0)
    assert opened["nothing"] == opened["vouchers"] == []
    assert opened["basic"] == [8]
    assert opened["later"] == [16]
    assert "1 bn CNY" in next(plan.words for plan in candidate_plans(20.0) if plan.name == "small")
