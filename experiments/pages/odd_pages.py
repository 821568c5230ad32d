"""Pages of the ODD protocol that are made from the code: every column of every table, every rule.

``experiments.pages.__main__`` writes them to docs/state.md and docs/rules.md; a test holds them up to date.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from agents.columns import Column
from agents.rules import Rules
from model.economy.regional_schema import REGIONAL
from model.engine.binding import Bound, BoundRule, Source, bind_each
from model.engine.events import Event, ForEach, Procedure
from model.engine.rule_source import arguments
from model.engine.schema import Schema
from model.parameters import Parameters
from model.step import QUARTER

STATE_PAGE, RULES_PAGE = Path("docs/state.md"), Path("docs/rules.md")

EVERYWHERE = "not closed_economy"  # of all events but those of the closed economy: said once, above

# What a row of each table is.
ROWS = {
    "firms": "A founder, who lives in a home city and runs a firm while `alive` is 1.",
    "cities": "A city with its government.",
    "tiers": "A tier of the industry chain, 0 upstream to 3 final.",
    "city_tiers": "A city and a tier of the chain.",
    "providers": "A compute centre, closed until it opens.",
    "kinds": "A kind of compute: basic, intelligent, super.",
    "services": "A kind of compute for one class of work, which may wait or may not.",
    "offers": "A compute centre and a class of work.",
    "city_kinds": "A city and a kind of compute.",
    "city_services": "A city and a service.",
    "city_pairs": "Two cities: of a home and a place of work, or of an origin and a destination of goods.",
    "city_offers": "A city and an offer of a centre.",
    "nation": "The country: one row, which every rule may read by the prefix `nation_`.",
}

STATE_INTRODUCTION = """\
# State variables

