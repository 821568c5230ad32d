"""Finding a city of a table by its code or name, in any usual form; what is not certain is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agents.suggestions import did_you_mean, shown
from agents.user_error import UserError
from model.country.administrative_units import (
    ENGLISH_SUFFIXES,
    FORMER,
    FORMER_ENGLISH,
    MUNICIPALITIES,
    OTHER_ENGLISH,
    PEOPLES,
    PROVINCES,
    RENAMED_CODES,
    SUFFIXES,
    short_province,
)
from model.files.cell_values import plain, read_integer
from model.files.chinese_signs import simplified

_LOOSE = re.compile(r"[\s'`\-·.]+")
_PEOPLES = re.compile(f"({'|'.join(PEOPLES)})+自治州$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class CityError(UserError):
    """A city that is not in the table, or of which it has several."""


@dataclass(frozen=True)
class Found:
    """A row of the table; `word` says how the city was understood, if it was not named as in the table."""

    row: int
    word: str = ""


class CityLookup:
    """The cities of one table by code and by name."""

    def __init__(self, cities: pd.DataFrame) -> None:
        """Index a table with ``city_id``, and with ``name_en``, ``name_zh``, ``province`` if it has them."""
        blank = [""] * len(cities)
        self.ids = [int(city) for city in cities["city_id"]]
        self.row_of = {city: row for row, city in enumerate(self.ids)}
        self.english, self.chinese, self.province = (
            cities[name].astype("str").tolist() if name in cities else blank
            for name in ("name_en", "name_zh", "province")
        )
        self.exact: dict[str, set[int]] = {}
        self.aliases: dict[str, set[int]] = {}
        for row, names in enumerate(zip(self.english, self.chinese, strict=True)):
            for name in names:
                self.exact.setdefault(_loose(name), set()).add(row)
            for alias in (*_english_aliases(names[0]), *_chinese_aliases(names[1])):
                self.aliases.setdefault(alias, set()).add(row)

    def city_of(self, text: str) -> tuple[int, str]:
        """Return the city_id that a cell of a table means, and a word if it is no code of the table."""
        found = self.find(text)
        city = self.ids[found.row]
        known = read_integer(text).value == city
        return city, "" if known else found.word or f"{shown(text)} as {city}"

    def find(self, key: object) -> Found:
        """Return the city that a code or a name means.

        A code may have 2, 4, 6, 9 or 12 digits, be a text or a float, or be that of a county or of a former
        prefecture. A name may be Chinese or English, with or without 市, 地区, 盟 or 自治州, in traditional
        characters, after its province, or that of a former unit.

        Raises:
            CityError: there is none, or there are several.
        """
        number = _code(key)
        if number is not None:
            return self._by_code(number, key)
        text = plain(str(key))
        if _loose(text) and _loose(text) in self.exact:
            return Found(self._one(sorted(self.exact[_loose(text)]), text))
        self._refuse_province(text)
        return self._by_name(text)

    def _by_code(self, number: int, key: object) -> Found:
        if number in self.row_of:
            return Found(self.row_of[number])
        for code in codes_meant(number):
            if code in self.row_of:
                row = self.row_of[code]
                return Found(row, f"{shown(key)} as {self._shown(row)}")
        raise CityError(f"there is no city {shown(key)} in the table of cities")

    def _by_name(self, text: str) -> Found:
        for part, province in _parts(text):
            key = _loose(part)
            tidy = _loose(simplified(part))
            rows = self.aliases.get(key) or self.aliases.get(tidy) or self.aliases.get(_base(tidy)) or set()
            rows = {row for row in rows if province is None or self.province[row] == province}
            if rows:
                row = self._one(sorted(rows), text)
                word = "" if key in self.aliases else f"{shown(text)} as {self._shown(row)}"
                return Found(row, word)
            if province is None and (found := self._former(text, _base(tidy))):
                return found
        names = [name for name in (*self.english, *self.chinese) if name]
        raise CityError(f"there is no city {shown(text)}{did_you_mean(text, names, cutoff=0.6)}")

    def _former(self, text: str, key: str) -> Found | None:
        code, happened = FORMER.get(FORMER_ENGLISH.get(key, key), (OTHER_ENGLISH.get(key, 0), ""))
        if code not in self.row_of:
            return None
        row = self.row_of[code]
        return Found(row, f"{shown(text)} as {self._shown(row)}" + (f": {happened}" if happened else ""))

    def _refuse_province(self, text: str) -> None:
        for code, _, chinese, english in PROVINCES:
            if code not in MUNICIPALITIES and _loose(simplified(text)) in _province_names(chinese, english):
                hint = "".join(f", or {self._shown(row)}" for row in self.aliases.get(_loose(text), ()))
                raise CityError(f"{shown(text)} is a province: name one of its cities{hint}")

    def _one(self, rows: Iterable[int], text: str) -> int:
        rows = list(rows)
        if len(rows) > 1:
            which = " or ".join(self._shown(row) for row in rows[:5])
            raise CityError(f"{shown(text)} may be {which}: name it by city_id or by its full name")
        return rows[0]

    def _shown(self, row: int) -> str:
        names = ", ".join(name for name in (self.english[row], self.chinese[row]) if name)
        return f"{names}, {self.ids[row]}" if names else str(self.ids[row])


def _province_names(chinese: str, english: str) -> tuple[str, str, str]:
    return chinese, short_province(chinese), english.lower().replace(" ", "")


def province_of(text: str) -> str | None:
    """Return the province, by its name in the shipped tables, that a Chinese, English or short name means."""
    key = _loose(simplified(plain(text)))
    for _, letters, chinese, english in PROVINCES:
        if key in (letters.lower(), *_province_names(chinese, english)):
            return english
    return {"innermongoliaautonomousregion": "Inner Mongolia", "xizang": "Tibet"}.get(key)


def codes_meant(number: int) -> Iterator[int]:
    """Yield the codes of cities that a code may mean, the most certain first."""
    digits = str(number)
    if len(digits) in (9, 12):
        digits = digits[:6]
    elif len(digits) in (2, 4):
        digits = digits.ljust(6, "0")
    if len(digits) != 6 or digits[:2] not in {code for code, *_ in PROVINCES}:
        return
    former = int(digits[:4] + "00")
    if former in RENAMED_CODES:
        yield RENAMED_CODES[former]
    if digits[:2] in MUNICIPALITIES:
        yield int(digits[:2] + "0000")
    yield int(digits)
    yield int(digits[:4] + "00")


def _code(key: object) -> int | None:
    if isinstance(key, bool | np.bool_):
        return None
    if isinstance(key, int | np.integer):
        return int(key)
    if isinstance(key, float | np.floating):
        return int(key) if float(key).is_integer() else None
    value = read_integer(str(key).strip()).value
    return value if isinstance(value, int) else None


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the name alone, then the name and the province that is named with it."""
    yield text, None
    for _, _, chinese, english in PROVINCES:
        for name in (chinese, short_province(chinese)):
            if simplified(text).startswith(name) and len(text) > len(name):
                yield text[len(name) :], english
    for first, second in _divided(text):
        province = province_of(second)
        if province is not None and first:
            yield first, province


