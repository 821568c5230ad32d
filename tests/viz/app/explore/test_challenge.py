"""The challenge: its rules, its score, and the answer that is shipped."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.plan_accounts import building_cost
from experiments.pages import challenge_plan
from model.parameters import Parameters
from viz.app.explore.challenge import broken_rule, challenge, known_text, score_frame
from viz.app.explore.plan_state import PlanState
from viz.app.explore.snapshot import Totals
from viz.app.ui.translations import translator

INCOME = 4595.588 / 2  # of a quarter, with 5,000 firms


@pytest.fixture
def session(land) -> PlanState:
    made = PlanState(land)
    made.comparison = None
    made.now = SimpleNamespace(run=SimpleNamespace(totals=Totals(income=[INCOME])))
    return made


def test_the_shipped_answer_keeps_the_rules_and_wins(session):
    rules = challenge()
    assert (rules.centres, rules.budget, rules.until, rules.firms) == (
        challenge_plan.CENTRES,
        challenge_plan.BUDGET,
        challenge_plan.UNTIL,
        challenge_plan.FIRMS,
    )
    parameters = Parameters(firms=rules.firms)
    cost = 100.0 * sum(building_cost(place, parameters) for place in rules.places) / (4.0 * INCOME)
    assert cost == pytest.approx(rules.cost, rel=1e-3)
    assert broken_rule(session, rules.options(rules.places)) == ""
    assert rules.best["mean"] <= rules.target < 0.0
    assert rules.best["seeds"] == len(rules.best["values"]) == 9
    for language in ("en", "zh"):
        assert rules.made["command"] in known_text(translator(language))


def test_each_rule_is_named_when_it_is_broken(session):
    rules = challenge()
    plan = rules.options(rules.places)
    for broken, options in (
        ("elsewhere", replace(plan, scenario="actual")),
        ("elsewhere", replace(plan, firms="9000")),
        ("elsewhere", replace(plan, changes=(("talent_mobility", 0.1),))),
        ("centres", replace(plan, centres=(*plan.centres, replace(plan.centres[0], size=0.01)))),
        ("budget", replace(plan, centres=tuple(replace(one, size=2 * one.size) for one in plan.centres))),
    ):
        assert broken_rule(session, options) == broken
        session.set(session.running, options)
        told = score_frame(session, SimpleNamespace(quarter=0, start_year=2005))
        assert told["text"] == translator("en")(f"challenge.{broken}", centres=rules.centres)
        assert not told["won"]


@pytest.mark.parametrize(("by", "won"), [(0.5, True), (0.01, False)])
def test_the_score_is_that_of_the_seeds_at_the_end(session, monkeypatch, by, won):
    rules = challenge()
    session.set(session.running, rules.options(rules.places))
    end = 4 * (rules.until - 2004)
    rows = [
        [Totals(recent_theil=[1.0] * (end + 1)), Totals(recent_theil=[1.0 - k * by / 100] * (end + 1))]
        for k in (0.9, 1.0, 1.1)
    ]
    monkeypatch.setattr("viz.app.explore.challenge.ready_of", lambda session, snapshot: rows)
    session.compared_plans = lambda: (session.running.peek(),)
    early = score_frame(session, SimpleNamespace(quarter=end - 1, start_year=2005))
    assert "its score follows" in early["text"]
    told = score_frame(session, SimpleNamespace(quarter=end, start_year=2005))
    assert told["won"] == won
    assert f"−{by:.2f} [" in told["text"]
