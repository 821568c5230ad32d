"""Identities hold, and what breaks one is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments.validation.invariant_rows as invariants
from experiments.validation.rows import ValidationRuns
from model import Parameters, RegionalModel, Rules
from model.scenarios.scenario_catalogue import SCENARIOS


def test_invariants_hold(context: ValidationRuns) -> None:
    rows = {one.id: one for one in invariants.invariant_rows(context)}
    assert set(rows) == {*(f"INV-{name}" for name in invariants.CONSERVED), "INV-twins", "INV-rank"}
    assert {one.verdict for one in rows.values()} == {"holds"}


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("compute", "providers", "served"),
        ("compute", "city_offers", "flow"),
        ("compute", "offers", "load"),
        ("money", "cities", "voucher_paid"),
        ("money", "cities", "labour_demand"),
        ("sales", "city_tiers", "supply"),
        ("talent", "city_pairs", "workers"),
        ("talent", "cities", "talent"),
    ],
)
def test_what_is_lost_is_noticed(country: pd.DataFrame, name: str, table: str, column: str) -> None:
    scenario = replace(SCENARIOS["random_hosts"], opens="2005Q1", hosts=2)
    model = RegionalModel(Parameters(firms=150, burn_in=2), scenario, 1, cities=country)
    for _ in range(8):
        model.step()
    of_quarter = invariants.CONSERVED[name][1]
    assert of_quarter(model) < 1e-12
    values = model.state[table][column]
    values[int(np.argmax(values))] *= 0.9
    assert of_quarter(model) > 1e-6


def test_a_parted_theil_that_does_not_add_up_is_noticed(
    country: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = RegionalModel(Parameters(firms=150, burn_in=2), "none", 1, cities=country)
    model.step()
    of_quarter = invariants.CONSERVED["theil"][1]
    assert of_quarter(model) < 1e-12
    monkeypatch.setattr(invariants, "theil_decomposition", lambda *given: (0.1, 0.1))
    assert of_quarter(model) > 1e-6


def test_twins_that_differ_are_noticed(context: ValidationRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invariants.twin_differences(context, 1) == 0
    made = invariants._model

    def disturbed(of: ValidationRuns, scenario: Any, seed: int) -> RegionalModel:
        model = made(of, scenario, seed)
        if scenario.centres == "none":
            model.state["firms"]["quality"][0] += 1e-12
        return model

    monkeypatch.setattr(invariants, "_model", disturbed)
    assert invariants.twin_differences(context, 1) > 0.0


def by_rank(wage: float, city_rank: float) -> float:
    return wage * city_rank


def behind_the_frontier(wage: float, nation_frontier_wage: float) -> float:
    return nation_frontier_wage - wage


def from_the_frontier(quality: float, nation_frontier: float) -> float:
    return nation_frontier - quality


def harder_for_all(talent: float, nation_frontier: float) -> float:
    return talent - nation_frontier


def test_the_growth_of_mean_quality_may_not_be_compared_with_a_firms_own() -> None:
    assert invariants.revealing_names([harder_for_all]) == []
    assert invariants.revealing_names([from_the_frontier]) == ["from_the_frontier: nation_frontier"]


def test_no_rule_or_market_reads_a_rank_a_leader_flag_or_a_gap_to_the_frontier() -> None:
    """Read from their source, so that a new rule that does is found here."""
    assert invariants.revealing_names() == []
    found = invariants.revealing_names([by_rank, behind_the_frontier])
    assert found == ["by_rank: city_rank", "behind_the_frontier: nation_frontier_wage"]
    # All rules are looked at, and what they read is more than nothing.
    names = set().union(*(invariants._names(rule) for _, rule in Rules().items()))
    assert len(Rules().items()) > 40
    assert {"city_talent", "wage", "nation_mean_revenue"} & names
