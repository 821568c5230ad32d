"""Provinces and words of tables: each means one thing."""

from __future__ import annotations

import pytest

from model.country import administrative_units as units
from model.country.city_tables import load_cities
from model.country.country_columns import CLOSED_STATUSES, KINDS, OPEN_STATUSES


def test_provinces_are_those_of_the_shipped_cities() -> None:
    codes, letters, chinese, english = zip(*units.PROVINCES, strict=True)
    for names in (codes, letters, chinese, english):
        assert len(set(names)) == len(units.PROVINCES) == 31
    cities = load_cities()
    province_of = {code: name for code, _, _, name in units.PROVINCES}
    assert (cities["city_id"].astype(str).str[:2].map(province_of) == cities["province"]).all()
    assert set(codes) >= units.MUNICIPALITIES


@pytest.mark.parametrize(
    ("name", "short"),
    [("北京市", "北京"), ("广东省", "广东"), ("广西壮族自治区", "广西"), ("内蒙古自治区", "内蒙古")],
)
def test_a_province_without_its_kind(name: str, short: str) -> None:
    assert units.short_province(name) == short


def test_words_mean_choices_that_tables_have() -> None:
    assert set(units.KIND_WORDS.values()) == set(KINDS)
    assert set(units.STATUS_WORDS.values()) == {*OPEN_STATUSES, *CLOSED_STATUSES}
    assert set(units.REGION_WORDS.values()) == set(load_cities()["region"])


def test_units_that_were_renamed_lead_to_those_of_today() -> None:
    today = set(load_cities()["city_id"])
    assert not today & (units.RENAMED_CODES.keys() | units.MERGED_CODES)
    assert set(units.RENAMED_CODES.values()) <= today
