"""A user's cities next to the shipped ones: codes in every form, units, names and places."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.country.city_tables import load_cities
from model.files.user_tables import InputError

HEADER = "city_id,name_zh,lon,lat,population_10k,gdp_100m_cny"
ROWS = (
    "310000,上海市,121.46,31.22,2487,44653",
    "320100,南京市,118.78,32.06,931,16908",
    "532900,大理白族自治州,100.23,25.59,334,1750",
)


def write(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def changed(column: int, change) -> tuple[str, ...]:
    """The rows with one column changed."""
    rows = [row.split(",") for row in ROWS]
    return tuple(",".join([*row[:column], str(change(row[column])), *row[column + 1 :]]) for row in rows)


@pytest.mark.parametrize(
    "form",
    [
        lambda code: code[:4],
        lambda code: f"{code}000000",
        lambda code: f"{code}000",
        lambda code: f"{code}.0",
        lambda code: f"'{code}",
        lambda code: f"{code[0]}.{code[1:4]}E+05",
        lambda code: {"310000": "310100"}.get(code, code),
        lambda code: f"{code[:4]}02" if code != "310000" else "310115",
    ],
)
def test_a_code_in_another_form_is_the_city_that_it_means(tmp_path: Path, form) -> None:
    cities = load_cities(write(tmp_path, *changed(0, form)))
    assert cities["city_id"].tolist() == [310000, 320100, 532900]
    assert cities["province"].tolist() == ["Shanghai", "Jiangsu", "Yunnan"]
    assert cities["provincial_capital"].tolist() == [True, True, False]


def test_an_id_of_the_users_own_stays(tmp_path: Path) -> None:
    """A county, a city elsewhere and a made-up one with four digits are not the shipped city."""
    rows = ("320102,玄武区,118.8,32.05,50,1000", "3201,甲城,119.0,32.1,50,1000", "3205,苏州市,80,40,50,1000")
    cities = load_cities(write(tmp_path, *rows))
    assert cities["city_id"].tolist() == [320102, 3201, 3205]
    assert cities.attrs["reading"] == []


def test_codes_in_two_forms_are_one_city(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 5, column city_id: 320100 is already in row 3"):
        load_cities(write(tmp_path, *ROWS, "3201,南京,118.9,32.1,931,16908"))


@pytest.mark.parametrize(
    ("column", "factor", "said"),
    [
        (4, 1e4, "row 2, column population_10k: 24870000 looks like persons, not 10,000 persons"),
        (4, 10, "row 2, column population_10k: 24870 looks like persons, not 10,000 persons"),
        (4, 0.01, "column population_10k: looks like millions of persons, not 10,000 persons"),
        (5, 1e4, "row 2, column gdp_100m_cny: 446530000 looks like 10,000 CNY, not 100 m CNY"),
        (5, 1e-4, r"column gdp_100m_cny: looks like 10\^12 CNY, not 100 m CNY"),
    ],
)
def test_figures_in_another_unit_are_refused(tmp_path: Path, column: int, factor: float, said: str) -> None:
    rows = changed(column, lambda cell: f"{float(cell) * factor:.15g}")
    with pytest.raises(InputError, match=said) as caught:
        load_cities(write(tmp_path, *rows))
    assert "name their unit in the heading" in str(caught.value)


def test_a_unit_in_the_heading_is_honoured(tmp_path: Path) -> None:
    header = "城市代码,城市,经度,纬度,常住人口（人）,地区生产总值（万元）"
    rows = [row.rsplit(",", 2) for row in ROWS]
    named = [f"{first},{float(people) * 1e4:.0f},{float(gdp) * 1e4:.0f}" for first, people, gdp in rows]
    cities = load_cities(write(tmp_path, *named, header=header))
    plain = load_cities(write(tmp_path, *ROWS))
    assert cities[["population_2020", "gdp_2022"]].equals(plain[["population_2020", "gdp_2022"]])
    assert "地区生产总值（万元） read as gdp_100m_cny, times 0.0001" in cities.attrs["reading"]


def test_provinces_and_regions_in_every_form_are_the_shipped_ones(tmp_path: Path) -> None:
    plain = load_cities(write(tmp_path, *ROWS))
    for words in (("SH", "JS", "YN"), ("上海市", "江苏省", "云南"), ("Shanghai", "jiangsu", "Yunnan")):
        rows = [f"{row},{word},东部 " for row, word in zip(ROWS, words, strict=True)]
        cities = load_cities(write(tmp_path, *rows, header=f"{HEADER},省份,region"))
        assert cities["province"].tolist() == plain["province"].tolist()
        assert cities["region"].tolist() == ["east"] * 3
        assert cities["gdp_2010"].equals(plain["gdp_2010"])


def test_two_cities_in_one_place_or_with_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 5, column lon: lies exactly where city 320100 lies"):
        load_cities(write(tmp_path, *ROWS, "9,南京东,118.78,32.06,1,1"))
    with pytest.raises(InputError, match="row 5, column name_zh: '南京市' is the name of city 320100 too"):
        load_cities(write(tmp_path, *ROWS, "9,南京市,118.9,32.1,1,1"))


def test_a_column_for_each_year_is_refused_or_read_for_one_year(tmp_path: Path) -> None:
    header = "city_id,name_zh,lon,lat,pop_2010,pop_2015,pop_2020,gdp_2010,gdp_2015,gdp_2020"
    rows = ("310000,上海市,121.46,31.22,1,2,3,4,5,6", "9,甲城,118.78,32.06,11,12,13,14,15,16")
    path = write(tmp_path, *rows, header=header)
    with pytest.raises(
        InputError, match='"pop_2015", "gdp_2020" hold one year each; write one column'
    ) as caught:
        load_cities(path)
    assert "city_id,lon,lat,population_10k (of 2020),gdp_100m_cny (of 2022)" in str(caught.value)
    cities = load_cities(path, year=2020)
    assert (cities["population_2020"] / 1e4).tolist() == [3.0, 13.0]
    assert cities["gdp_2022"].tolist() == [6.0, 16.0]
    assert cities["gdp_2010"].tolist() == [4.0, 14.0]
    of_2015 = load_cities(path, year=2015)
    assert of_2015["gdp_2022"].tolist() == [5.0, 15.0]
