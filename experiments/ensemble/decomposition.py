"""Parts of the effect that go through price, talent, data, the chain and governments, over the ensemble.

A run with centres is stepped together with its twin; the columns of a mechanism that is *held* take the
twin's values as soon as their event is over, so that the mechanism does not answer to the centres. All
sets of mechanisms are held in turn, and each mechanism gets its Shapley value: its mean contribution
over all orders in which the mechanisms may be let free [Shapley 1953]. The parts add up to the effect;
what is left with all held goes through none of them (founding, adoption at given prices, incomes and
trade).
"""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from experiments.ensemble.member_run import pair_of, with_factors
from experiments.study.study import WITH, WITHOUT, Study
from experiments.sweep.measures import effects_of
from model.engine.engine import Call
from model.regional_model import RegionalModel

Plain = dict[str, Any]  # of a file: plain values by name

PARTS = "decomposition.json"
REST = "none of these"
EFFECTS = ("effect_hosts", "effect_others", "effect_national", "effect_gdp")
INTERVAL = (0.05, 0.95)
ALIVE = "alive"


@dataclass(frozen=True)
class Held:
    """Columns of a table that take the twin's values after an event; of firms, where both runs have one."""

    event: str
    table: str
    columns: tuple[str, ...]


MECHANISMS: dict[str, tuple[Held, ...]] = {
    "price": (Held("price_contracts", "cities", ("price_basic", "price_intelligent", "price_super")),),
    "talent": (Held("move_talent", "cities", ("talent",)), Held("wage", "cities", ("wage",))),
    "data": (Held("budget", "cities", ("data",)),),
    "chain": (
        Held("partner_innovation", "firms", ("partner_innovation",)),
        Held("climb_chance", "firms", ("rung",)),
    ),
    "government": (
        Held("budget", "cities", ("voucher_rate", "voucher_relief", "permit_speed", "government_bill")),
        Held("attention", "cities", ("attention", "ip_protection", "digital_governance")),
    ),
}
"""Columns held for each: prices seen by firms; talent and its wage; data; partners and rungs; governments."""

Values = dict[frozenset[str], dict[str, float]]


def subsets(names: Sequence[str]) -> list[frozenset[str]]:
    """Return all sets of names, the empty one first."""
    return [
        frozenset(chosen) for size in range(len(names) + 1) for chosen in itertools.combinations(names, size)
    ]


def shapley(worth: Mapping[frozenset[str], float], names: Sequence[str]) -> dict[str, float]:
    """Return the Shapley value of each name. worth: of every set of names."""
    count = len(names)
    found = dict.fromkeys(names, 0.0)
    for name in names:
        rest = [one for one in names if one != name]
        for free in subsets(rest):
            orders = math.factorial(len(free)) * math.factorial(count - len(free) - 1)
            found[name] += orders / math.factorial(count) * (worth[free | {name}] - worth[free])
    return found


def effects_with_held(
    history: RegionalModel, twin: RegionalModel, until: int, names: Sequence[str] = tuple(MECHANISMS)
) -> Values:
    """Return the effects of the centres by the set of mechanisms that may answer to them.

    history, twin: Runs with and without centres that have not differed so far.
    """
    control, sets = twin.fork(), subsets(names)
    models = {free: history.fork() for free in sets}
    seen: dict[tuple[str, str], np.ndarray] = {}
    kept = [held for name in names for held in MECHANISMS[name]]
    for event in dict.fromkeys(held.event for held in kept):
        control.engine.wrap_event(
            event, partial(_noted, control, [held for held in kept if held.event == event], seen)
        )
    for free, model in models.items():
        for name in names:
            for held in MECHANISMS[name] if name not in free else ():
                model.engine.wrap_event(held.event, partial(_held, model, held, seen))
    first = history.parameters.start_year
    for _ in range(4 * (until - first + 1) - history.quarter):
        control.step()
        for model in models.values():
            model.step()
    return {
        free: effects_of(pair_of(model, control, until), history.country) for free, model in models.items()
    }


def _noted(
    model: RegionalModel, kept: Sequence[Held], seen: dict[tuple[str, str], np.ndarray], call: Call
) -> Call:
    def noted(step: int) -> None:
        call(step)
        for held in kept:
            for column in (*held.columns, *((ALIVE,) if held.table == "firms" else ())):
                seen[held.event, column] = np.array(model.state[held.table][column])

    return noted


def _held(model: RegionalModel, held: Held, seen: Mapping[tuple[str, str], np.ndarray], call: Call) -> Call:
    def answered(step: int) -> None:
        call(step)
        table = model.state[held.table]
        for column in held.columns:
            there = seen[held.event, column]
            if held.table == "firms":
                own = np.array(table[ALIVE], dtype=float)
                both = (seen[held.event, ALIVE] > 0.5) & (own > 0.5)
                there = np.where(both, there, np.array(table[column]))
            table[column] = there

    return answered


def member_parts(study: Study, values: Mapping[str, float], seed: int) -> dict[str, dict[str, float]]:
    """Return effect → mechanism → its part, for one member: with ``REST``, and ``effect``, their sum."""
    parameters = with_factors(study.parameters, dict(values))
    treated, control = (
        RegionalModel(parameters, study.arms[arm], seed, country=study.country) for arm in (WITH, WITHOUT)
    )
    before = min((one.quarter for one in treated.openings), default=0)
    for model in (treated, control):
        for _ in range(max(before - 1, 0)):
            model.step()
    worth = effects_with_held(treated, control, study.until)
    names = tuple(MECHANISMS)
    found = {}
    for effect in EFFECTS:
        by_set = {free: one[effect] for free, one in worth.items()}
        found[effect] = {
            **shapley(by_set, names),
            REST: by_set[frozenset()],
            "effect": by_set[frozenset(names)],
        }
    return found


def parts_table(lines: Sequence[Plain]) -> pd.DataFrame:
    """Return the parts over members: effect, mechanism, median, low, high (%), share, share_low, share_high.

    share: of the effect, in the members in which the effect is above its tenth percentile in size.
    """
    rows = []
    for effect in EFFECTS:
        parts = pd.DataFrame([line["parts"][effect] for line in lines])
        whole = parts["effect"].to_numpy(dtype=float)
        clear = np.abs(whole) >= np.quantile(np.abs(whole), 0.1)
        for name in (*MECHANISMS, REST, "effect"):
            values = parts[name].to_numpy(dtype=float)
            low, middle, high = np.quantile(values, (INTERVAL[0], 0.5, INTERVAL[1]))
            share = np.quantile(values[clear] / whole[clear], (INTERVAL[0], 0.5, INTERVAL[1]))
            rows.append(
                {
                    "effect": effect,
                    "mechanism": name,
                    "median": float(middle),
                    "low": float(low),
                    "high": float(high),
                    "share": float(share[1]),
                    "share_low": float(share[0]),
                    "share_high": float(share[2]),
                    "members": len(lines),
                }
            )
    return pd.DataFrame(rows)


@functools.cache
def shipped_parts() -> pd.DataFrame:
    """Return ``parts_table`` of the members that were run for this version."""
    text = resources.files("experiments.ensemble").joinpath("data", PARTS).read_text(encoding="utf-8")
    return pd.DataFrame(json.loads(text)["rows"])
