"""Search for a city by what a visitor types."""

from __future__ import annotations

import unicodedata

import numpy as np

from model.country.country import Country

ADMINISTRATIVE = ("市", "地区", "盟", "自治州")  # endings that a visitor leaves out


def plain(text: str) -> str:
    """Return a name in small letters, without accents, spaces, apostrophes and hyphens."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in letters if one.isalnum())


def find_cities(country: Country, text: str) -> list[int]:
    """Return the rows of the cities that a text names: by code or name, else by its start or a part of it.

    The list of the page writes both names: ``Suzhou 苏州市``.
    """
    wanted, cities = plain(text[:200]), country.cities
    if not wanted:
        return []
    codes = [str(code) for code in cities["city_id"]]
    if wanted in codes:
        return [codes.index(wanted)]
    names = [
        {plain(english), plain(chinese), without_ending(chinese), plain(english + chinese)}
        for english, chinese in zip(cities["name_en"].astype(str), cities["name_zh"].astype(str), strict=True)
    ]
    tests = (
        [wanted in known for known in names],
        [any(one.startswith(wanted) for one in known) for known in names],
        [any(wanted in one for one in known) for known in names],
    )
    for found in tests:
        if any(found):
            return [int(row) for row in np.flatnonzero(found)]
    return []


def without_ending(name: str) -> str:
    """Return a Chinese name without 市 and the like."""
    ending = next((one for one in ADMINISTRATIVE if name.endswith(one) and len(name) > len(one) + 1), "")
    return plain(name.removesuffix(ending))