Every column of every table of a run, {count} in all, made from the code by `python -m
experiments.pages.__main__`. A column is an array with one number for each row: 64-bit floats, or 32-bit row
numbers of another table (*row of*). *Start* is what it holds before
[initialisation](model.md#5-initialisation) fills it. *Made in* names the events in which a [rule](rules.md)
writes it; where it is empty, the column is set at the start or moved by a market. Columns with a condition
under *present* exist only in runs in which that [parameter](parameters.md) is above 0.
"""

RULES_INTRODUCTION = """\
# Rules and markets

The {rules} rules and {markets} markets of a quarter, in the order in which they run, made from the code by
`python -m experiments.pages.__main__`. A rule is a function of numbers; its arguments are named after what they
are, so the list of what it *reads* is its signature. Text, equation and source are the rule's own
docstring, the numbers M1 to M10 those of [the submodels](model.md#7-submodels). [Extending](extending.md)
says how to replace a rule.

Names: a plain name is a [column](state.md) of the agent itself or a value that the same event has just
made; `city_…`, `home_…`, `supplier_…` and the like are of another agent; `nation_…` of the country. A
**draw** is a uniform number in [0, 1), a function of seed, stream, quarter and agent.

With `closed_economy` = 1 the [last ten events](#city_service_price) take the place of all others.
"""


def state_page(schema: Schema = REGIONAL, events: Iterable[Event] = QUARTER) -> str:
    """The text of docs/state.md: one table of columns for each table of the schema."""
    makers = _makers(schema, tuple(events))
    parts = [STATE_INTRODUCTION.format(count=sum(map(len, schema.tables.values())))]
    for table, columns in schema.tables.items():
        lines = [
            f"## {table} {{ #{table} }}\n",
            ROWS[table] + "\n",
            "| column | unit | meaning | start | present | made in |",
            "|---|---|---|---|---|---|",
            *(_column_line(column, makers.get((table, column.name), ())) for column in columns),
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _column_line(column: Column, makers: Iterable[str]) -> str:
    unit = f"row of `{column.index_of}`" if column.index_of else column.unit
    present = f"`{column.when}`" if column.when else "always"
    made = ", ".join(f"[`{name}`](rules.md#{name})" for name in makers)
    cells = (f"`{column.name}`", unit, column.meaning, f"{column.start:g}", present, made)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _makers(schema: Schema, events: Iterable[Event]) -> dict[tuple[str, str], list[str]]:
    """Names of the events that write a column, by (table, column)."""
    found: dict[tuple[str, str], list[str]] = {}
    for event in events:
        if isinstance(event, ForEach):
            bound = _bound(event, schema)
            written = [(event.table, name) for name in bound.writes]
            for key in written + [(total.table, total.column) for total in bound.totals]:
                if event.name not in found.setdefault(key, []):
                    found[key].append(event.name)
    return found


def _bound(event: ForEach, schema: Schema) -> Bound:
    return bind_each(event, dict(Rules().items()), Parameters.model_fields, schema)


def rules_page(schema: Schema = REGIONAL, events: Iterable[Event] = QUARTER) -> str:
    """The text of docs/rules.md: the events of a quarter, each with its rules or its market."""
    events = tuple(events)
    rules = sum(len(event.rules) for event in events if isinstance(event, ForEach))
    markets = sum(isinstance(event, Procedure) for event in events)
    parts = [RULES_INTRODUCTION.format(rules=rules, markets=markets)]
    for event in events:
        parts.append(f"## {event.name} {{ #{event.name} }}\n\n{_event_line(event)}\n")
        if isinstance(event, ForEach):
            bound = _bound(event, schema)
            parts += [_rule_text(rule, bound) for rule in bound.rules]
            parts += [_totals_text(bound)] if bound.totals else []
        else:
            parts.append(_market_text(event, schema))
    return "\n".join(parts)


def _event_line(event: Event) -> str:
    said = event.meaning[0].upper() + event.meaning[1:] + "."
    if isinstance(event, ForEach):
        rows = f"every row of [`{event.table}`](state.md#{event.table})"
        if event.where:
            column = event.where.removeprefix("not ")
            rows += f" in which `{column}` is {0 if event.where.startswith('not ') else 1}"
        said += f" For {rows}."
    if event.every > 1:
        said += f" Every {event.every} quarters."
    if event.when:
        terms = [
            f"`{part.removeprefix('not ')}` {'is 0' if part.startswith('not ') else 'is above 0'}"
            for part in event.when.split(" and ")
            if part != EVERYWHERE
        ]
        said += f" In runs in which {' and '.join(terms)}." if terms else ""
    return said


def _rule_text(rule: BoundRule, bound: Bound) -> str:
    kept = rule.name in bound.writes
    writes = f"`{bound.event.table}.{rule.name}`" if kept else "no column; known to the rules after it"
    lines = [
        f"**`{rule.name}`**{{ #rule-{rule.name} }} ({_home(rule.function)})\n",
        _docstring(rule.function) + "\n",
        f"- *reads* {_reads(rule)}",
        f"- *yields* {writes}\n",
    ]
    return "\n".join(lines)


def _reads(rule: BoundRule) -> str:
    groups: dict[str, list[str]] = {}
    for name, source in zip(arguments(rule.function), rule.reads, strict=True):
        groups.setdefault(_group(source), []).append(f"`{name}`")
    return "; ".join(f"{group}: {', '.join(names)}" for group, names in groups.items()) or "nothing"


def _group(source: Source) -> str:
    how = {"value": "just made", "own": "own", "parameter": "parameters", "draw": "draws"}
    return how.get(source.how, f"of `{source.table}`")


def _totals_text(bound: Bound) -> str:
    sums = ", ".join(f"`{total.table}.{total.column}` of `{total.value.name}`" for total in bound.totals)
    return f"*Sums over the rows*: {sums}.\n"


def _market_text(event: Procedure, schema: Schema) -> str:
    names = arguments(event.function)
    numbers = [name for name in names if name in Parameters.model_fields]
    columns = [name for name in names if name not in numbers]
    lines = [
        f"Market ({_home(event.function)}): a function of whole columns, which it changes in place.\n",
        _docstring(event.function) + "\n",
        f"- *columns* {', '.join(f'`{name}`' for name in columns)}",
        f"- *parameters* {', '.join(f'`{name}`' for name in numbers) or 'none'}\n",
    ]
    return "\n".join(lines)


def _home(function: Any) -> str:
    module: str = function.__module__
    return f"`{module.replace('.', '/')}.py`"


def _docstring(function: Any) -> str:
    """The docstring as Markdown: its stars are products, not emphasis."""
    said = inspect.getdoc(function) or ""
    return said.replace("*", "\\*").replace("_", "\\_") if "`" not in said else said.replace("``", "`")


def generated_pages() -> Mapping[Path, str]:
    """The pages of this module by their place in the project's folder."""
    return {STATE_PAGE: state_page(), RULES_PAGE: rules_page()}
