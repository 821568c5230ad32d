"""Headings as people write them: the column that one means, the unit and the year that it names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from model.files.cell_values import plain
from model.files.chinese_signs import simplified
from model.files.table_columns import TableColumn, quoted

_BRACKETS = re.compile(r"[(\[【](.*?)[)\]】]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年?(?!\d)")
_LOOSE = re.compile(r"[\s_\-·.、:/,%°]+")
_SHARE = re.compile(r"[%‰]|[率比]|指数|share|growth|index|per ?cent")  # of a figure, not its amount
_UNITLESS = "当年价 当年价格 现价 年末 全市 合计 total current prices degrees degree deg ° e n 东经 北纬 度"
_QUALIFIERS = frozenset(_UNITLESS.split())


@dataclass(frozen=True)
class Heading:
    """A heading that means a column.

    Attributes:
        exact: It is the column's own name.
        factor: From the heading's unit to the column's.
        wrong: Why its figures cannot be taken; empty if they can.
    """

    column: TableColumn
    exact: bool = False
    factor: float = 1.0
    wrong: str = ""


@dataclass(frozen=True)
class Match:
    """The headings of a file, by their place: `chosen` by name of the column, and what is wrong with them."""

    chosen: dict[str, int]
    factors: dict[str, float]
    renamed: dict[str, str]
    wrong: tuple[tuple[str, str], ...]  # name of the column, what
    years: tuple[str, ...]  # headings of a known figure in a year that no column has
    passed_over: tuple[tuple[str, str], ...] = ()  # name of a column, another heading that means it too


def find_columns(header: Sequence[str], columns: Sequence[TableColumn], labels: Sequence[str] = ()) -> Match:
    """Return the place of each column in a header; a column's own name goes before other headings."""
    own = {column.name for column in columns}
    found: dict[str, list[tuple[int, Heading]]] = {}
    years = []
    for place, text in enumerate(header):
        heading = heading_of(text, columns)
        if heading is None and text not in own and place < len(labels) and labels[place]:
            heading = heading_of(labels[place], columns)
        if isinstance(heading, Heading):
            found.setdefault(heading.column.name, []).append((place, heading))
        elif heading == "year":
            years.append(text)
    chosen, factors, renamed, wrong, passed_over = {}, {}, {}, [], []
    for name, candidates in found.items():
        best = [one for one in candidates if one[1].exact] or candidates
        if len(best) > 1:
            column = best[0][1].column
            if column.kind == "text" and not column.required and not best[0][1].exact:
                continue  # a name among several is not worth a refusal
            if best[0][1].exact:
                wrong.append((name, f"occurs {len(best)} times"))
            else:
                both = " and ".join(quoted(header[place]) for place, _ in best[:2])
                wrong.append((name, f"{both} both mean {name}; rename the one to be left out"))
            continue
        ((place, heading),) = best
        if heading.wrong:
            wrong.append((name, f"{quoted(header[place])} {heading.wrong}"))
            continue
        chosen[name], factors[name] = place, heading.factor
        passed_over += [(name, header[other]) for other, _ in candidates if other != place]
        if header[place] != name:
            renamed[name] = header[place]
    return Match(chosen, factors, renamed, tuple(wrong), tuple(years), tuple(passed_over))


def heading_of(text: str, columns: Sequence[TableColumn]) -> Heading | str | None:
    """Return what a heading means, None if it is unknown, "year" if only its year is."""
    if not text.strip():
        return None
    for column in columns:
        if text.strip() == column.name:
            return Heading(column, exact=True)
    loose = _loose(text)
    for column in columns:
        if loose == _loose(column.name):
            return Heading(column)
    tidy = re.sub(r"(?<=\d),(?=\d{3})", "", simplified(plain(text)).lower())
    parts = [part.strip() for inside in _BRACKETS.findall(tidy) for part in re.split(r"[,，;、:]", inside)]
    base = _BRACKETS.sub("", tidy)
    year = next((int(found) for found in _YEAR.findall(base + " ".join(parts))), None)
    base, parts = _YEAR.sub("", base), [_YEAR.sub("", part).strip() for part in parts]
    parts = [part.removeprefix("单位").strip(" :：") for part in parts if part not in _QUALIFIERS]
    if year is not None and (pattern := _YEAR.sub("#", tidy)):
        dated = [column for column in columns if pattern in column.headings]
        fitting = [column for column in dated if column.year in (None, year)]
        if dated:
            return Heading(fitting[0], factor=fitting[0].headings[pattern] or 1.0) if fitting else "year"
    for column in columns:
        named = _loose(base) == _loose(column.name) and _loose(base) not in _known(tuple(column.headings))
        if year is None and named:
            heading = _in_units(column, 1.0, [part for part in parts if part])
            if heading.factor != 1.0:
                return Heading(column, wrong="names a unit in its name and another in brackets: name one")
            return heading
    base, tail = _unit_at_the_end(base, columns)
    meant = [column for column in columns if _loose(base) in _known(tuple(column.headings))]
    if not meant:
        return None
    fitting = meant[:1] if year is None else [one for one in meant if one.year in (None, year)]
    if not fitting:
        return "year"
    own = fitting[0].headings[_known(tuple(fitting[0].headings))[_loose(base)]]
    return _in_units(fitting[0], own, [part for part in [*parts, tail] if part])


def year_of(text: str) -> int | None:
    """Return the year that a heading names, if it names one."""
    found = {int(year) for year in _YEAR.findall(plain(text))}
    return found.pop() if len(found) == 1 else None


def _in_units(column: TableColumn, factor: float | None, units: list[str]) -> Heading:
    if not units:
        if factor is None:
            first = ", ".join(list(column.units)[:4])
            return Heading(column, wrong=f"names no unit; add one of these in brackets: {first}")
        return Heading(column, factor=factor)
    if not column.units:
        return Heading(column)
    sizes = {size for unit, size in column.units.items() for named in units if _loose(unit) == _loose(named)}
    if len(sizes) != 1 or any(map(_SHARE.search, units)):
        known = ", ".join(column.units)
        return Heading(column, wrong=f"names the unit {quoted(units[0])}, not one of: {known}")
    return Heading(column, factor=sizes.pop())


def _unit_at_the_end(base: str, columns: Sequence[TableColumn]) -> tuple[str, str]:
    """Return a heading such as "gdp_亿元" without its unit, and the unit."""
    text = base.rstrip()
    units = {unit for column in columns for unit in column.units if text.endswith(unit)}
    for unit in sorted(units, key=len, reverse=True):
        if text[: -len(unit)].endswith(("_", "/", " ", ":", "-")):
            return text[: -len(unit) - 1], unit
    return base, ""


@cache
def _known(headings: tuple[str, ...]) -> dict[str, str]:
    return {_loose(heading): heading for heading in headings}


def _loose(text: str) -> str:
    return _LOOSE.sub("", plain(text).lower().lstrip("\ufeff"))


def knows(columns: Sequence[TableColumn]) -> Callable[[str], bool]:
    """Return the question whether a text is the heading of one of the columns."""
    return lambda text: heading_of(text, columns) is not None


def nearest_heading(name: str, header: Sequence[str]) -> str:
    """Return the end of a sentence on a column that is missing: the heading most like it."""
    lower = {text.lower(): text for text in header if text}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    return f"; the nearest column of the file is {quoted(lower[near[0]])}" if near else ""
