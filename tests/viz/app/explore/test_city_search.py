"""Search for a city."""

from __future__ import annotations

import pytest

from model.country.country import Country, load_country
from viz.app.explore.city_search import find_cities


@pytest.fixture(scope="module")
def china() -> Country:
    return load_country(None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("xian", "Xi'an"),
        ("Xi’an", "Xi'an"),
        ("西安", "Xi'an"),
        ("西安市", "Xi'an"),
        ("XI'AN 西安市", "Xi'an"),
        ("520100", "Guiyang"),
        ("Guiy", "Guiyang"),
    ],
)
def test_a_city_is_found_by_either_name_or_code(china, text, name):
    assert [china.cities["name_en"].iloc[row] for row in find_cities(china, text)] == [name]


def test_several_or_none_are_found(china):
    assert len(find_cities(china, "Suzhou")) == 2
    assert len(find_cities(china, "苏州")) == 1
    assert len(find_cities(china, "chang")) > 2
    for text in ("Atlantis", "", "  ", "<script>", "-"):
        assert find_cities(china, text) == []
