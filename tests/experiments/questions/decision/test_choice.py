"""From worlds to a choice: regret, the robust plan, winners and losers."""

from collections.abc import Callable

import pandas as pd
import pytest

from experiments.questions.decision.choice import (
    contradict,
    decision_table,
    firms_by_size,
    halves,
    least_regret,
    net_gains,
    not_told_apart,
    regrets,
    robust_choice,
    told_apart,
    winners_and_losers,
)
from experiments.questions.decision.worlds import World
from model.country.country import Country

Make = Callable[[int], list[World]]


def test_regret_is_what_a_plan_falls_short_of_the_best_of_its_world(worlds: Make) -> None:
    net = net_gains(worlds(20), "city")
    assert net.iloc[0].to_dict() == {"nothing": 0.0, "basic": -15.0, "later": 2.0}
    assert regrets(net).iloc[0].to_dict() == {"nothing": 2.0, "basic": 17.0, "later": 0.0}
    assert regrets(net).iloc[1].to_dict() == {"nothing": 25.0, "basic": 0.0, "later": 23.0}
    assert net_gains(worlds(2), "area")["basic"].tolist() == [-14.0, 26.0]


def test_a_plan_is_told_apart_if_it_is_better_in_so_many_worlds() -> None:
    net = pd.DataFrame({"nothing": 0.0, "basic": [1.0] * 15 + [-9.0] * 5, "super": [1.0] * 14 + [-9.0] * 6})
    assert told_apart(net, "basic", "nothing")  # 15 of 20: p = 0.041
    assert not told_apart(net, "super", "nothing")  # 14 of 20: p = 0.115
    assert not told_apart(net, "nothing", "basic")
    assert not told_apart(net, "nothing", "nothing")
    assert not_told_apart(net, "basic") == ["super"]  # better in one world, and else the same


def test_the_burden_of_proof_lies_with_spending(worlds: Make) -> None:
    net = net_gains(worlds(20), "city")
    # Regrets are 17 or 0 with basic, 2 or 25 with nothing, 0 or 23 with later.
    assert regrets(net).median().to_dict() == {"nothing": 13.5, "basic": 8.5, "later": 11.5}
    assert least_regret(net) == "basic"
    assert robust_choice(net) == "nothing"  # basic is better in ten of twenty worlds
    assert robust_choice(net.drop(columns="basic")) == "later"  # better in all


def test_halves_see_every_second_world(worlds: Make) -> None:
    # Every second world is a bad one for basic, so that halves taken by turns see different worlds.
    one, two = halves(net_gains(worlds(20), "city"))
    assert (robust_choice(one), robust_choice(two)) == ("later", "basic")
    assert contradict(one, two)
    assert not contradict(one, one)


def test_the_table_of_plans(worlds: Make) -> None:
    table = decision_table(worlds(20), "city").set_index("plan")
    assert table.loc["basic", "net"] == pytest.approx(5.0)
    assert (table.loc["basic", "low"], table.loc["basic", "high"]) == (-15.0, 25.0)
    assert table.loc["basic", "loss"] == table.loc["basic", "best"] == 0.5
    assert table.loc["nothing", "loss"] == 0.0
    assert decision_table(worlds(20), "country").set_index("plan").loc["basic", "net"] == pytest.approx(8.0)


def test_winners_and_losers(worlds: Make, there: Country) -> None:
    table = winners_and_losers(worlds(6), "basic", there.cities, top=2)
    assert isinstance(table, pd.DataFrame)
    assert table["effect"].tolist() == pytest.approx([1.0, 1.0 - 2 / 11, -1.0 + 2 / 11, -1.0])
    assert (table["same_sign"] == 1.0).all()
    assert firms_by_size(worlds(6), "basic") == {"smaller half": 1.0, "largest tenth": -2.0}
