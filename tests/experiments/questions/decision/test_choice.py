"""From worlds to a choice: regret, the robust plan, winners and losers."""

from collections.abc import Callable

import pandas as pd
import pytest

from experiments.questions.decision.choice import (
    decision_table,
    firms_by_size,
    half_agreement,
    net_gains,
    regrets,
    robust_choice,
    winners_and_losers,
)
from experiments.questions.decision.worlds import World
from model.country.country import Country

Make = Callable[[int], list[World]]


def test_the_robust_plan_has_the_smallest_regret_in_bad_worlds(worlds: Make) -> None:
    net = net_gains(worlds(20), "city")
    assert net.iloc[0].to_dict() == {"nothing": 0.0, "basic": -15.0, "later": 2.0}
    assert regrets(net).iloc[0].to_dict() == {"nothing": 2.0, "basic": 17.0, "later": 0.0}
    assert regrets(net).iloc[1].to_dict() == {"nothing": 25.0, "basic": 0.0, "later": 23.0}
    assert robust_choice(net) == "basic"  # its worst regret is 17, that of the others 23 and 25
    # Every second world is a bad one for basic, so that halves taken by turns see different worlds.
    assert not half_agreement(net)
    assert half_agreement(net.iloc[[0, 1, 1, 0, 0, 1, 1, 0]])


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
