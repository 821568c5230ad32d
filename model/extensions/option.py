"""Choices of users: ``Option``, a table in a file, and ``choice``, one of several texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BeforeValidator

from agents.suggestions import did_you_mean
from model.country.city_lookup import CityLookup
from model.files.table_columns import TableColumn
from model.files.user_tables import read_table
from model.parameters import Parameter

KINDS_OF_CELLS = ("city", "number", "fraction", "integer", "year", "flag", "date", "text")
Cells = str | tuple[str, ...] | TableColumn
GIVEN = re.compile(r"\s+([a-z_][a-z0-9_]*)=(\S.*?)(?=\s+[a-z_][a-z0-9_]*=|$)")


@dataclass(frozen=True, eq=False)
class Option:
    """A table in a file, which ``start`` and ``prepare`` get as a DataFrame by the option's name.

    Parameters
    ----------
    name:
        The argument of ``start`` and ``prepare``.
    file:
        The table that is read if the user names no other, from the folder of the extension's source.
    columns:
        Column → what its cells hold: ``city`` (a name or code, read as row of the table of cities),
        ``number``, ``fraction`` (0 to 1), ``integer``, ``year``, ``flag``, ``date``, ``text``, a tuple of the
        only texts allowed, or a ``TableColumn``. No cell may be blank, unless a ``TableColumn`` says so.
    meaning:
        A sentence for lists.
    """

    name: str
    file: str
    columns: Mapping[str, Cells]
    meaning: str = ""

    def mistake(self) -> str:
        """Return what is wrong with the option; empty if nothing is."""
        if not self.name.isidentifier() or self.name in ("state", "cities", "parameters", "seed"):
            return f"it cannot be called {self.name!r}"
        if not self.columns:
            return "it has no columns"
        for column, cells in self.columns.items():
            if isinstance(cells, str) and cells not in KINDS_OF_CELLS:
                hint = did_you_mean(cells, KINDS_OF_CELLS, f": there are {', '.join(KINDS_OF_CELLS)}")
                return f"column {column} cannot hold {cells!r}{hint}"
        return ""

    def read(self, folder: Path, cities: pd.DataFrame) -> pd.DataFrame:
        """Return the table, with rows of ``cities`` for cities.

        Raises:
            InputError: It has mistakes, one sentence for each.
        """
        columns = [_column(name, cells) for name, cells in self.columns.items()]
        found = read_table(folder / self.file, columns, city_of=CityLookup(cities).city_of)
        rows = {city: row for row, city in enumerate(cities["city_id"])}
        for column in columns:
            if column.kind == "city":
                found[column.name] = found[column.name].map(rows).astype("int64")
        return found


def _column(name: str, cells: Cells) -> TableColumn:
    if isinstance(cells, TableColumn):
        return cells
    if isinstance(cells, tuple):
        return TableColumn(name, "text", "", required=True, blank=False, choices=cells)
    if cells == "fraction":
        return TableColumn(name, "number", "", low=0.0, high=1.0, required=True, blank=False)
    kind: Any = cells
    return TableColumn(name, kind, "", required=True, blank=False)


def split_options(name: str) -> tuple[str, dict[str, str]]:
    """Return the name of an extension and the files given for its options: ``treaties.py pairs=mine.csv``."""
    place = GIVEN.search(name)
    if place is None:
        return name, {}
    return name[: place.start()], dict(GIVEN.findall(name[place.start() :]))


def with_files(options: Sequence[Option], given: Mapping[str, str]) -> tuple[Option, ...]:
    """Return the options with the files given for them. Raises KeyError with a sentence: there is none."""
    known = {one.name: one for one in options}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known, f": there are {', '.join(known)}" if known else ": it has none")
            raise KeyError(f"there is no option {name!r}{hint}")
    return tuple(
        Option(one.name, str(Path(given[one.name]).resolve()), one.columns, one.meaning)
        if one.name in given
        else one
        for one in options
    )


@dataclass(frozen=True)
class _Choice(Parameter):
    choices: tuple[str, ...] = ()

    def field(self) -> Any:
        """Return its type and its field in a class of parameters: a text becomes its place."""
        _, number = super().field()
        return Annotated[int, BeforeValidator(self._place)], number

    def _place(self, given: Any) -> Any:
        if given in self.choices:
            return self.choices.index(given)
        if (
            isinstance(given, int | float)
            and not isinstance(given, bool)
            and given in range(len(self.choices))
        ):
            return int(given)
        hint = did_you_mean(str(given), self.choices, f": it must be one of {', '.join(self.choices)}")
        raise ValueError(f"parameter {self.name} cannot be {given!r}{hint}")


def choice(
    name: str, default: str, choices: Sequence[str], meaning: str, source: str = "own choice"
) -> Parameter:
    """Return a parameter whose values are texts; rules and markets read the place of the text, from 0.

    Raises:
        ValueError: the default is not one of the texts.
    """
    texts = tuple(choices)
    if default not in texts:
        raise ValueError(f"the default of {name} cannot be {default!r}: it must be one of {', '.join(texts)}")
    unit = ", ".join(f"{place}: {text}" for place, text in enumerate(texts))
    place = texts.index(default)
    return _Choice(name, place, 0, max(1, len(texts) - 1), unit, meaning, source, choices=texts)
