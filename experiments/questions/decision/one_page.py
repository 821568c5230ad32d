"""The one-page report of a decision, in Markdown, in English or Chinese, which says what it cannot know."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict
from importlib import resources
from typing import Any

import numpy as np

from experiments.questions.decision.choice import (
    advice,
    decision_table,
    firms_by_size,
    net_gains,
    winners_and_losers,
)
from experiments.questions.decision.plans import NOTHING, Plan
from experiments.questions.decision.worlds import HORIZON, NEAR_KM, AskingCity, World
from model.country.country import Country
from model.files.toml_file import read_toml

Plain = dict[str, Any]  # of a file: plain values by name
LANGUAGES = ("en", "zh")
UNIT = {"en": 0.1, "zh": 1.0}  # bn CNY and 亿元, for 100 m CNY


def decision_record(
    worlds: Sequence[World], plans: Sequence[Plan], question: AskingCity, scope: str, country: Country
) -> Plain:
    """Return all that the report says, as plain values."""
    cities, advised = country.cities, advice(net_gains(worlds, scope))
    gdp = cities["gdp_2022"].to_numpy(dtype=float)
    near = country.distances[question.city] <= NEAR_KM
    counted = {"city": gdp[question.city], "area": gdp[near].sum(), "country": gdp.sum()}[scope]
    return {
        "city": {language: str(cities[f"name_{language}"].iloc[question.city]) for language in LANGUAGES},
        "budget_100m_cny": question.budget,
        "year": question.year,
        "until": question.until,
        "scope": scope,
        "gdp_2022_100m_cny": float(counted),
        "worlds": len(worlds),
        "choice": advised.choice,
        "least_regret": advised.least_regret,
        "not_told_apart": advised.not_told_apart,
        "choices_of_halves": advised.of_halves,
        "halves_contradict": advised.contradict,
        "plans": [asdict(plan) for plan in plans],
        "table": decision_table(worlds, scope).to_dict("records"),
        "cities": winners_and_losers(worlds, advised.choice, cities).to_dict("records"),
        "firms": firms_by_size(worlds, advised.choice),
    }


@functools.cache
def page_words(language: str) -> Plain:
    """Return the words of the page in a language, by place."""
    file = resources.files("experiments.questions.decision").joinpath(f"page.{language}.toml")
    with resources.as_file(file) as place:
        return read_toml(place)


def one_page(told: Plain, made: Plain, language: str = "en") -> str:
    """Return the report. made: command, version, rules and date of the ensemble."""
    words, unit = page_words(language), UNIT[language]
    city, near = told["city"][language], f"{NEAR_KM:.0f}"
    scope = words["scope"][told["scope"]].format(near=near)
    does = {plan["name"]: _does(plan, told["budget_100m_cny"], language) for plan in told["plans"]}
    chosen = next(row for row in told["table"] if row["plan"] == told["choice"])
    facts = {
        "city": city,
        "near": near,
        "worlds": told["worlds"],
        "budget": f"{unit * told['budget_100m_cny']:g}",
        "year": told["year"],
        "until": told["until"],
        "scope": scope,
        "plan": words["plan"][told["choice"]],
        "does": does[told["choice"]],
        **{name: _money(chosen[name], unit) for name in ("net", "low", "high")},
        "loss": f"{100 * chosen['loss']:.0f}",
        "share": _share(chosen["net"] / (HORIZON * told["gdp_2022_100m_cny"])),
    }
    of_whom = {**facts, "scope": city if told["scope"] == "city" else scope}
    return "\n".join(
        [
            f"# {words['title'].format(**facts)}",
            "",
            words["asked"].format(**facts),
            "",
            words["choice"].format(**facts),
            *([words["net"].format(**of_whom)] if told["choice"] != NOTHING else []),
            _reason(told, words, unit),
            _halves(told, words),
            "",
            *_table(told, words, unit, facts),
            "",
            words["of_table"].format(**facts),
            "",
            *(
                words["item"].format(plan=words["plan"][name], city=city, does=text)
                for name, text in does.items()
            ),
            "",
            f"## {words['who']}",
            "",
            *_who(told, city, words, f"name_{language}"),
            "",
            f"## {words['cannot_know']}",
            "",
            *(f"- {text}" for text in words["unknown"].values()),
            "",
            words["made"].format(**made) + "\n",
        ]
    )


def _table(told: Plain, words: Plain, unit: float, facts: Plain) -> list[str]:
    """Return the table of plans."""
    head = words["columns"].format(**facts)
    lines = [f"| {head} |", "|---" * len(head.split("|")) + "|"]
    for row in told["table"]:
        gains = (_money(row[name], unit) for name in ("city", "neighbours", "others"))
        cells = [words["plan"][row["plan"]], *gains, _money(row["cost"], unit).lstrip("+")]
        cells.append(_money(row["net"], unit))
        cells += [f"{_money(row['low'], unit)} … {_money(row['high'], unit)}", f"{100 * row['loss']:.0f} %"]
        cells += [_money(row[name], unit).lstrip("+") for name in ("regret", "worst")]
        cells.append(f"{100 * row['best']:.0f} %")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _does(plan: Plain, budget: float, language: str) -> str:
    """Return what the city does by a plan, without its subject."""
    words = page_words(language)
    form = "centre" if plan["kind"] else "vouchers" if plan["vouchers"] else NOTHING
    return str(
        words["does"][form].format(
            money=f"{UNIT[language] * plan['part'] * budget:g}",
            kind=words["kind"].get(plan["kind"], ""),
            when=words["later"].format(years=plan["wait"] // 4) if plan["wait"] else words["at_once"],
        )
    )


def _reason(told: Plain, words: Plain, unit: float) -> str:
    """Return why this plan was chosen."""
    best, others = told["least_regret"], told["not_told_apart"]
    facts = {
        "worlds": told["worlds"],
        "best": words["plan"][best],
        "others": words["comma"].join(words["plan"][name] for name in others),
        "net": _money(next(row["net"] for row in told["table"] if row["plan"] == best), unit),
    }
    form = "too_few" if told["choice"] != best else "not_apart" if others else "alone"
    return str(words[form].format(**facts))


def _halves(told: Plain, words: Plain) -> str:
    one, two = told["choices_of_halves"]
    form = "agree" if one == two else "differ" if told["halves_contradict"] else "compatible"
    return str(words["halves"][form].format(one=words["plan"][one], two=words["plan"][two]))


def _who(told: Plain, city: str, words: Plain, name: str) -> list[str]:
    """Return the cities and firms that gain and lose by the choice."""
    if told["choice"] == NOTHING:
        return [words["nobody"]]
    comma = words["comma"]
    texts = [
        f"{row[name]} {_effect(row['effect'])} % ({100 * row['same_sign']:.0f} %)" for row in told["cities"]
    ]
    half = len(texts) // 2
    small, large = (_effect(told["firms"][size]) for size in ("smaller half", "largest tenth"))
    return [
        words["effect"],
        "",
        f"- {words['gains_most']}: {comma.join(texts[:half])}",
        f"- {words['gains_least']}: {comma.join(reversed(texts[half:]))}",
        "",
        words["firms"].format(city=city, small=small, large=large),
    ]


def _money(value: float, unit: float) -> str:
    """Return 100 m CNY in the unit of the page, with about three digits."""
    amount = unit * value
    digits = 2 if abs(amount) < 10 else 1 if abs(amount) < 100 else 0
    text = f"{amount:+,.{digits}f}".replace("-", "−")
    return text if text.strip("+−0.,") else "0"


def _share(value: float) -> str:
    return f"{100 * value:+.2g}".replace("-", "−")


def _effect(value: float) -> str:
    if not np.isfinite(value):
        return "–"
    text = f"{value:+.2f}".replace("-", "−")
    return text if text.strip("+−0.") else "0"
