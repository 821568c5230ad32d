"""``computeleap extension check``: test an extension by running it.

Small runs on a few cities are compared to the bit: interpreted with compiled, one run with its repetition, a
twin without any difference with its twin, and, where the extension declares neutral values of its parameters,
a run at these values with the model alone. One large run uses one and two threads; one is timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from model.country.city_tables import load_cities
from model.economy.invariants import CONSTANTS, IDENTITIES, TOLERANCE, not_finite
from model.engine.engine import Engine
from model.engine.events import ForEach, is_on
from model.engine.rule_source import RuleError, arguments
from model.extensions.extended_model import Extended, Extensions, extended
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario import Opening, Scenario
from model.scenarios.scenario_catalogue import find_scenario
from model.step import QUARTER

HOLDS, FAILS, REMARK = "holds", "fails", "remark"
CITIES = 24
BURN_IN = 2
MANY_FIRMS = 60_000  # so that the loop over firms is cut into parts that threads share
TIMED_FIRMS = 10_000
REPEATS, TIMED_QUARTERS = 7, 4


@dataclass(frozen=True)
class CheckResult:
    """The result of one check: ``verdict`` is holds, fails or remark; ``found`` says what came out."""

    what: str
    verdict: str
    found: str


@dataclass(frozen=True)
class Trial:
    """The runs that test an extension: cities, number of firms and quarters, seed and scenario."""

    extension: Extensions
    firms: int = 1000
    quarters: int = 8
    seed: int = 1
    scenario: str = "actual"
    cities: pd.DataFrame | None = None
    changes: Mapping[str, Any] | None = None

    @property
    def extended(self) -> Extended:
        """The model with the extension."""
        return extended(self.extension)

    def found_scenario(self) -> Scenario:
        """Return the scenario with a few small centres that open at once, so that compute is traded."""
        found = find_scenario(self.scenario, self.extended.scenarios, self.extended.parameters)
        if not found.has_twin:
            return found
        kinds = enumerate(KINDS * 2)
        own = tuple(Opening(f"check-{row}", row, kind, 1, 0.1) for row, kind in kinds)
        return replace(found, openings=(*found.openings, *own))

    def with_firms(self, firms: int, quarters: int) -> Trial:
        """Return the same trial with another number of firms and quarters."""
        return replace(self, firms=firms, quarters=quarters, changes={**(self.changes or {}), "firms": firms})

    def model(
        self,
        own: bool = True,
        scenario: Scenario | None = None,
        engine: str = "compiled",
        threads: int = 1,
    ) -> RegionalModel:
        """Return a model at its start: with the extension, or alone."""
        table = self.extended.parameters if own else Parameters
        values = {"firms": self.firms, "burn_in": BURN_IN, **(self.changes or {})}
        given = table.checked(**{k: v for k, v in values.items() if k in table.model_fields})
        scenario = scenario or self.found_scenario()
        if not own:
            known = {k: v for k, v in scenario.parameters.items() if k in Parameters.model_fields}
            scenario = replace(scenario, parameters=known)
        return RegionalModel(
            given,
            scenario,
            self.seed,
            cities=few_cities() if self.cities is None else self.cities,
            extension=self.extension if own else None,
            engine=engine,
            threads=threads,
        )

    def run(
        self,
        own: bool = True,
        scenario: Scenario | None = None,
        engine: str = "compiled",
        threads: int = 1,
    ) -> RegionalModel:
        """Return a model after its quarters."""
        made = self.model(own, scenario, engine, threads)
        made.run_until(self.quarters)
        return made


def few_cities(count: int = CITIES) -> pd.DataFrame:
    """Return some of the shipped cities: half the largest, half spread over the rest by GDP."""
    cities = load_cities().sort_values("gdp_2010", ascending=False, kind="stable")
    rest = np.linspace(count // 2, len(cities) - 1, count - count // 2).astype(int)
    rows = [*range(count // 2), *rest]
    return cities.iloc[rows].sort_values("city_id").reset_index(drop=True)


def check(trial: Trial, notify: Callable[[str], None] = lambda what: None) -> list[CheckResult]:
    """Return all findings, in order; ``notify`` is called with the name of each check.

    A rule that fails while it runs is a finding. Raises ExtensionError for an extension that does not fit.
    """
    found = [CheckResult("fits the model", HOLDS, _contents(trial.extended))]
    looks: tuple[tuple[str, Callable[[Trial], Iterable[CheckResult]]], ...] = (
        ("runs, and every number is finite; nothing is lost", _accounts),
        ("the same bits interpreted and compiled", _engines),
        ("the same bits when run again", _again),
        ("the same bits on one and on two threads", _threads),
        ("a twin without a difference has the same bits", _twins),
        ("neutral at the values it declares", _neutral),
        ("an effect at its default values", _effect),
        ("its own draws", _draws),
        ("time", _times),
    )
    for what, look in looks:
        notify(what)
        try:
            found += look(trial)
        except RuleError as error:
            found.append(CheckResult(what, FAILS, str(error)))
            break  # it would fail in all later checks
    return found


def _contents(whole: Extended) -> str:
    counts = {
        "rules": sum(len(one.rules) for one in whole.extensions),
        "parameters": sum(len(one.parameters) for one in whole.extensions),
        "columns": sum(len(c) for one in whole.extensions for c in one.columns.values()),
        "events": sum(len(one.events) for one in whole.extensions),
        "kinds of agents": len(whole.agents),
        "faces": sum(len(one.faces) for one in whole.extensions),
        "scenarios": sum(len(one.scenarios) for one in whole.extensions),
    }
    return ", ".join(f"{what}: {count}" for what, count in counts.items() if count) or "nothing in it"


def differing(one: RegionalModel, other: RegionalModel) -> list[str]:
    """Return columns, as ``table.column``, that differ in a bit, of tables with equal numbers of rows."""
    return [
        f"{name}.{column}"
        for name, table in one.state.tables.items()
        if name in other.state.tables and table.rows == other.state[name].rows
        for column in table
        if column in other.state[name]
        and not np.array_equal(table[column], other.state[name][column], equal_nan=True)
    ]


def _same(what: str, columns: list[str], fine: str) -> CheckResult:
    if not columns:
        return CheckResult(what, HOLDS, fine)
    more = f" and {len(columns) - 4} more" if len(columns) > 4 else ""
    return CheckResult(what, FAILS, f"differ: {', '.join(columns[:4])}{more}")


def _accounts(trial: Trial) -> list[CheckResult]:
    model, start = trial.model(), trial.model().state
    worst = dict.fromkeys((*IDENTITIES, *CONSTANTS), 0.0)
    own = dict.fromkeys(trial.extended.accounts, 0.0)
    undefined: list[str] = []
    while model.quarter < trial.quarters and not undefined:
        model.step()
        undefined = not_finite(model.state)
        for name, (_, identity) in IDENTITIES.items():
            worst[name] = max(worst[name], identity(model.state))
        for name, (_, constant) in CONSTANTS.items():
            worst[name] = max(worst[name], constant(model.state, start))
        for account in own:
            own[account] = max(own[account], trial.extended.missed(account, model.state))
    columns = sum(len(table.columns) for table in model.state.tables.values())
    said = f"{columns} columns, {trial.quarters} quarters"
    bad = f"after quarter {model.quarter - 1}: {', '.join(undefined[:4])}"
    found = [CheckResult("every number is finite", FAILS if undefined else HOLDS, bad if undefined else said)]
    exempt = {name for one in trial.extended.extensions for name in one.exempt}
    for name, (words, _) in {**IDENTITIES, **CONSTANTS}.items():
        missed = not worst[name] <= TOLERANCE
        verdict = REMARK if name in exempt else FAILS if missed else HOLDS
        tail = "" if name not in exempt else ", as declared" if missed else "; exempt, but it holds"
        found.append(CheckResult(words, verdict, f"largest relative deviation {worst[name]:.1e}{tail}"))
    for account, by in own.items():
        words = account.meaning or f"{account.name}: {account.stock} equals {account.equals}"
        verdict = HOLDS if by <= TOLERANCE else FAILS
        found.append(CheckResult(words, verdict, f"largest relative deviation {by:.1e}"))
    return found


def _engines(trial: Trial) -> list[CheckResult]:
    columns = differing(trial.run(), trial.run(engine="interpreted"))
    return [_same("interpreted and compiled agree to the bit", columns, f"{trial.quarters} quarters")]


def _again(trial: Trial) -> list[CheckResult]:
    return [_same("the same seed gives the same bits again", differing(trial.run(), trial.run()), "two runs")]


def _threads(trial: Trial) -> list[CheckResult]:
    large = trial.with_firms(MANY_FIRMS, 4)
    columns = differing(large.run(), large.run(threads=2))
    return [_same("one and two threads agree to the bit", columns, f"{MANY_FIRMS:,} firms")]


def _twins(trial: Trial) -> list[CheckResult]:
    """A scenario with centres and its twin, until the first of them opens."""
    what = "twins are equal to the bit until a centre opens"
    found = replace(trial.found_scenario(), centres="random", openings=(), places=(), opens="2007Q1")
    if not found.has_twin:
        return [CheckResult(what, REMARK, "the closed economy has no twin")]
    treated, control = (trial.model(scenario=one) for one in (found, found.twin()))
    opens = min(opening.quarter for opening in treated.openings)
    columns: list[str] = []
    while treated.quarter < opens and not columns:
        treated.step()
        control.step()
        columns = differing(treated, control)
    return [_same(what, columns, f"{opens} quarters")]


def _neutral(trial: Trial) -> list[CheckResult]:
    what = "with its neutral values it is the model alone, to the bit"
    values = {name: value for one in trial.extended.extensions for name, value in one.neutral.items()}
    undeclared = [one.name for one in trial.extended.extensions if not one.neutral]
    if undeclared:
        names = ", ".join(undeclared)
        return [CheckResult(what, REMARK, f"not declared: Extension(neutral={{…}}) of {names}")]
    scenario = trial.found_scenario()
    neutral = replace(scenario, parameters={**scenario.parameters, **values})
    columns = differing(trial.run(own=False), trial.run(scenario=neutral))
    return [_same(what, columns, ", ".join(f"{name} = {value:g}" for name, value in values.items()))]


def _effect(trial: Trial) -> list[CheckResult]:
    """Whether the extension changes anything: one that never acts passes every other check."""
    what = "something of the model differs with it"
    model, alone = trial.run(), trial.run(own=False)
    count = sum(len(table.columns) for table in alone.state.tables.values())
    columns = differing(model, alone)
    if columns:
        found = f"{len(columns)} of {count} columns after {trial.quarters} quarters"
        return [CheckResult(what, HOLDS, found)]
    said = f"nothing after {trial.quarters} quarters: it only observes, is off, or needs more (--quarters)"
    return [CheckResult(what, REMARK, said)]


def _draws(trial: Trial) -> list[CheckResult]:
    """Draws of new rules that rules of the model read too: their decisions are then correlated."""
    whole, own = trial.extended, {name for one in trial.extended.extensions for name in one.rules}
    used: dict[tuple[str, str], set[str]] = {}
    for event in (event for event in whole.quarter if isinstance(event, ForEach)):
        for name, rule in zip(event.rules, event.functions_from(whole.rules), strict=True):
            for argument in arguments(rule):
                if argument.startswith("draw_"):
                    used.setdefault((event.table, argument), set()).add(name)
    shared = [
        f"{' and '.join(sorted(names))} both read {draw} and share a draw"
        for (_, draw), names in used.items()
        if len(names) > 1 and names & own
    ]
    if shared:
        return [CheckResult("its draws are its own", REMARK, "; ".join(shared))]
    return [CheckResult("its draws are its own", HOLDS, "no draw is shared with another rule")]


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────


def _times(trial: Trial) -> list[CheckResult]:
    timed = trial.with_firms(TIMED_FIRMS, TIMED_QUARTERS)
    models = {own: timed.run(own) for own in (True, False)}  # compiles what is not compiled yet
    best = dict.fromkeys(models, float("inf"))
    for _ in range(REPEATS):
        for own, model in models.items():
            started = time.perf_counter()
            model.run_until(model.quarter + TIMED_QUARTERS)
            best[own] = min(best[own], (time.perf_counter() - started) / TIMED_QUARTERS)
    cities = models[True].state["cities"].rows
    said = (
        f"{1e3 * best[True]:.2f} ms, {best[True] / best[False]:.2f} times that of the model alone "
        f"({TIMED_FIRMS:,} firms, {cities} cities)"
    )
    return [CheckResult("time of a quarter", REMARK, said), *_event_times(models)]


def _event_times(models: dict[bool, RegionalModel]) -> list[CheckResult]:
    """Events in which rules of the model were replaced, each timed alone with the new and with the old."""
    whole = models[True].extended
    own = {name for one in whole.extensions for name in one.rules}
    own |= {name for one in whole.extensions for face in one.faces for name in face.decisions()}
    found = []
    for event in QUARTER:
        if not (isinstance(event, ForEach) and event in whole.quarter and own & set(event.rules)):
            continue
        if not is_on(event.when, models[True].parameters.numbers()):
            continue
        seconds = event_seconds(event, models)
        said = (
            f"{1e6 * seconds[True]:.0f} µs with {', '.join(sorted(own & set(event.rules)))}, "
            f"{seconds[True] / seconds[False]:.2f} times that with the model's own"
        )
        found.append(CheckResult(f"time of event {event.name}", REMARK, said))
    return found


def event_seconds(event: ForEach, models: dict[bool, RegionalModel], repeats: int = 60) -> dict[bool, float]:
    """Return the shortest time of an event alone in each of the models, s; they take turns."""
    engines = {
        key: Engine(
            [event],
            model.state,
            model.rules,
            model.parameters.numbers(),
            model.seed,
            faces=model.engine.faces,
        )
        for key, model in models.items()
    }
    best = dict.fromkeys(models, float("inf"))
    for turn in range(repeats):
        for key, engine in engines.items():
            started = time.perf_counter()
            engine.run(turn)
            best[key] = min(best[key], time.perf_counter() - started)
    return best
