"""Forks have the bits of ``RegionalModel.fork``, and runs that cities share are made once."""

import numpy as np

from experiments.questions.decision.forks import Forks
from experiments.questions.decision.plans import PLANS, carry_out
from model.regional_model import RegionalModel


def test_a_fork_has_the_bits_of_the_model_s_own(history: RegionalModel) -> None:
    forks = Forks(history)
    plans = {plan.name: plan for plan in PLANS}
    for name in ("small", "vouchers"):
        city = int(history.cities["city_id"].iloc[1])
        ours = forks.run(plans[name], city, 0.001, 2009)
        theirs = carry_out(history, plans[name], city, 0.001, 2009)
        for column, values in theirs.history.items():
            assert np.array_equal(np.array(ours.history[column]), np.array(values), equal_nan=True), column
    assert history.quarter == 8


def test_runs_are_shared(history: RegionalModel) -> None:
    forks = Forks(history)
    one, two = (int(history.cities["city_id"].iloc[row]) for row in (1, 2))
    small = {plan.name: plan for plan in PLANS}["small"]
    usual = {plan.name: plan for plan in PLANS}["intelligent"]
    nothing = PLANS[0]
    half, base = forks.run(small, one, 0.002, 2007), forks.run(nothing, one, 0.001, 2007)
    assert forks.run(usual, one, 0.001, 2007) is half
    assert forks.run(usual, two, 0.001, 2007) is not half
    assert forks.run(nothing, two, 0.002, 2007) is base
