"""The one-page report of a decision, in Markdown, which says what it cannot know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from experiments.questions.decision.choice import (
    AIM,
    decision_table,
    firms_by_size,
    half_agreement,
    net_gains,
    robust_choice,
    winners_and_losers,
)
from experiments.questions.decision.plans import Plan
from experiments.questions.decision.worlds import HORIZON, NEAR_KM, Question, World

Plain = dict[str, Any]  # of a file: plain values by name

UNKNOWN = (
    "whether the mechanisms of the model are the right ones: all members share its rules",
    "what other cities do in answer: in the model nobody changes plans because this city builds",
    "what the money would do elsewhere: schools, roads and lower taxes are not among the plans",
    "what joining an exchange would do: it is a rule of the whole country (scenario `trading`)",
    "who runs the centre well: a centre of the model has an average operator",
    "prices and techniques that nobody has seen yet: progress continues at the rates of a member",
)
SCOPE_WORDS = {"city": "the city", "country": "the country"}


def decision_record(
    worlds: Sequence[World], plans: Sequence[Plan], question: Question, scope: str, cities: pd.DataFrame
) -> Plain:
    """Return all that the report says, as plain values."""
    net = net_gains(worlds, scope)
    choice = robust_choice(net)
    return {
        "city": str(cities["name_en"].iloc[question.city]),
        "budget_100m_cny": question.budget,
        "year": question.year,
        "until": question.until,
        "scope": scope,
        "worlds": len(worlds),
        "choice": choice,
        "halves_agree": half_agreement(net),
        "plans": {plan.name: plan.words for plan in plans},
        "table": decision_table(worlds, scope).to_dict("records"),
        "cities": winners_and_losers(worlds, choice, cities).to_dict("records"),
        "firms": firms_by_size(worlds, choice),
    }


def one_page(told: Plain, made: str) -> str:
    """Return the report. made: how it was made, a sentence."""
    city, worlds = told["city"], told["worlds"]
    table = told["table"]
    chosen = next(row for row in table if row["plan"] == told["choice"])
    halves = "give the same choice" if told["halves_agree"] else "**disagree: the choice is not firm**"
    lines = [
        f"# Should {city} build?",
        "",
        f"Budget {0.1 * told['budget_100m_cny']:g} bn CNY, decided at the start of {told['year']}, gains of "
        f"{told['year']} to {told['until']} counted ({HORIZON} years, not discounted, constant prices), "
        f"for the good of {SCOPE_WORDS[told['scope']]}.",
        "",
        f"**Robust choice: {told['choice']}**: {city} {told['plans'][told['choice']]}. Of all plans it has "
        f"the smallest regret in the worst tenth of {worlds} worlds: {_money(chosen['regret'])} bn CNY short "
        f"of the plan that would have been best. Net gain {_money(chosen['net'])} bn CNY, 90 % of the worlds "
        f"between {_money(chosen['low'])} and {_money(chosen['high'])}; it loses in "
        f"{100 * chosen['loss']:.0f} % of them. Two disjoint halves of the worlds {halves}.",
        "",
        f"| plan | {city} | within {NEAR_KM:.0f} km | other cities | capital | net | 90 % | loses in | "
        "regret | best in |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in table:
        cells = [
            row["plan"],
            *(_money(row[name]) for name in ("city", "neighbours", "others", "cost", "net")),
        ]
        cells += [f"{_money(row['low'])} to {_money(row['high'])}", f"{100 * row['loss']:.0f} %"]
        cells += [_money(row["regret"]), f"{100 * row['best']:.0f} %"]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        "In bn CNY of 2022, means over worlds; capital is what the city's centre costs over the years, with "
        f"renewal; regret is its {100 * AIM:.0f} % quantile.",
        "",
    ]
    lines += [f"- **{name}**: {city} {words}." for name, words in told["plans"].items()]
    lines += ["", "## Who gains and who loses by the choice", ""]
    if told["choice"] == "nothing":
        lines.append("Nobody: it is what the others are compared with.")
    else:
        for row in told["cities"]:
            effect = f"{row['effect']:+.2f}".replace("-", "−")
            share = f"the same sign in {100 * row['same_sign']:.0f} % of the worlds"
            lines.append(f"- {row['city']}: {effect} % of GDP in the last five years, {share}")
        sizes = ", ".join(f"{name} {value:+.1f} %" for name, value in told["firms"].items()).replace("-", "−")
        lines.append(f"- Firms of {city} at the decision, effect on their sales in the last quarter: {sizes}")
    lines += ["", "## What this page cannot know", ""]
    lines += [f"- {words[0].upper()}{words[1:]}." for words in UNKNOWN]
    lines += ["", made]
    return "\n".join(lines).rstrip() + "\n"


def _money(value: float) -> str:
    """Return 100 m CNY as bn CNY."""
    return f"{0.1 * value:+.2f}".replace("-", "−").replace("+0.00", "0").replace("−0.00", "0")
