"""Rows of the validation: providers, verdicts, the file and the page made from it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments.validation.fact_rows as facts
import experiments.validation.invariant_rows as invariants
import experiments.validation.layout_rows as layouts
from experiments.measures.effects import Pair
from experiments.measures.inequality import theil
from experiments.questions.closed_economy_runs import Row as ClosedRow
from experiments.study.run_study import ArmResults, Plan, run_arms
from experiments.validation import ROWS, validate
from experiments.validation.compute_rows import compute_rows, multiplier_rows
from experiments.validation.record import measured, page, record, tally, write_record
from experiments.validation.rows import Context, Interrupted, Row, exact_row, range_verdict
from experiments.validation.sign_rows import NO_REASON, reason, sign_rows
from model import Parameters, RegionalModel, Rules
from model.country.network import build_network
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import SCENARIOS
from tests import ROOT


@pytest.fixture(scope="module")
def context(country: pd.DataFrame) -> Context:
    return Context(
        Parameters(firms=150, burn_in=2), 2011, country, country.iloc[:0], build_network(country), (1, 2),
        run_arms, quick=True,
    )  # fmt: skip


def row(**changes: Any) -> Row:
    given = {
        "id": "A7", "kind": "validation", "quantity": "share", "unit": "fraction", "published": "0.155",
        "source": "seed 004", "measured": 0.2, "se": 0.01, "seeds": 8, "verdict": "fails",
        "scenario": "actual", "reason": "too much",
    }  # fmt: skip
    return Row(**{**given, **changes})


# ── Verdicts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (0.14, 0.0, "holds"), (0.17, 0.5, "holds"), (0.13, 0.01, "undecided"), (0.13, 0.004, "fails"),
        (0.19, 0.01, "undecided"), (0.2, math.nan, "fails"), (math.nan, 0.1, "undecided"),
    ],
)  # fmt: skip
def test_a_range_is_not_widened(value: float, error: float, verdict: str) -> None:
    assert range_verdict(value, error, 0.14, 0.17) == verdict


def test_a_figure_without_a_range_is_met_to_two_errors() -> None:
    assert range_verdict(2.0, 0.01, 2.01, 2.01) == "holds"
    assert range_verdict(2.0, 0.004, 2.01, 2.01) == "fails"


def test_an_identity_holds_to_rounding_or_is_a_bug() -> None:
    assert exact_row("I", "invariant", "q", 1e-10, 1e-9, "s").verdict == "holds"
    for deviation in (2e-9, math.nan):
        broken = exact_row("I", "invariant", "q", deviation, 1e-9, "s")
        assert broken.verdict == "fails"
        assert "bug" in broken.reason


def test_rows_have_kinds_and_verdicts_that_exist() -> None:
    with pytest.raises(ValueError, match="kind 'guess'"):
        row(kind="guess")
    with pytest.raises(ValueError, match="verdict 'maybe'"):
        row(verdict="maybe")


# ── Invariants ───────────────────────────────────────────────────────────────────────────────────


def test_invariants_hold(context: Context) -> None:
    rows = {one.id: one for one in invariants.invariant_rows(context)}
    assert set(rows) == {*(f"INV-{name}" for name in invariants.CONSERVED), "INV-twins", "INV-rank"}
    assert {one.verdict for one in rows.values()} == {"holds"}


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("compute", "providers", "served"), ("compute", "city_offers", "flow"), ("compute", "offers", "load"),
        ("money", "cities", "voucher_paid"), ("money", "cities", "labour_demand"),
        ("sales", "city_tiers", "supply"), ("talent", "city_pairs", "workers"),
        ("talent", "cities", "talent"),
    ],
)  # fmt: skip
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


def test_twins_that_differ_are_noticed(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invariants.twin_differences(context, 1) == 0.0
    made = invariants._model

    def disturbed(of: Context, scenario: Any, seed: int) -> RegionalModel:
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


def test_no_rule_or_market_reads_a_rank_a_leader_flag_or_a_gap_to_the_frontier() -> None:
    """Read from their source, so that a new rule that does is found here."""
    assert invariants.telling_names() == []
    found = invariants.telling_names([by_rank, behind_the_frontier])
    assert found == ["by_rank: city_rank", "behind_the_frontier: nation_frontier_wage"]
    # All rules are looked at, and what they read is more than nothing.
    names = set().union(*(invariants._names(rule) for _, rule in Rules().items()))
    assert len(Rules().items()) > 40
    assert {"city_talent", "wage", "nation_mean_revenue"} & names


# ── Signs, layouts, compute ──────────────────────────────────────────────────────────────────────


def test_signs_have_a_reason_where_they_do_not_hold(context: Context) -> None:
    rows = sign_rows(context)
    assert {one.scenario for one in rows} == {"random_hosts", "actual"}
    assert [one.id for one in rows if one.scenario == "random_hosts"][:3] == ["C0", "C1", "C2"]
    for one in rows:
        assert bool(one.reason) == (one.verdict != "holds"), one.id
        assert one.published in ("above 0", "below 0")
    # The shipped centres stand in none of these cities: nothing is measured there.
    assert all(math.isnan(one.measured) for one in rows if (one.scenario, one.id) == ("actual", "C0"))


def test_a_reason_is_by_scenario_then_by_finding() -> None:
    assert "strong cities" in reason("C14-sigma", "actual")
    assert reason("C14", "random_hosts") == NO_REASON
    assert reason("C13-near", "actual") != reason("C13-near", "random_hosts")
    assert reason("C7-partial", "random_hosts") == reason("C7", "random_hosts")


def test_a_layout_has_rows_once_the_model_has_its_scenario(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "SCENARIOS", {})
    assert layouts.layout_rows(context) == []
    lots = replace(SCENARIOS["random_hosts"], opens="2005Q1")
    fakes = {name: replace(lots, name=name) for name in ("local_demand", "cross_region")}
    monkeypatch.setattr(layouts, "SCENARIOS", fakes)
    monkeypatch.setattr("experiments.validation.rows.find_scenario", lambda wanted: fakes[wanted])
    rows = {one.id: one for one in layouts.layout_rows(context)}
    parts = ("", "-regions", "-hosts", "-others", "-location")
    assert set(rows) == {f"L-{name}{part}" for name in fakes for part in parts}
    assert (rows["L-local_demand"].published, rows["L-cross_region"].published) == ("above 0", "below 0")
    # The same runs, so one of the two fails if either holds.
    assert rows["L-local_demand"].measured == rows["L-cross_region"].measured
    assert {"holds", "undecided", "fails"} >= {rows["L-local_demand"].verdict}


def test_the_part_of_a_gap_that_goes_with_its_hosts() -> None:
    control = np.array([8.0, 4.0, 2.0, 1.0])
    years = np.arange(2010, 2020)

    def pair(late: np.ndarray) -> Pair:
        treated = np.vstack([control] * 5 + [late] * 5)
        return Pair(
            1, years, np.array([3]), {"innovation": treated}, {"innovation": np.vstack([control] * 10)}
        )

    alone = np.array([8.0, 4.0, 2.0, 3.0])
    assert layouts.host_location_share(pair(alone)) == pytest.approx(1.0)
    others = np.array([7.0, 4.0, 2.0, 1.0])
    assert layouts.host_location_share(pair(others)) == pytest.approx(0.0)
    both = np.array([7.0, 4.0, 2.0, 3.0])
    left = theil(others) - theil(control)
    assert layouts.host_location_share(pair(both)) == pytest.approx(1 - left / (theil(both) - theil(control)))
    assert math.isnan(layouts.host_location_share(pair(control)))


def test_a_quick_validation_leaves_out_what_needs_many_runs(context: Context) -> None:
    assert compute_rows(context) == []


def test_contributions_come_with_a_verdict_in_a_full_validation(context: Context) -> None:
    rows = compute_rows(context.changed(quick=False, until=2010))
    assert [one.id for one in rows] == ["A7", "A7", "A1", "A2", "A5", "A6", "A6", "A6"]
    assert all(one.reason for one in rows if one.verdict != "holds")


def test_multipliers_are_not_claimed() -> None:
    readings = ("sales to compute used", "digital sales to compute used", "innovation to compute used")
    table = pd.DataFrame(
        [(name, 0.1, 0.01, 8) for name in (*readings, "innovation to capacity, doubled")],
        columns=["reading", "mean", "se", "seeds"],
    )
    rows = multiplier_rows(table)
    assert {one.verdict for one in rows} == {"not claimed"}
    assert all(one.reason for one in rows)
    assert math.isnan(next(one for one in rows if one.id == "A5").measured)


# ── Known solutions and the observed decade ──────────────────────────────────────────────────────


def test_the_closed_economys_rows_keep_their_verdicts(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = [
        ClosedRow("I1", "markup", 4.0, 4.0, 1e-6, "ratio"),
        ClosedRow("I2", "growth", 0.1, 0.2, 1e-6, "1/year", "the print counts output twice"),
    ]
    monkeypatch.setattr(facts, "validation_rows", lambda seed: theirs)
    holds, fails = facts.closed_rows(context)
    assert (holds.kind, holds.verdict, holds.reason) == ("analytic", "holds", "")
    assert (fails.verdict, fails.reason) == ("fails", "the print counts output twice")
    assert (fails.published, fails.measured) == ("0.1", 0.2)


def test_facts_of_the_decade_are_judged_by_the_published_bounds(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fact(identity: str, quantity: str, measured: float, se: float, **more: Any) -> dict[str, Any]:
        return {
            "id": identity, "quantity": quantity, "kind": "validate", "measured": measured, "se": se,
            "met": "no", "note": "revenue stands in", **more,
        }  # fmt: skip

    table = [
        fact("E9", "Spearman rank of real GDP per head 2010-22", 0.94, 0.001, met="yes"),
        fact("E9", "Spearman rank of real GDP per head 2010-22", 0.99, 0.001),
        fact("E13b", "East/West GDP per head 2010", 2.0, 0.1, kind="calibrate", met="no bounds"),
        fact("E13b", "East/West GDP per head 2010", 1.5, 0.1, kind="calibrate", met="no bounds"),
        fact("E1", "s.d. ln real GDP per head 2000", math.nan, math.nan, note="the run covers 2005 to 2030"),
    ]
    monkeypatch.setattr(facts, "observed_decade", lambda found, cities: pd.DataFrame(table))
    regions = ["east", "west"] * (len(context.cities) // 2)
    whole = context.changed(quick=False, cities=context.cities.assign(region=regions), until=2005)
    both = facts.decade_rows(whole)
    assert [one.scenario for one in both] == ["actual"] * 5 + ["observed_decade"] * 5
    rows, calibrated = both[:5], both[5:]
    assert [one.verdict for one in calibrated] == [one.verdict for one in rows]
    assert [one.verdict for one in rows] == ["holds", "fails", "holds", "fails", "not claimed"]
    assert [one.kind for one in rows] == ["validation"] * 2 + ["calibration"] * 2 + ["validation"]
    assert rows[1].reason.startswith("revenue stands in; sales gather")
    assert rows[3].reason.startswith("a figure without bounds")
    assert (rows[4].reason, rows[4].seeds) == ("the run covers 2005 to 2030", 0)
    assert facts.decade_rows(context) == []  # quick
    assert facts.decade_rows(whole.changed(cities=context.cities.assign(region="east"))) == []


# ── Context ──────────────────────────────────────────────────────────────────────────────────────


def test_runs_are_made_once_and_a_part_is_no_ground_for_a_verdict(context: Context) -> None:
    plans: list[Plan] = []

    def run(plan: Plan) -> ArmResults:
        plans.append(plan)
        return run_arms(plan)

    counting = context.changed(run=run, until=2005)
    first, again = counting.twins("random_hosts"), counting.twins(SCENARIOS["random_hosts"])
    assert first is again
    assert len(plans) == 1
    counting.arms({"one": Scenario("none", "none")}, most_seeds=1)
    assert plans[1].seeds == (1,)
    failing = context.changed(run=lambda plan: ArmResults(plan, {}, {(1, "none with"): "memory"}))
    with pytest.raises(RuntimeError, match="1 runs failed; seed 1 none with: memory"):
        failing.twins("none")
    with pytest.raises(Interrupted):
        context.changed(run=lambda plan: ArmResults(plan, interrupted=True)).twins("none")


def test_a_provider_is_a_function_of_the_context(context: Context) -> None:
    def mine(given: Context) -> list[Row]:
        assert given is context
        return [row(id="X1")]

    assert [one.id for one in validate(context, [mine, mine])] == ["X1", "X1"]
    assert all(callable(provider) for provider in ROWS)


# ── The file and the page ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.15512, 0.0211, "0.155 ± 0.021"), (49.56, 3.75, "49.6 ± 3.8"), (-0.4968, 0.0232, "-0.497 ± 0.023"),
        (1234.5, 31.0, "1234 ± 31"), (4.4e-16, None, "4.4e-16"), (None, None, "n/a"), (0.1, 0.0, "0.1"),
    ],
)  # fmt: skip
def test_a_measure_is_rounded_to_its_error(value: float | None, error: float | None, text: str) -> None:
    assert measured({"measured": value, "se": error}) == text


def test_the_file_has_every_row_and_no_nan(context: Context, tmp_path: Path) -> None:
    rows = [row(), row(id="C0", kind="sign", measured=math.nan, se=math.nan, verdict="undecided")]
    contents = record(rows, context, 1.26, "computeleap validate")
    write_record(tmp_path / "v.json", contents)
    read = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    assert read == contents
    assert read["rows"][1]["measured"] is None
    assert read["verdicts"] == {"fails": 1, "undecided": 1}
    assert read["parameters_changed"] == {"firms": 150, "burn_in": 2}
    assert tally(rows)["holds"] == 0


def test_the_page_says_what_the_file_says(context: Context) -> None:
    rows = [row(), row(id="A8", verdict="holds", reason=""), row(id="C0", kind="sign", scenario="")]
    text = page(record(rows, context, 1.0, "computeleap validate --seeds 2"))
    assert "3 rows: 1 holds, 2 fails" in text
    assert "| A7 | share, fraction | `actual` | 0.155 (seed 004) | 0.200 ± 0.010 | 8 | fails |" in text
    assert "- **A7 in `actual`**: too much." in text
    assert text.index("## Signs") < text.index("## Published figures, not used")
    assert "Known solutions" not in text


def test_the_shipped_page_is_made_from_the_shipped_file() -> None:
    contents = json.loads((ROOT / "docs/validation/validation.json").read_text(encoding="utf-8"))
    assert (ROOT / "docs/validation.md").read_text(encoding="utf-8") == page(contents)
    assert not contents["quick"]
    assert contents["parameters_changed"] == {}
