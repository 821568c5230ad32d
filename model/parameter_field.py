"""One parameter: how it is declared, described and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from pydantic import BaseModel, BeforeValidator, Field

from agents.suggestions import nearest, shown
from agents.user_error import UserError


class ParameterError(UserError):
    """A parameter that does not exist or a value that is not allowed; the text has one sentence for each."""


def number(default: float, low: float, high: float, unit: str, meaning: str, source: str, group: str) -> Any:
    """Return the field of a parameter."""
    extra: dict[str, Any] = {"unit": unit, "source": source, "group": group}
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra=extra)


@dataclass(frozen=True)
class Parameter:
    """A parameter of an extension, described like those of the model.

    Attributes:
        default: Its type is that of the parameter: an integer makes it a whole number.
        low, high: The smallest and the largest value allowed.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    meaning: str
    source: str = "own choice"
    group: str = "Extension"

    def field(self) -> Any:
        """Return its type and its field in a class of parameters."""
        declared = number(self.default, self.low, self.high, self.unit, self.meaning, self.source, self.group)
        return int if isinstance(self.default, int) else float, declared


class ParameterRow(TypedDict):
    """A parameter as a row of tables and forms; ``type`` is int or float."""

    name: str
    default: float
    low: float
    high: float
    type: str
    meaning: str
    unit: str
    source: str
    group: str


# Names of version 2 and what became of them.
FORMER = {
    "cloud_price": "is now called cloud_start_price: from there the price of the cloud falls with progress",
    "local_tax": "is now called tax_rate, a share of value added",
    "market_size_elasticity": "is gone: incomes are spent where they are earned",
    "obsolescence": "is gone: quality is in levels, and common_progress and innovation move the frontier",
}


def unknown_parameter(name: str, table: type[BaseModel]) -> str:
    """Return the message for a parameter name that does not exist, with its new name or the nearest ones."""
    if name in FORMER:
        return f"parameter {name} {FORMER[name]}"
    near = nearest(name, table.model_fields)
    hint = f"; did you mean {near}?" if near else "; `computeleap parameters` lists all"
    return f"there is no parameter {name!r}{hint}"


def quoted_numbers(values: Mapping[str, object], table: type[BaseModel]) -> list[str]:
    """Return a sentence for each parameter of a file that is a number in quotes; choices are texts."""
    found = []
    for name, value in values.items():
        field = table.model_fields.get(name)
        if not isinstance(value, str) or field is None:
            continue
        if not any(isinstance(one, BeforeValidator) for one in field.metadata):
            found.append(
                f"parameter {name} cannot be {shown(value)}: it must be {_allowed(name, table)}, unquoted"
            )
    return found


def _allowed(name: str, table: type[BaseModel]) -> str:
    row = description(name, table)
    kind = "whole number" if row["type"] == "int" else "number"
    return f"a {kind} from {row['low']:g} to {row['high']:g} ({row['unit']})"


def sentence(error: Any, table: type[BaseModel]) -> str:
    """Return what pydantic says about a value, in words."""
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return f"parameter {name} cannot be {shown(error['input'])}: it must be {_allowed(name, table)}"


def description(name: str, table: type[BaseModel]) -> ParameterRow:
    """Return default, range, unit, meaning, source and group of one parameter, as plain values."""
    field = table.model_fields[name]
    bounds = {type(item).__name__: item for item in field.metadata}
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    return {
        "name": name,
        "default": field.default,
        "low": bounds["Ge"].ge,
        "high": bounds["Le"].le,
        "type": "int" if isinstance(field.default, int) else "float",
        "meaning": str(field.description),
        "unit": str(extra["unit"]),
        "source": str(extra["source"]),
        "group": str(extra["group"]),
    }