def _divided(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (r"(.+?)\s*[,，]\s*(.+)", r"(.+?)\s*[(（](.+?)[)）]"):
        if match := re.fullmatch(pattern, text):
            yield match[1], match[2]
            yield match[2], match[1]


def _english_aliases(name: str) -> set[str]:
    outside = re.sub(r"\(.*?\)", " ", name)
    return {_loose(name), _base(_loose(outside)), _loose(outside)} - {""}


def _chinese_aliases(name: str) -> set[str]:
    key = _loose(name)
    base = _base(key)
    found = {key, base}
    if key.endswith("自治州"):
        found |= {f"{base}州", f"{base}自治州"}
    return found - {""}


def _base(key: str) -> str:
    """Return a loose name without what follows it: 市, 地区, 盟, 自治州 with its peoples, Prefecture."""
    if _is_chinese(key):
        short = _PEOPLES.sub("", key)
        if short != key and short:
            return short
        for suffix in SUFFIXES:
            if suffix != "州" and key.endswith(suffix) and len(key) > len(suffix) + 1:
                return key[: -len(suffix)]
        return key
    for suffix in ENGLISH_SUFFIXES:
        ending = suffix.replace(" ", "")
        if key.endswith(ending) and len(key) > len(ending) + 2 and ending != "shi":
            return key[: -len(ending)]
    return key


def _loose(text: Any) -> str:
    return _LOOSE.sub("", plain(str(text)).lower())


def _is_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None
