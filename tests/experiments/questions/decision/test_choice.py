"""From worlds to a choice: regret, the robust plan, winners and losers."""

from collections.abc import Callable

import pandas as pd
import pytest

from experiments.questions.decision.choice import (
    choices_of_halves,
    decision_table,
    firms_by_size,
    net_gains,
    not_told_apart,
    regrets,
    robust_choice,
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


def test_the_robust_plan_is_the_cheapest_of_those_that_are_not_told_apart(worlds: Make) -> None:
    few, many = worlds(20), worlds(150)
    # Basic gains 5 ± 20 / √n: its mean is above that of later, 2, and not told apart from it by 20 worlds.
    assert not_told_apart(net_gains(few, "city")) == ["basic", "nothing", "later"]
    assert robust_choice(few, "city") == "nothing"
    assert not_told_apart(net_gains(many, "city")) == ["basic", "later"]
    assert robust_choice(many, "city") == "later"
    assert not_told_apart(net_gains(worlds(200), "city")) == ["basic"]
    assert robust_choice(worlds(200), "city") == "basic"


def test_halves_see_every_second_world(worlds: Make) -> None:
    # Every second world is a bad one for basic, so that halves taken by turns see different worlds.
    assert choices_of_halves(worlds(20), "city") == ("later", "basic")
    made = worlds(2)
    assert choices_of_halves([made[0], made[0], made[1], made[1]] * 5, "city") == ("nothing", "nothing")


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
