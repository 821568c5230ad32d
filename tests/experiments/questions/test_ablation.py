"""Ablation: mechanisms switched off by parameters."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from experiments.measures.findings import BY_ID
from experiments.questions import ablation
from experiments.study.run_arms import run_arms
from experiments.study.study import Study
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

LOTS = Scenario("lots", "by lot", "random", hosts=3, opens="2005Q1")


@pytest.fixture(scope="module")
def plan(country: pd.DataFrame) -> Study:
    place = Country(country, country.iloc[:0], build_network(country))
    return Study({}, (1, 2), Parameters(firms=150, burn_in=2), 2006, place)


def test_every_mechanism_is_off_by_parameters_that_exist() -> None:
    base = Parameters()
    assert ablation.MECHANISMS[0].id == ablation.ON
    for one in ablation.MECHANISMS[1:]:
        assert base.changed(**one.off) != base, one.id
    letters = {one.id.split("-")[0] for one in ablation.MECHANISMS[1:]}
    assert letters == {f"M{k}" for k in (*range(1, 10), 11)}  # M10 is off by default
    new = ("people_mobility", "knowledge_spillover", "conversion_wage", "compute_pull", "rent_elasticity")
    new += ("size_volatility", "government_compute", "chain_leap", "harder_ideas", "quality_shock")
    alone = {
        name: value for one in ablation.MECHANISMS if len(one.off) == 1 for name, value in one.off.items()
    }
    assert {name: alone.get(name) for name in new} == dict.fromkeys(new, 0.0)
    assert alone["data_crowding"] == 1.0


@pytest.mark.parametrize(
    ("on", "off", "outcome"),
    [
        ("holds", "holds", "kept"),
        ("holds", "undecided", "lost"),
        ("holds", "fails", "reversed"),
        ("fails", "holds", "gained"),
        ("undecided", "holds", "gained"),
        ("fails", "fails", "absent"),
        ("undecided", "fails", "absent"),
    ],
)
def test_what_becomes_of_a_finding(on: str, off: str, outcome: str) -> None:
    assert ablation.outcome(on, off) == outcome


def test_a_mechanism_that_makes_a_channel_takes_it_away(plan: Study) -> None:
    chosen = tuple(one for one in ablation.MECHANISMS if one.id in ("on", "M3", "M7"))
    results = run_arms(replace(plan, arms=ablation.arms(LOTS, chosen)))
    table = ablation.ablation(results, chosen).set_index(["mechanism", "id"])
    assert len(table) == 3 * len(BY_ID)
    assert table.loc[("M3", "C2"), "size"] == 0.0  # talent stays
    assert table.loc[("M7", "C4"), "size"] == table.loc[("M7", "C5"), "size"] == 0.0
    on, off = table.loc[("on", "C2"), "size"], table.loc[("M3", "C2"), "size"]
    assert table.loc[("M3", "C2"), "on_size"] == on != 0.0
    assert table.loc[("M3", "C2"), "change"] == pytest.approx(off - on)
    assert (table.loc["on", "change"].dropna() == 0.0).all()
    assert (table["on_verdict"].loc["M7"] == table["verdict"].loc["on"]).all()
