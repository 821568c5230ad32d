"""The challenge: narrow the gap between cities with few centres and a budget, scored over seeds."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara

from experiments.measures.number_text import estimate, number
from model.scenarios.scenario import Place
from viz.app.explore.plan_sample import plan_effects
from viz.app.explore.plan_state import PLANS
from viz.app.explore.plans_panel import cost_share, number_or_less, ready_of
from viz.app.explore.run_options import ALL, RunOptions
from viz.app.explore.seed_spread import Spread, spread
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import signal
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import ChallengeCard

FILE = Path(__file__).resolve().parents[2] / "assets" / "challenge.json"
SLACK = 1e-6  # of the budget, for sizes that are typed in few digits
TEXTS = ("label", "take", "best")


@dataclass(frozen=True)
class Challenge:
    """The rules and the best plan that is known.

    Attributes:
        target: Change of the Theil index that wins, %; negative.
        best: Mean, standard error and number of seeds of the best known plan, %.
        made: Date, version, seeds and command of the search.
    """

    centres: int
    budget: float
    until: int
    firms: int
    target: float
    places: tuple[Place, ...]
    cost: float
    best: Mapping[str, Any]
    made: Mapping[str, Any]

    def options(self, places: tuple[Place, ...] = ()) -> RunOptions:
        """Return the plan to begin with, or one with these centres."""
        return RunOptions("none", "1", str(self.firms), centres=places, twin=ALL)


@functools.cache
def challenge() -> Challenge:
    """Return the challenge that the package ships."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    limits = stored["limits"]
    return Challenge(
        limits["centres"],
        limits["budget"],
        limits["until"],
        limits["firms"],
        stored["target"],
        tuple(Place(**place) for place in stored["places"]),
        stored["cost"],
        stored["score"],
        stored["made"],
    )


def broken_rule(session: Session, options: RunOptions) -> str:
    """Return the rule that a plan breaks, a key of ``challenge``; "" if it breaks none."""
    rules = challenge()
    first = rules.options()
    if (options.scenario, options.firms, options.changes) != (first.scenario, first.firms, ()):
        return "elsewhere"
    if len(options.centres) > rules.centres:
        return "centres"
    if cost_share(session, options) > rules.budget * (1.0 + SLACK):
        return "budget"
    return ""


@solara.component
def ChallengeBox(session: Session) -> None:
    """The rules, the score of the plan that is shown, and the best known answer on request."""
    tr, rules = session.tr, challenge()
    card = ChallengeCard(
        texts=tr.section("challenge", TEXTS)
        | {
            "rules": tr(
                "challenge.rules",
                target=number(-rules.target, 2),
                centres=rules.centres,
                budget=f"{rules.budget:g}",
                until=rules.until,
            ),
            "known": known_text(tr),
        },
        event_take=signal(lambda: begin(session, rules.options())),
        event_best=signal(lambda: begin(session, rules.options(rules.places), keep=True)),
    )
    use_frames(session, "challenge", card, lambda snapshot: score_frame(session, snapshot))


def begin(session: Session, options: RunOptions, keep: bool = False) -> None:
    """Load a plan of the challenge, in place of all plans or next to them (``keep``), and run it."""
    made = session.plan_set
    others = tuple(one for one in made.plans if keep and broken_rule(session, one) != "elsewhere")
    others = others[: len(PLANS) - 1]
    session.show_plans(options, others, len(others))
    until = str(challenge().until)
    session.act(lambda: session.begin(until))


def known_text(tr: Translator) -> str:
    """Return the score of the best known plan, and how it was found."""
    rules = challenge()
    best = rules.best
    return tr(
        "challenge.known",
        score=estimate(best["mean"], best["se"], decimals=2),
        cost=number_or_less(rules.cost),
        seeds=best["seeds"],
        version=rules.made["version"],
        date=rules.made["date"],
        command=rules.made["command"],
    )


def score_of(session: Session, snapshot: Snapshot) -> Spread | None:
    """Return the change of the gap by the shown plan, %, at the end of the challenge; None: not yet."""
    end = 4 * (challenge().until - snapshot.start_year + 1)
    ready = ready_of(session, snapshot)
    first = session.compared_plans()[0]  # of which the twin is that of all plans
    if snapshot.quarter != end or not ready or broken_rule(session, first) == "elsewhere":
        return None
    effects = plan_effects(ready, "recent_theil", end)
    shown = session.plan.peek()
    return spread(effects[shown][:, -1]) if shown < len(effects) else None


def score_frame(session: Session, snapshot: Snapshot) -> Option:
    """Return what the plan that is shown scores, or which rule it breaks."""
    tr, rules, options = session.tr, challenge(), session.running.peek()
    broken = broken_rule(session, options)
    if broken:
        return {"text": tr(f"challenge.{broken}", centres=rules.centres), "won": False}
    used = tr(
        "challenge.used",
        centres=len(options.centres),
        most=rules.centres,
        cost=number_or_less(cost_share(session, options)),
        budget=f"{rules.budget:g}",
    )
    score = score_of(session, snapshot) if options.centres else None
    if score is None:
        return {"text": f"{used} {tr('challenge.no_score', until=rules.until)}", "won": False}
    won = score.mean <= rules.target
    verdict = tr("challenge.won" if won else "challenge.lost", score=score.text(2), seeds=score.seeds)
    return {"text": f"{used} {verdict}", "won": won}
