"""Findings of the source study in results: sign, size, verdict."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.measures import effect_tables
from experiments.measures.findings import BY_ID, by_seed, findings, sign_verdict, t_value
from experiments.measures.published_targets import targets
from experiments.study.results import Results
from experiments.study.run_arms import run_arms
from experiments.study.study import WITH, Study, twin_arms
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import SCENARIOS

LOTS = Scenario("lots", "by lot", "random", hosts=3, opens="2005Q1")


@pytest.fixture(scope="module")
def plan(country: pd.DataFrame) -> Study:
    place = Country(country, country.iloc[:0], build_network(country))
    return Study({}, (1, 2), Parameters(firms=150, burn_in=2), 2006, place)


@pytest.fixture(scope="module")
def twins(plan: Study) -> Results:
    return run_arms(replace(plan, arms=twin_arms({"lots": LOTS}))).point("lots")


@pytest.mark.parametrize(
    ("mean", "error", "expected", "verdict"),
    [
        (1.0, 0.4, 1, "holds"),
        (1.0, 0.4, -1, "fails"),
        (-1.0, 0.4, -1, "holds"),
        (-1.0, 0.4, 1, "fails"),
        (1.0, 0.5, 1, "undecided"),
        (1.0, math.nan, 1, "undecided"),
        (math.nan, 0.1, 1, "undecided"),
        (0.0, 0.0, 1, "undecided"),
    ],
)
def test_a_sign_holds_beyond_two_errors(mean: float, error: float, expected: int, verdict: str) -> None:
    assert sign_verdict(mean, error, expected) == verdict
    assert sign_verdict(mean, error, expected, errors=10.0) == "undecided"


def test_t_needs_an_error() -> None:
    assert t_value(3.0, 1.5) == 2.0
    assert math.isnan(t_value(3.0, 0.0))
    assert math.isnan(t_value(3.0, math.nan))


def test_expected_signs_are_those_of_the_targets() -> None:
    signs = {one.id: one.value for one in targets() if one.unit == "sign" and one.id != "C20"}
    assert set(signs) <= set(BY_ID)
    for identity, value in signs.items():
        assert BY_ID[identity].expected == value, identity


def test_findings_are_the_metrics_of_the_study(twins: Results) -> None:
    table = findings(twins).set_index("id")
    assert list(table.index) == list(BY_ID)
    found = effect_tables.pairs(twins)
    by_group = effect_tables.effects(found).set_index("group")
    channels = effect_tables.channels(found)
    gap = effect_tables.gap(found, twins.study.country.cities).set_index("index")
    assert table.loc["C0", "size"] == pytest.approx(by_group.loc["host cities", "mean"])
    assert table.loc["C0", "se"] == pytest.approx(by_group.loc["host cities", "se"])
    assert table.loc[["C1", "C2", "C3", "C4", "C5", "C6"], "size"].tolist() == pytest.approx(
        channels["mean"].tolist(), nan_ok=True
    )
    assert table.loc["C14", "size"] == pytest.approx(gap.loc["Theil", "mean"])
    assert table.loc["C14-regions", "size"] == pytest.approx(gap.loc["Theil between regions", "mean"])


def test_near_and_far_are_by_the_nearest_host(twins: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = effect_tables.pairs(twins)[0]
    count = len(twins.study.country.cities)
    nearest = np.full(count, 2000.0)
    others = np.setdiff1d(np.arange(count), pair.hosts)
    nearest[others[:2]], nearest[others[2:4]], nearest[pair.hosts] = 149.9, 500.0, 0.0
    monkeypatch.setattr("experiments.measures.findings.nearest_distance_km", lambda distances, hosts: nearest)
    row = by_seed([pair], twins.study.country.cities).iloc[0]
    treated, control = pair.late("innovation")
    for name, here in (("C13-near", others[:2]), ("C13-far", others[2:4])):
        assert row[name] == pytest.approx(100.0 * math.log(treated[here].sum() / control[here].sum()))
    assert row["C13"] == row["C13-far"] - row["C13-near"]


def test_hosts_that_are_chosen_have_no_splits(twins: Results) -> None:
    chosen = replace(twins, study=replace(twins.study, arms={**twins.study.arms, WITH: SCENARIOS["actual"]}))
    assert not set(findings(chosen)["id"]) & {"C7", "C12-partial"}
