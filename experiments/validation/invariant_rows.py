"""Identities of every run: nothing is lost, twins are equal until a centre opens, no rule reads a rank."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable

import numpy as np

from agents.rules import Rules
from experiments.measures.inequality import theil, theil_decomposition
from experiments.validation.rows import Row, ValidationRuns, exact_row
from model.economy.invariants import IDENTITIES, deviation
from model.economy.regional_schema import REGIONAL
from model.engine.events import Procedure
from model.engine.state import State
from model.regional_model import RegionalModel
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario
from model.step import QUARTER

SCENARIO = "random_hosts"
TOLERANCE = 1e-9
QUICK_UNTIL = 2012
# Parts of names that would reveal to a rule the place of its city among the others.
REVEALING = re.compile(
    r"(^|_)(ranks?|ranking|leaders?|leading|laggards?|frontier|gap|catchup|catch|behind|ahead|top|bottom"
    r"|percentile|quantile|backward|advanced)(_|$)",
    re.IGNORECASE,
)

# What the pattern finds and reveals nothing: entrants start below average firms by a parameter, and
# the growth of mean quality, which makes ideas harder to find for all alike, as long as a rule that reads it
# does not read a firm's own quality too.
CONSTANT = frozenset({"entry_gap"})
COMMON = "frontier"  # of the nation
OWN_LEVELS = frozenset({"quality", "firm_quality", "technique_quality"})


def invariant_rows(runs: ValidationRuns) -> list[Row]:
    """Return the conservation of compute, money and talent, the parts of Theil, twins, and names in rules."""
    until = min(runs.until, QUICK_UNTIL) if runs.quick else runs.until
    seed = runs.seeds[0]
    rows = [
        exact_row(f"INV-{name}", "invariant", words, deviation, TOLERANCE, "accounting identity")
        for name, words, deviation in _conservation(_model(runs, SCENARIO, seed), until)
    ]
    twins = "columns that differ between twins before the first centre opens"
    differing = float(twin_differences(runs, seed))
    rows.append(exact_row("INV-twins", "invariant", twins, differing, 0.0, "draws by key", "columns"))
    reads = "names with which a rule or market reads a rank, a leader flag or a gap to the frontier"
    revealing, source = float(len(revealing_names())), "house rule: catching up must emerge"
    rows.append(exact_row("INV-rank", "invariant", reads, revealing, 0.0, source, "names"))
    return rows


def _model(runs: ValidationRuns, scenario: str | Scenario, seed: int) -> RegionalModel:
    where = runs.country
    return RegionalModel(
        runs.parameters,
        scenario,
        seed,
        cities=where.cities,
        centres=where.centres,
        network=where.network,
        threads=runs.threads,
        extension=runs.extension,
    )


def _conservation(model: RegionalModel, until: int) -> list[tuple[str, str, float]]:
    """Return (name, words, largest relative deviation over all quarters) of every identity."""
    worst = dict.fromkeys(CONSERVED, 0.0)
    while model.quarter < (until - model.parameters.start_year + 1) * 4:
        model.step()
        for name, (_, of_quarter) in CONSERVED.items():
            worst[name] = max(worst[name], of_quarter(model))
    return [(name, words, worst[name]) for name, (words, _) in CONSERVED.items()]


def _of_state(identity: Callable[[State], float]) -> Callable[[RegionalModel], float]:
    return lambda model: identity(model.state)


def _theil(model: RegionalModel) -> float:
    people = model.cities["population_2010"].to_numpy(dtype=float)
    inhabited = people > 0
    head = model.state["cities"]["innovation"][inhabited] / people[inhabited]
    between, within = theil_decomposition(
        head, model.cities["region"].to_numpy()[inhabited], people[inhabited]
    )
    return deviation(between + within, theil(head, people[inhabited]))


CONSERVED: dict[str, tuple[str, Callable[[RegionalModel], float]]] = {
    **{name: (words, _of_state(identity)) for name, (words, identity) in IDENTITIES.items()},
    "theil": ("Theil between + within regions = whole", _theil),
}


def twin_differences(runs: ValidationRuns, seed: int) -> int:
    """Count columns in which twins are not equal to the bit, over all quarters before the first opening."""
    scenario = find_scenario(SCENARIO)
    treated, control = (_model(runs, one, seed) for one in (scenario, scenario.twin()))
    first = min((opening.quarter for opening in treated.openings), default=0)
    # Tables of centres have a row for each future centre, which the twin does not have.
    shared = [name for name in REGIONAL.tables if treated.state[name].rows == control.state[name].rows]
    different = 0
    for _ in range(first):
        treated.step()
        control.step()
        different += sum(
            not np.array_equal(treated.state[name][column], control.state[name][column], equal_nan=True)
            for name in shared
            for column in treated.state[name]
        )
    return different


def revealing_names(functions: Iterable[Callable[..., object]] | None = None) -> list[str]:
    """Return ``function: name`` for every name that would reveal a city's place among the others.

    Names are the arguments of the functions, which is all that they see (by default of all rules and markets
    of a quarter), and then also the columns of all tables, which is all that can be seen.
    """
    if functions is None:
        markets = [event.function for event in QUARTER if isinstance(event, Procedure)]
        functions = [*(rule for _, rule in Rules().items()), *markets]
        columns = [
            f"{table}: {column.name}"
            for table, columns in REGIONAL.tables.items()
            for column in columns
            if _reveals(column.name) and (table, column.name) != ("nation", COMMON)
        ]
    else:
        columns = []
    found = [
        f"{getattr(function, '__name__', function)}: {name}"
        for function in functions
        for name in sorted(_revealing(_names(function)))
    ]
    return found + columns


def _names(function: Callable[..., object]) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _revealing(names: set[str]) -> set[str]:
    allowed = CONSTANT if names & OWN_LEVELS else CONSTANT | {f"nation_{COMMON}"}
    return {name for name in names - allowed if _reveals(name)}


def _reveals(name: str) -> bool:
    return REVEALING.search(name) is not None
