"""Stubs by which editors complete the names that rules read, and the columns of agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from agents.columns import Column
from model.extensions.extended_model import Extended, extended
from model.parameters import describe

NAMES, AGENTS = Path("model/names.pyi"), Path("agents/agent_columns.pyi")
FACES = {"firms": "FirmColumns", "cities": "CityColumns", "providers": "ProviderColumns"}
HEAD = "# Made by {command}: do not edit.\n"


def generated_stubs() -> Mapping[Path, str]:
    """Return the stubs of the model by their path in the project's folder."""
    head = HEAD.format(command="python -m experiments.pages")
    whole = extended()
    return {NAMES: head + names_stub(whole), AGENTS: head + columns_stub(whole, FACES)}


def names_stub(whole: Extended) -> str:
    """Return one class a table, which holds the names that its rules may read, each a float."""
    parameters = {name: _about_parameter(name, whole) for name in whole.parameters.model_fields}
    parts = ["from typing import TypeAlias as _Name\n"]
    shared = [f"    {name}: _Name = float{about}" for name, about in parameters.items()]
    parts.append("\n".join(["class _Parameters:", *shared]) + "\n")
    nation = _lines("nation_", whole.schema.tables["nation"])
    parts.append("\n".join(["class _Nation(_Parameters):", *nation]) + "\n")
    for table in whole.schema.tables:
        lines = [line for prefix, columns in _reached(table, whole) for line in _lines(prefix, columns)]
        parts.append("\n".join([f"class {table}(_Nation):", *lines]) + "\n")
    return "\n".join(parts)


def columns_stub(whole: Extended, classes: Mapping[str, str]) -> str:
    """Return one class a kind of agents, whose attributes are its columns. classes: table → name."""
    parts = []
    for table, name in classes.items():
        lines = [
            f"    {one.name}: {'int' if one.index_of else 'float'}{_about(one)}"
            for one in whole.schema.tables[table]
        ]
        parts.append("\n".join([f"class {name}:", *lines]) + "\n")
    return "\n".join(parts)


def extension_stub(whole: Extended, command: str) -> str:
    """Return the stub of a model with extensions: names that rules read, and columns of all agents."""
    own = {table: f"{face.__name__}Columns" for table, face in whole.faces.items()}
    classes = {table: FACES.get(table, name) for table, name in own.items()}
    return HEAD.format(command=command) + names_stub(whole) + "\n" + columns_stub(whole, classes)


def _reached(table: str, whole: Extended) -> Iterable[tuple[str, Iterable[Column]]]:
    schema = whole.schema
    yield "", schema.tables[table]
    for prefix, (other, _) in schema.reached(table).items():
        yield prefix, schema.tables[other]
    if table in schema.pairs:
        pair = schema.pairs[table]
        for prefix, other in (pair.first, pair.second, *((p, t) for p, (t, _) in pair.through.items())):
            yield prefix, schema.tables[other]


def _lines(prefix: str, columns: Iterable[Column]) -> list[str]:
    return [f"    {prefix}{one.name}: _Name = float{_about(one)}" for one in columns]


def _about(one: Column) -> str:
    unit = f"row of {one.index_of}" if one.index_of else one.unit
    return f"  # {unit}: {one.meaning}"


def _about_parameter(name: str, whole: Extended) -> str:
    for one in whole.extensions:
        for own in one.parameters:
            if own.name == name:
                return f"  # parameter, {own.unit}: {own.meaning}"
    row = describe(name)
    return f"  # parameter, {row['unit']}: {row['meaning']}"
