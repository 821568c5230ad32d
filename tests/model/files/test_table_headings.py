"""Headings: columns, units and years as people name them."""

from __future__ import annotations

import pytest

from model.country.country_columns import CITY_COLUMNS
from model.files.table_headings import Heading, find_columns, heading_of, year_of


@pytest.mark.parametrize(
    ("text", "column", "factor"),
    [
        ("population_10k", "population_10k", 1.0),
        (" GDP_100m_CNY ", "gdp_100m_cny", 1.0),
        ("常住人口（万人）", "population_10k", 1.0),
        ("常住人口(人)", "population_10k", 1e-4),
        ("2020年常住人口（万人）", "population_10k", 1.0),
        ("常住人口_2010（万人）", "pop_2010", 1.0),
        ("常住人口（2010年，万人）", "pop_2010", 1.0),
        ("人口/万人", "population_10k", 1.0),
        ("Population (persons)", "population_10k", 1e-4),
        ("population (10,000 persons)", "population_10k", 1.0),
        ("popu_2020", "population_10k", 1e-4),
        ("popu_2010", "pop_2010", 1e-4),
        ("pop_2020", "population_10k", 1.0),
        ("地区生产总值（亿元）", "gdp_100m_cny", 1.0),
        ("地區生產總值（億元）", "gdp_100m_cny", 1.0),
        ("地区生产总值（当年价，万元）", "gdp_100m_cny", 1e-4),
        ("GDP_亿元", "gdp_100m_cny", 1.0),
        ("2015年GDP（亿元）", "gdp_2015", 1.0),
        ("GDP (billion yuan)", "gdp_100m_cny", 10.0),
        ("经度（°E）", "lon", 1.0),
        ("Longitude", "lon", 1.0),
        ("行政区划代码", "city_id", 1.0),
        ("city_code", "city_id", 1.0),
        ("\ufeffcity_id", "city_id", 1.0),
        ("lon (°)", "lon", 1.0),
        ("population_10k (10,000 persons)", "population_10k", 1.0),
    ],
)
def test_a_heading_means_a_column(text, column, factor):
    found = heading_of(text, CITY_COLUMNS)
    assert isinstance(found, Heading)
    assert (found.column.name, found.factor, found.wrong) == (column, factor, "")


@pytest.mark.parametrize(
    "text", ["人均GDP（元）", "GDP增长率", "人口密度", "户籍人口（万人）", "popu_urban_2020", "", "x"]
)
def test_an_unknown_heading_means_nothing(text):
    assert heading_of(text, CITY_COLUMNS) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("常住人口", "names no unit; add one of these in brackets: 万人, 人"),
        ("GDP", "names no unit"),
        ("GDP（亿美元）", 'names the unit "亿美元", not one of: 亿元'),
        ("population (households)", 'names the unit "households"'),
        ("population_10k (%)", 'names the unit "%", not one of: 万人'),
        ("常住人口（万人，比上年增长%）", 'names the unit "万人"'),
        ("gdp_100m_cny (万元)", "names a unit in its name and another in brackets: name one"),
    ],
)
def test_a_unit_that_is_not_certain_is_refused(text, said):
    found = heading_of(text, CITY_COLUMNS)
    assert isinstance(found, Heading)
    assert found.wrong.startswith(said)


def test_a_year_that_no_column_has_is_told_apart():
    match = find_columns(["city_id", "pop_2015", "gdp_2020", "gdp_2010"], CITY_COLUMNS)
    assert match.years == ("pop_2015", "gdp_2020")
    assert match.chosen == {"city_id": 0, "gdp_2010": 3}
    assert (year_of("popu_2020"), year_of("GDP"), year_of("2010-2020")) == (2020, None, None)


def test_an_exact_name_goes_before_other_headings_and_two_others_are_refused():
    match = find_columns(["code", "city_id", "name"], CITY_COLUMNS)
    assert match.chosen == {"city_id": 1, "name_zh": 2}
    assert match.passed_over == (("city_id", "code"),)
    match = find_columns(["code", "adcode"], CITY_COLUMNS)
    assert match.wrong == (
        ("city_id", '"code" and "adcode" both mean city_id; rename the one to be left out'),
    )
    assert find_columns(["v1", "v2"], CITY_COLUMNS, labels=["城市代码", ""]).chosen == {"city_id": 0}
