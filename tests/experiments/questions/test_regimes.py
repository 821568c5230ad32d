"""Maps of regimes: axes, cells, verdicts."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
import pytest

from experiments.measures.findings import findings
from experiments.questions import regimes
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, twin_arms
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

LOTS = Scenario("lots", "by lot", "random", hosts=3, opens="2005Q1")


@pytest.fixture(scope="module")
def plan(country: pd.DataFrame) -> Study:
    place = Country(country, country.iloc[:0], build_network(country))
    return Study({}, (1, 2), Parameters(firms=150, burn_in=2), 2006, place)


def test_the_defaults_lie_on_every_map() -> None:
    base = Parameters()
    for one in regimes.MAPS:
        cells = one.cells(base)
        assert len(cells) == len(one.x.values) * len(one.y.values)
        assert [base.changed(**changes) for changes in cells.values()].count(base) == 1, one.id


def test_an_axis_scales_or_sets_its_parameters() -> None:
    base = Parameters(latency_penalty_basic=0.03)
    assert regimes.LATENCY.changes(2.0, base)["latency_penalty_basic"] == 0.06
    assert regimes.MAPS[0].x.changes(30.0, base) == {"home_reach": 30.0}


@pytest.mark.parametrize(
    ("mean", "error", "regime"),
    [(-1.0, 0.4, "closes"), (1.0, 0.4, "widens"), (-1.0, 0.6, "unclear"), (1.0, math.nan, "unclear")],
)
def test_a_regime_is_beyond_two_errors(mean: float, error: float, regime: str) -> None:
    assert regimes.regime({"mean": mean, "se": error}) == regime


def test_a_map_has_a_row_for_every_cell(plan: Study) -> None:
    latency = replace(regimes.LATENCY, values=(0.0, 1.0))
    mobility = regimes.GridAxis("talent mobility", "1/quarter", ("talent_mobility",), (0.0, 0.03))
    small = (regimes.Map("small", "a question", mobility, latency),)
    results = run_arms(replace(plan, arms=regimes.arms([LOTS], plan.parameters, small), seeds=(1, 2)))
    table = regimes.regimes(results, ["lots"], small)
    assert len(table) == 4 * len(regimes.MAPPED)
    here = table[(table["x"] == 0.03) & (table["y"] == 1.0)].set_index("id")
    direct = run_arms(replace(plan, arms=twin_arms({"lots": LOTS}))).point("lots")
    assert direct is not None
    expected = findings(direct).set_index("id")
    for identity in regimes.MAPPED:
        assert here.loc[identity, "mean"] == pytest.approx(expected.loc[identity, "size"], nan_ok=True)
    assert set(table.loc[table["id"] == "C0", "regime"]) == {""}
