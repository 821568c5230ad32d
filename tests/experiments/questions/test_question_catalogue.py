"""Findings, ablation, regimes and oversupply: hand-made tables, and small runs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.measures import effects
from experiments.measures.findings import BY_ID, by_seed, findings, sign_verdict, t_value
from experiments.measures.published_targets import target, targets
from experiments.questions import ablation, oversupply, regimes
from experiments.questions.question_catalogue import QUESTIONS
from experiments.study.results import Results
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, twin_arms
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


# ── Findings ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mean", "error", "expected", "verdict"),
    [
        (1.0, 0.4, 1, "holds"), (1.0, 0.4, -1, "fails"), (-1.0, 0.4, -1, "holds"), (-1.0, 0.4, 1, "fails"),
        (1.0, 0.5, 1, "undecided"), (1.0, math.nan, 1, "undecided"), (math.nan, 0.1, 1, "undecided"),
        (0.0, 0.0, 1, "undecided"),
    ],
)  # fmt: skip
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
    found = effects.pairs(twins)
    by_group = effects.effects(found).set_index("group")
    channels = effects.channels(found)
    gap = effects.gap(found, twins.study.country.cities).set_index("index")
    assert table.loc["C0", "size"] == pytest.approx(by_group.loc["host cities", "mean"])
    assert table.loc["C0", "se"] == pytest.approx(by_group.loc["host cities", "se"])
    assert table.loc[["C1", "C2", "C3", "C4", "C5", "C6"], "size"].tolist() == pytest.approx(
        channels["mean"].tolist(), nan_ok=True
    )
    assert table.loc["C14", "size"] == pytest.approx(gap.loc["Theil", "mean"])
    assert table.loc["C14-regions", "size"] == pytest.approx(gap.loc["Theil between regions", "mean"])


def test_near_and_far_are_by_the_nearest_host(twins: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = effects.pairs(twins)[0]
    count = len(twins.study.country.cities)
    nearest = np.full(count, 2000.0)
    others = np.setdiff1d(np.arange(count), pair.hosts)
    nearest[others[:2]], nearest[others[2:4]], nearest[pair.hosts] = 149.9, 500.0, 0.0
    monkeypatch.setattr("experiments.measures.findings.nearest_distance_km", lambda distances, hosts: nearest)
    effect = np.arange(float(count))
    monkeypatch.setattr(effects.Pair, "effect", lambda self, *given: effect)
    row = by_seed([pair], twins.study.country.cities).iloc[0]
    assert row["C13-near"] == effect[others[:2]].mean()
    assert row["C13-far"] == effect[others[2:4]].mean()
    assert row["C13"] == row["C13-far"] - row["C13-near"]


def test_hosts_that_are_chosen_have_no_splits(twins: Results) -> None:
    chosen = replace(twins, study=replace(twins.study, scenario=SCENARIOS["actual"]))
    assert not set(findings(chosen)["id"]) & {"C7", "C12-partial"}


# ── Targets ──────────────────────────────────────────────────────────────────────────────────────


def test_targets_are_found_by_id() -> None:
    assert (target("A7").low, target("A7").high) == (0.14, 0.17)
    assert target("A7").published == "0.155 (0.14 to 0.17)"
    assert target("C14").published == "below 0"
    assert target("E13").low == target("E13").high == 1.59
    assert target("E1", "2010").value == 0.599
    with pytest.raises(KeyError, match="6 targets have id 'E1'"):
        target("E1")
    with pytest.raises(KeyError, match="0 targets"):
        target("Z9")


# ── Ablation ─────────────────────────────────────────────────────────────────────────────────────


def test_every_mechanism_is_off_by_parameters_that_exist() -> None:
    base = Parameters()
    assert ablation.MECHANISMS[0].id == ablation.ON
    for one in ablation.MECHANISMS[1:]:
        assert base.changed(**one.off) != base, one.id
    letters = {one.id.split("-")[0] for one in ablation.MECHANISMS[1:]}
    assert letters == {f"M{k}" for k in range(1, 9)}


@pytest.mark.parametrize(
    ("on", "off", "outcome"),
    [
        ("holds", "holds", "kept"), ("holds", "undecided", "lost"), ("holds", "fails", "reversed"),
        ("fails", "holds", "gained"), ("undecided", "holds", "gained"), ("fails", "fails", "absent"),
        ("undecided", "fails", "absent"),
    ],
)  # fmt: skip
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


# ── Regimes ──────────────────────────────────────────────────────────────────────────────────────


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
    mobility = regimes.Axis("talent mobility", "1/quarter", ("talent_mobility",), (0.0, 0.03))
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


# ── Oversupply ───────────────────────────────────────────────────────────────────────────────────


def test_the_arms_share_one_twin_and_scale_what_the_scenario_has() -> None:
    base = Parameters(capacity_basic=6.0)
    scenario = Scenario("s", "m", "actual", parameters={"capacity_super": 1.0})
    arms = oversupply.arms(scenario, base, (0.5, 1.0))
    assert list(arms) == ["without", "network 0.5", "network 1", "local 0.5", "local 1"]
    assert arms["without"].centres == "none"
    half = base.changed(**arms["network 0.5"].parameters)
    assert (half.capacity_basic, half.capacity_super, half.remote_access) == (3.0, 0.5, 1.0)
    assert base.changed(**arms["local 1"].parameters).remote_access == 0.0
    assert base.changed(**arms["network 1"].parameters) == base.changed(capacity_super=1.0)


def test_the_market_of_centres_by_hand() -> None:
    parameters = Parameters(
        service_cost=0.3, electricity_use=1.0, power_usage_effectiveness=1.0, electricity_west=0.2,
        electricity_east=0.7,
    )  # fmt: skip
    cities = pd.DataFrame({"city_id": [1, 2], "region": ["west", "east"]})
    centres = pd.DataFrame({
        "city_id": [1, 2, 1, 2], "year": [2029, 2029, 2030, 2030], "capacity": [3.0, 1.0, 3.0, 1.0],
        "served": [1.5, 1.0, 1.5, 0.0], "price": [1.0, 1.0, 0.5, 1.0], "surplus": [0.5, 0.0, 0.1, 0.0],
    })  # fmt: skip
    found = oversupply.market(centres, parameters, cities)
    assert found["capacity"] == 16.0  # four a quarter
    assert found["utilisation"] == 0.5
    assert found["surplus"] == pytest.approx(4 * 0.6 / 2)
    assert found["price"] == pytest.approx((3 + 1 + 1.5 + 1) / 8)
    assert found["price_over_cost"] == pytest.approx((3 * 2 + 1 + 3 * 1 + 1) / 8)
    nothing = oversupply.market(centres.iloc[:0], parameters, cities)
    assert nothing["capacity"] == 0.0
    assert math.isnan(nothing["utilisation"])


def curve_rows(**columns: list[float]) -> pd.DataFrame:
    """Two equal seeds at multiples 1, 2 and 4."""
    frame = pd.DataFrame({"multiple": [1.0, 2.0, 4.0], "capacity": [10.0, 20.0, 40.0]})
    for name in oversupply.MEASURES:
        frame[name] = columns.get(name, [1.0, 1.0, 1.0])
    both = [frame.assign(seed=seed, access="network") for seed in (1, 2)]
    return pd.concat(both, ignore_index=True)


def test_the_value_at_a_use_is_interpolated() -> None:
    rows = curve_rows(utilisation=[0.9, 0.7, 0.3], contribution=[0.10, 0.20, 0.30])
    found = oversupply.at_use(rows, "contribution", 0.8)
    assert found["mean"] == pytest.approx(0.15)
    assert (found["se"], found["seeds"]) == (0.0, 2)
    assert oversupply.at_use(rows, "contribution", 0.9)["mean"] == pytest.approx(0.10)
    assert oversupply.at_use(rows, "contribution", 0.2)["seeds"] == 0
    assert math.isnan(oversupply.at_use(rows, "contribution", 0.95)["mean"])
    idle = pd.concat([rows, *(rows[rows["seed"] == 1].assign(seed=k, utilisation=0.1) for k in (3, 4, 5))])
    assert math.isnan(oversupply.at_use(idle, "contribution", 0.8)["mean"])  # two seeds of five
    assert oversupply.at_use(idle[idle["seed"] < 5], "contribution", 0.8)["mean"] == pytest.approx(0.15)


def test_the_marginal_return_is_that_of_the_added_capacity() -> None:
    # Extra innovations are 20, 60 and 60: 4 per unit of the first ten added, none of the next twenty.
    rows = curve_rows(social_return=[2.0, 3.0, 1.5])
    found = oversupply.curve(rows).set_index(["measure", "multiple"])["mean"]["marginal_social"]
    assert found.to_dict() == {1.0: 2.0, 2.0: 4.0, 4.0: 0.0}


def test_thresholds_are_the_first_multiples() -> None:
    rows = curve_rows(
        social_return=[2.0, 3.0, 1.5], price_over_cost=[1.5, 1.005, 1.0], private_return=[0.5, 0.1, 0.0]
    )
    found = oversupply.thresholds(oversupply.curve(rows)).set_index("quantity")["multiple"]
    assert found.to_dict() == {
        "largest social return per unit": 2.0,
        "more adds next to no innovation": 4.0,
        "price at marginal cost": 2.0,
        "no surplus": 4.0,
    }
    # What the first units add is little, but the best is still to come.
    late = oversupply.thresholds(oversupply.curve(curve_rows(social_return=[0.1, 3.0, 5.0])))
    assert math.isnan(late.set_index("quantity").loc["more adds next to no innovation", "multiple"])
    never = oversupply.thresholds(oversupply.curve(curve_rows(price_over_cost=[2.0, 2.0, 2.0])))
    assert math.isnan(never.set_index("quantity").loc["price at marginal cost", "multiple"])


def test_elasticities_are_log_ratios() -> None:
    rows = curve_rows(
        effect_country=[1.0, 1.0 + 50 * math.log(2.0), 9.0],
        compute_use=[4.0, 5.0, 6.0],
        revenue=[0.2, 0.2, 0.2],
    )
    found = oversupply.elasticities(rows).set_index("reading")["mean"]
    assert found["innovation to capacity, doubled"] == pytest.approx(0.5)
    assert found["innovation to compute used"] == pytest.approx(0.25)
    assert found["sales to capacity, doubled"] == pytest.approx(0.0)
    assert found["sales to compute used"] == pytest.approx(0.05)


# ── Every study ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_study_has_arms_for_each_of_its_scenarios(name: str) -> None:
    study = QUESTIONS[name]
    scenarios = [SCENARIOS[one] for one in study.scenarios]
    arms = study.arms(scenarios, Parameters())
    assert len(arms) % len(scenarios) == 0
    assert {arm.name for arm in arms.values()} == {
        text for one in study.scenarios for text in (one, f"{one}-twin")
    }


def test_the_arms_of_one_scenario_can_be_taken_out(plan: Study) -> None:
    arms = {"a with": LOTS, "a without": LOTS.twin(), "ab with": LOTS}
    results = Results(replace(plan, arms=arms), {(1, "a with"): Any}, {(2, "ab with"): "why"})  # type: ignore[dict-item]
    own = results.within("a")
    assert list(own.study.arms) == ["with", "without"]
    assert list(own.records) == [(1, "with")]
    assert own.failures == {}
    assert results.within("ab").failures == {(2, "with"): "why"}
