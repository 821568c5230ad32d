"""Results: selections of runs, and their tables."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from experiments.study.one_run import RunRecord
from experiments.study.results import Results
from experiments.study.study import Run, Study
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

LOTS = Scenario("lots", "by lot", "random", hosts=3, opens="2005Q1")


@pytest.fixture(scope="module")
def study(country: pd.DataFrame) -> Study:
    place = Country(country, country.iloc[:0], build_network(country))
    return Study({}, (1, 2), Parameters(firms=150, burn_in=2), 2006, place)


def test_the_arms_of_one_scenario_can_be_taken_out(study: Study) -> None:
    arms = {"a with": LOTS, "a without": LOTS.twin(), "ab with": LOTS}
    record = _record(1, "a with", hosted=True)
    results = Results(replace(study, arms=arms), {Run(1, "a with"): record}, {Run(2, "ab with"): "why"})
    own = results.within("a")
    assert list(own.study.arms) == ["with", "without"]
    assert list(own.records) == [(1, "with")]
    assert own.failures == {}
    assert results.within("ab").failures == {(2, "with"): "why"}


def _record(seed: int, arm: str, hosted: bool) -> RunRecord:
    panel = pd.DataFrame(
        {"seed": seed, "arm": arm, "year": [2010, 2010], "city_id": [1, 2], "innovation": 1.0}
    )
    centres = pd.DataFrame({"seed": [seed], "centre_id": ["A"], "city_id": [2]})
    start = pd.DataFrame({"seed": seed, "city_id": [1, 2], "talent": 3.0})
    return RunRecord(panel, centres if hosted else centres[:0], start)


@pytest.fixture
def results(study: Study) -> Results:
    """Two seeds of three arms; seed 2 of arm ``off`` has failed."""
    whole = replace(study, arms={"on": LOTS, "off": LOTS.twin(), "more": LOTS})
    records = {run: _record(*run, hosted=run.arm != "off") for run in whole.runs if run != (2, "off")}
    return Results(whole, records, {Run(2, "off"): "memory"})


def test_a_pair_holds_the_seeds_for_which_both_arms_ended(results: Results) -> None:
    pair = results.pair("on", "off")
    assert list(pair.study.arms) == ["with", "without"]
    assert pair.study.scenario == LOTS
    assert pair.study.seeds == (1, 2)
    assert list(pair.records) == [(1, "with"), (1, "without")]
    assert pair.failures == {(2, "without"): "memory"}
    assert results.seeds("on", "more") == (1, 2)


def test_the_tables_are_those_of_all_runs_in_order(results: Results) -> None:
    pair = results.pair("on", "off")
    assert pair.panel["arm"].tolist() == ["with", "with", "without", "without"]
    assert list(pair.panel.columns) == ["seed", "arm", "year", "city_id", "innovation"]
    assert pair.centres.to_dict("records") == [{"seed": 1, "arm": "with", "centre_id": "A", "city_id": 2}]
    assert pair.start["arm"].tolist() == ["with", "with", "without", "without"]
    assert len(results.panel) == 10
    assert results.centres["arm"].tolist() == ["on", "more", "on", "more"]


def test_without_a_run_there_is_no_table(results: Results) -> None:
    nothing = Results(results.study)
    assert not nothing.pair("on", "off").records
    with pytest.raises(ValueError, match="none of the runs on, off, more has ended"):
        _ = nothing.panel


def test_tables_are_taken_apart_and_put_together(results: Results) -> None:
    pair = results.pair("on", "more")
    again = Results.of_tables(pair.study, pair.panel, pair.centres, pair.start)
    assert list(again.records) == list(pair.records)
    for table in ("panel", "centres", "start"):
        pd.testing.assert_frame_equal(getattr(again, table), getattr(pair, table))
    stored = Results.of_tables(pair.study, pair.panel, pair.centres.drop(columns="arm"))
    assert set(stored.centres["arm"]) == {"with"}


def test_results_are_shown_in_a_line(results: Results) -> None:
    assert repr(results).startswith(
        f"<Results: {len(results.records)} of {len(results.study.runs)} runs of arms "
    )
    assert len(repr(results)) < 200
