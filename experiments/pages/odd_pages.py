"""Pages of the ODD protocol made from the code: docs/state.md has every column, docs/rules.md every rule."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from agents.columns import Column
from agents.rules import Rules
from experiments.pages.name_stubs import generated_stubs
from model.economy.regional_schema import REGIONAL
from model.engine.binding import BoundEvent, BoundRule, Source, bind_for_each
from model.engine.births import PARENT, Births
from model.engine.events import Event, ForEach, Procedure
from model.engine.rule_source import arguments
from model.engine.schema import Schema
from model.parameters import Parameters
from model.step import QUARTER

STATE_PAGE, RULES_PAGE = Path("docs/state.md"), Path("docs/rules.md")

EVERYWHERE = "not closed_economy"  # condition of nearly all events; the introduction states it once

# The meaning of a row of each table.
ROWS = {
    "firms": "A founder, who lives in a home city and runs a firm while `alive` is 1.",
    "cities": "A city with its government.",
    "industries": "An industry of users, in runs with `industries`.",
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

All {count} columns of the tables of a run, made from the code by `python -m experiments.pages`. A column is
an array with one number for each row: 64-bit floats, or 32-bit row numbers of another table (*row of*).
*Start* is its value before [initialisation](model.md#5-initialisation) fills it. *Made in* names the
events in which a [rule](rules.md) writes it; if empty, the column is set at the start or changed by a
procedure. A column with a condition under *present* exists only in runs in which that
[parameter](parameters.md) is above 0.
"""

RULES_INTRODUCTION = """\
# Rules and procedures

The {rules} rules and {markets} procedures of a quarter, in the order in which they run, made from the code by
`python -m experiments.pages`. A rule is a function of numbers, and the names of its arguments are its inputs:
its *signature* can be copied into a rule of your own, which may also call it, by position or by name of the
argument (`from agents.firm import lines`, `lines(revenue=revenue, nation_mean_revenue=mean)`). Text, equation
and source come from the rule's docstring; M1 to M10 are [the submodels](model.md#7-submodels).
[Extending](extending.md) explains how to replace or wrap a rule.

Names: a plain name is a [column](state.md) of the agent itself or a value made earlier in the same event;
`city_…`, `home_…`, `supplier_…` and the like belong to another agent, `nation_…` to the country. A
**draw** is a uniform number in [0, 1), a function of seed, stream, quarter and agent.

With `closed_economy` = 1 the [last ten events](#city_service_price) replace all others.
"""


def state_page(schema: Schema = REGIONAL, events: Iterable[Event] = QUARTER) -> str:
    """Return docs/state.md: one table of columns for each table of the schema."""
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
    """Return the names of the events that write a column, by (table, column)."""
    found: dict[tuple[str, str], list[str]] = {}
    for event in events:
        if isinstance(event, ForEach):
            bound = _bound(event, schema)
            written = [(event.table, name) for name in bound.writes]
            for key in written + [(total.table, total.column) for total in bound.totals]:
                if event.name not in found.setdefault(key, []):
                    found[key].append(event.name)
    return found


def _bound(event: ForEach, schema: Schema) -> BoundEvent:
    return bind_for_each(event, dict(Rules().items()), Parameters.model_fields, schema)


def rules_page(schema: Schema = REGIONAL, events: Iterable[Event] = QUARTER) -> str:
    """Return docs/rules.md: the events of a quarter, each with its rules or its procedure."""
    events = tuple(events)
    rules = sum(len(event.rules) for event in events if isinstance(event, ForEach))
    markets = sum(isinstance(event, Procedure) for event in events)
    parts = [RULES_INTRODUCTION.format(rules=rules, markets=markets)]
    for event in events:
        parts.append(f"## {event.name} {{ #{event.name} }}\n\n{event_line(event)}\n")
        if isinstance(event, ForEach):
            bound = _bound(event, schema)
            parts += [rule_text(rule, bound) for rule in bound.rules]
            parts += [totals_text(bound)] if bound.totals else []
        else:
            parts.append(procedure_text(event, Parameters.model_fields))
    return "\n".join(parts)


def event_line(event: Event) -> str:
    """Return what an event does, to which rows and when."""
    text = event.meaning[0].upper() + event.meaning[1:] + "."
    if isinstance(event, ForEach):
        rows = f"every row of [`{event.table}`](state.md#{event.table})"
        if event.where:
            column = event.where.removeprefix("not ")
            rows += f" in which `{column}` is {0 if event.where.startswith('not ') else 1}"
        text += f" For {rows}."
    if event.every > 1:
        text += f" Every {event.every} quarters."
    if event.when:
        terms = [
            f"`{part.removeprefix('not ')}` {'is 0' if part.startswith('not ') else 'is above 0'}"
            for part in event.when.split(" and ")
            if part != EVERYWHERE
        ]
        text += f" In runs in which {' and '.join(terms)}." if terms else ""
    return text


def rule_text(rule: BoundRule, bound: BoundEvent) -> str:
    """Return a rule: its place, docstring, signature, what it reads and what it yields."""
    kept = rule.name in bound.writes
    writes = (
        f"`{bound.event.table}.{rule.name}`" if kept else "no column; later rules of the event may read it"
    )
    lines = [
        f"**`{rule.name}`**{{ #rule-{rule.name} }} ({_home(rule.function)})\n",
        _docstring(rule.function) + "\n",
        f"- *signature* `{rule.name}({', '.join(arguments(rule.function))})`",
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
    return how.get(source.kind, f"of `{source.table}`")


def totals_text(bound: BoundEvent) -> str:
    """Return the sums over rows of an event."""
    sums = ", ".join(f"`{total.table}.{total.column}` of `{total.value.name}`" for total in bound.totals)
    return f"*Sums over the rows*: {sums}.\n"


def procedure_text(event: Procedure, parameters: Collection[str]) -> str:
    """Return a procedure: its place, docstring, columns and parameters; births: whose rows, and when."""
    if isinstance(event, Births):
        values = ", ".join(f"`{name}` is {of if of == PARENT else f'`{of}`'}" for name, of in event.values)
        where = f"one row of `{event.table}` for each row of `{event.parents}` in which `{event.where}` is 1"
        return f"Births: {where}{f'; {values}' if values else ''}.\n"
    names = arguments(event.function)
    numbers = [name for name in names if name in parameters]
    columns = [name for name in names if name not in numbers]
    lines = [
        f"Procedure ({_home(event.function)}): a function of whole columns, which it changes in place.\n",
        _docstring(event.function) + "\n",
        f"- *columns* {', '.join(f'`{name}`' for name in columns)}",
        f"- *parameters* {', '.join(f'`{name}`' for name in numbers) or 'none'}\n",
    ]
    return "\n".join(lines)


def _home(function: Any) -> str:
    around = getattr(function, "around", None)
    module: str = (around or function).__module__
    if module.partition(".")[0] not in ("agents", "model"):
        file = f"`{Path((around or function).__code__.co_filename).name}`"
        return f"{file}, around the model's" if around else file
    return f"`{module.replace('.', '/')}.py`"


def _docstring(function: Any) -> str:
    """Return the docstring as Markdown; its stars are products, not emphasis."""
    text = inspect.getdoc(getattr(function, "around", function)) or ""
    return text.replace("*", "\\*").replace("_", "\\_") if "`" not in text else text.replace("``", "`")


def generated_pages() -> Mapping[Path, str]:
    """Return these pages, and the stubs for editors, by their path in the project's folder."""
    return {STATE_PAGE: state_page(), RULES_PAGE: rules_page(), **generated_stubs()}
