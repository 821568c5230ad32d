"""Plans spend the budget, at once or later."""

import numpy as np
import pytest

from experiments.questions.decision.plans import PLANS, carry_out, national_gdp, pay_vouchers, size_for
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
    for plan in PLANS:
        run = carry_out(history, plan, city, 0.001, 2009)
        opened[plan.name] = [one.quarter for one in run.openings if one not in known]
        assert len(run.openings) - before == (1 if plan.kind else 0)
    assert opened["nothing"] == opened["vouchers"] == []
    assert opened["basic"] == [8]
    assert opened["later"] == [16]


def test_vouchers_of_one_city_grow_by_the_pot(history: RegionalModel) -> None:
    usual, more = history.fork(), history.fork()
    pay_vouchers(more, int(history.cities["city_id"].iloc[1]), 0.5)
    for run in (usual, more):
        run.state["cities"]["voucher_base"][:] = 2.0
        run.step()
    before, after = (np.array(run.state["cities"]["voucher_rate"]) for run in (usual, more))
    pot = 2.0 * before / (1.0 - before)  # the rate is pot / (bill + pot)
    assert after[1] == pytest.approx((pot[1] + 0.5) / (2.0 + pot[1] + 0.5))
    assert more.state["cities"]["voucher_relief"][1] == after[1]
    assert np.array_equal(np.delete(after, 1), np.delete(before, 1))
