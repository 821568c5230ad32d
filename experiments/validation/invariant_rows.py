"""What must hold in every run: nothing is lost, twins start alike, no rule reads a rank."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from agents.rules import Rules
from experiments.measures.inequality import theil, theil_decomposition
from experiments.validation.rows import Context, Row, exact_row
from model.economy.invariants import IDENTITIES, deviation
from model.economy.regional_schema import REGIONAL
from model.engine.events import Procedure
from model.engine.state import State
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import find_scenario
from model.step import QUARTER

SCENARIO = "random_hosts"
TOLERANCE = 1e-9
QUICK_UNTIL = 2012
# Words of names that would tell a rule its city's place among the others.
TELLING = frozenset({
    "rank", "ranks", "ranking", "leader", "leaders", "leading", "laggard", "laggards", "frontier", "gap",
    "catchup", "catch", "behind", "ahead", "top", "bottom", "percentile", "quantile", "backward",
    "advanced",
})  # fmt: skip


def invariant_rows(context: Context) -> list[Row]:
    """Conservation of compute, money and talent; the parts of Theil; equal twins; names that rules read."""
    until = min(context.until, QUICK_UNTIL) if context.quick else context.until
    seed = context.seeds[0]
    rows = [
        exact_row(f"INV-{name}", "invariant", words, deviation, TOLERANCE, "accounting identity")
        for name, words, deviation in _conservation(_model(context, SCENARIO, seed), until)
    ]
    rows.append(
        exact_row(
            "INV-twins", "invariant",
            "columns that differ between twins before the first centre opens",
            twin_differences(context, seed), 0.0, "draws by key", "columns",
        )
    )  # fmt: skip
    rows.append(
        exact_row(
            "INV-rank", "invariant",
            "names with which a rule or market reads a rank, a leader flag or a gap to the frontier",
            float(len(telling_names())), 0.0, "house rule: catching up must emerge", "names",
        )
    )  # fmt: skip
    return rows


def _model(context: Context, scenario: Any, seed: int) -> RegionalModel:
    return RegionalModel(
        context.parameters, scenario, seed, cities=context.cities, centres=context.centres,
        network=context.network, threads=context.threads, extension=context.extension,
    )  # fmt: skip


def _conservation(model: RegionalModel, until: int) -> list[tuple[str, str, float]]:
    """Largest relative deviation over all quarters: (name, words, deviation)."""
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
    settled = people > 0
    head = model.state["cities"]["innovation"][settled] / people[settled]
    between, within = theil_decomposition(head, model.cities["region"].to_numpy()[settled], people[settled])
    return deviation(between + within, theil(head, people[settled]))


CONSERVED: dict[str, tuple[str, Callable[[RegionalModel], float]]] = {
    **{name: (words, _of_state(identity)) for name, (words, identity) in IDENTITIES.items()},
    "theil": ("Theil between + within regions = whole", _theil),
}


def twin_differences(context: Context, seed: int) -> float:
    """Columns in which twins are not equal to the bit, over all quarters before the first opening."""
    scenario = find_scenario(SCENARIO)
    treated, control = (_model(context, one, seed) for one in (scenario, scenario.twin()))
    first = min((opening.quarter for opening in treated.openings), default=0)
    # Tables of centres have a row for each that is to come, which the twin has not.
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
    return float(different)


def telling_names(functions: Iterable[Callable[..., Any]] | None = None) -> list[str]:
    """Names by which a rule or market would know a city's place among others: ``function: name``.

    Read from the source of the functions (by default all rules and all markets of a quarter): their
    arguments, which is all that they see, and the columns of all tables, which is all that can be seen.
    """
    if functions is None:
        markets = [event.function for event in QUARTER if isinstance(event, Procedure)]
        functions = [*(rule for _, rule in Rules().items()), *markets]
        columns = [
            f"{table}: {column.name}"
            for table, columns in REGIONAL.tables.items()
            for column in columns
            if _tells(column.name)
        ]
    else:
        columns = []
    found = [
        f"{getattr(function, '__name__', function)}: {name}"
        for function in functions
        for name in sorted(_names(function))
        if _tells(name)
    ]
    return found + columns


def _names(function: Callable[..., Any]) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _tells(name: str) -> bool:
    return bool(TELLING & set(name.lower().split("_")))
