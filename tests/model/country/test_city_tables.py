"""Cities, centres and distances: the shipped tables, a user's tables, and each way one can be wrong."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.country.city_tables import distances_km, load_centres, load_cities, nearest_distance_km
from model.country.country_columns import CENTRE_COLUMNS, CITY_COLUMNS
from model.country.great_circle import EARTH_RADIUS_KM
from model.files.table_columns import columns_as_markdown
from model.files.user_tables import InputError
from tests import ROOT

NAMES = [
    *("city_id", "name_en", "name_zh", "province", "region", "provincial_capital", "lon", "lat"),
    *("population_2010", "population_2020", "gdp_2010", "gdp_2015", "gdp_2022", "estimated"),
    *("gdp_2010_basis", "gdp_2015_basis", "gdp_2022_basis"),
    *("fiscal_revenue_share", "fiscal_revenue_share_basis"),
    *("entry_rate_2005_2015", "entry_rate_2005_2015_basis"),
]
MEND = "change the figures, or name their unit in the heading, as 常住人口"
MEND_GDP = "change the figures, or name their unit in the heading, as 地区生产总值"
DOCUMENT = ROOT / "docs" / "data.md"


def cities_file(
    tmp_path: Path, *rows: str, header: str = "city_id,lon,lat,population_10k,gdp_100m_cny"
) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def sentences(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_cities(path)
    return str(caught.value).splitlines()


# The shipped tables


def test_shipped_cities() -> None:
    cities = load_cities()
    assert list(cities.columns) == NAMES
    assert len(cities) == 338
    assert cities["city_id"].dtype == "int64"
    assert cities["city_id"].is_unique
    assert cities["estimated"].all()
    assert cities["provincial_capital"].sum() == 31
    assert cities["region"].value_counts().to_dict() == {
        "west": 131,
        "east": 89,
        "central": 82,
        "northeast": 36,
    }
    figures = ["population_2010", "population_2020", "gdp_2010", "gdp_2015", "gdp_2022"]
    assert (cities[figures] > 0).all(axis=None)
    beijing = cities.iloc[0]
    assert (beijing["city_id"], beijing["name_zh"]) == (110000, "北京市")
    assert (beijing["population_2020"], beijing["gdp_2022"]) == (21893095.0, 41610.9)


def test_where_shipped_figures_come_from() -> None:
    cities = load_cities().set_index("name_en")
    shares = {"observed share 2015": 276, "estimated": 62}
    assert cities["gdp_2010_basis"].value_counts().to_dict() == shares
    assert cities["gdp_2022_basis"].value_counts().to_dict() == shares
    assert cities["gdp_2015_basis"].value_counts().to_dict() == {"observed 2015": 278, "estimated": 60}
    assert cities["fiscal_revenue_share_basis"].value_counts().to_dict() == {
        "observed 2015": 278,
        "drawn": 60,
    }
    assert cities["fiscal_revenue_share"].notna().sum() == cities["entry_rate_2005_2015"].notna().sum() == 278
    beijing = cities.loc["Beijing"]
    assert beijing["gdp_2015"] == 23014.59
    assert beijing["fiscal_revenue_share"] == pytest.approx(4723.86 / 23014.59)
    assert beijing["entry_rate_2005_2015"] == pytest.approx(195476 / 1961.2368)
    assert cities.loc["Urumqi", ["gdp_2015_basis", "gdp_2022_basis"]].tolist() == [
        "observed 2015",
        "estimated",
    ]


def test_shipped_centres() -> None:
    centres = load_centres().set_index("centre_id")
    assert list(centres.columns) == [
        "name_en",
        "name_zh",
        "city_id",
        "kind",
        "hub",
        "status",
        "opened",
        "capacity",
        "capacity_eflops",
        "capacity_steps",
        "growth",
        "capacity_confidence",
    ]
    assert centres["kind"].value_counts().to_dict() == {"intelligent": 23, "super": 14, "basic": 10}
    assert centres.loc["S01", "opened"] == "2010Q3"  # a bare year
    assert centres.loc["S03", "opened"] == "2016Q2"  # 2016-06
    assert centres.loc["H01", "opened"] == "2022Q1"  # approved on a date
    assert pd.isna(centres.loc["S11", "opened"])  # operating, no date
    assert pd.isna(centres.loc["S12", "opened"])  # not yet operating
    assert pd.isna(centres.loc["I01", "opened"])  # under construction
    assert centres["opened"].notna().sum() == 31
    assert (centres["capacity"] == 1.0).all()
    assert centres["city_id"].isin(load_cities()["city_id"]).all()


def test_shipped_centres_of_cities_that_a_user_does_not_have_are_left_out(tmp_path: Path) -> None:
    cities = load_cities(cities_file(tmp_path, "110000,116.4,39.9,2189,41610", "320200,120.3,31.6,746,14850"))
    assert load_centres(cities=cities)["centre_id"].tolist() == ["S03", "I01", "I08"]


# A user's table of cities


def test_a_smallest_table(tmp_path: Path) -> None:
    cities = load_cities(cities_file(tmp_path, "7,100,30,0,0", "8,100,31,12.5,3"))
    assert list(cities.columns) == NAMES
    assert cities["name_en"].tolist() == ["7", "8"]
    assert cities["province"].tolist() == ["", ""]
    assert cities["provincial_capital"].tolist() == [False, False]
    assert cities["population_2020"].tolist() == [0.0, 125_000.0]
    assert cities["gdp_2022"].tolist() == [0.0, 3.0]
    assert not cities["estimated"].any()
    assert cities["gdp_2022_basis"].tolist() == ["given", "given"]
    assert cities["gdp_2010_basis"].tolist() == cities["gdp_2015_basis"].tolist() == ["estimated"] * 2


def test_2010_keeps_the_share_that_the_city_has_later(tmp_path: Path) -> None:
    header = "city_id,lon,lat,population_10k,gdp_100m_cny,province,pop_2010,gdp_2010"
    rows = ("7,114,38,100,50,Hebei,,", "8,115,38,100,50,Atlantis,,", "9,116,38,100,50,Hebei,90,20")
    cities = load_cities(cities_file(tmp_path, *rows, header=header))
    hebei, elsewhere, given_2010 = cities[["population_2010", "gdp_2010"]].to_numpy().tolist()
    assert hebei == pytest.approx([1e6 * 71854202 / 74610235, 50 * 20394.3 / 42370.4])
    ours = load_cities()[["population_2010", "population_2020", "gdp_2010", "gdp_2022"]].sum()
    country = [1e6 * ours.iloc[0] / ours.iloc[1], 50 * ours.iloc[2] / ours.iloc[3]]
    assert elsewhere == pytest.approx(country)
    assert given_2010 == [900_000.0, 20.0]
    filled = {"population_2010": [7, 8], "population_2020": [], "gdp_2010": [7, 8], "gdp_2022": []}
    assert cities.attrs["filled"] == filled | {"gdp_2015": [7, 8, 9]}


def test_a_blank_figure_of_a_city_of_ours_is_our_estimate(tmp_path: Path) -> None:
    ours = load_cities().set_index("city_id").loc[130200]
    cities = load_cities(cities_file(tmp_path, "130200,118.2,39.6,,5000", "130100,114.5,38.0,1000,"))
    assert cities["population_2020"].tolist() == [ours["population_2020"], 1e7]
    assert cities["estimated"].tolist() == [True, True]
    assert cities["gdp_2022_basis"].tolist() == ["given", "observed share 2015"]
    assert cities["name_en"].tolist() == ["Tangshan", "Shijiazhuang"]
    assert cities["province"].tolist() == ["Hebei", "Hebei"]
    assert cities["provincial_capital"].tolist() == [False, True]
    assert cities.attrs["filled"]["population_2020"] == [130200]


def test_a_city_with_our_id_somewhere_else_is_not_ours(tmp_path: Path) -> None:
    cities = load_cities(cities_file(tmp_path, "110000,80,40,5,5"))
    assert cities["name_en"].tolist() == ["110000"]
    (line,) = sentences(cities_file(tmp_path, "110000,80,40,,5"))
    assert line.startswith(
        "mine.csv, row 2, column population_10k: is blank, and the city is not one of the shipped"
    )


def test_a_users_words_win_over_ours(tmp_path: Path) -> None:
    header = "city_id,lon,lat,population_10k,gdp_100m_cny,name_en,region,provincial_capital,extra"
    cities = load_cities(cities_file(tmp_path, "110000,116.4,39.9,1,1,Peking,Nord,no,=x", header=header))
    first = cities.iloc[0]
    assert (first["name_en"], first["region"], first["name_zh"]) == ("Peking", "Nord", "北京市")
    assert not first["provincial_capital"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("1,231.0,30,1,1", "column lon: 231.0 is not between 73 and 136 degrees east"),
        ("1,100,60,1,1", "column lat: 60 is not between 3 and 54 degrees north"),
        ("1,,30,1,1", "column lon: is blank; it takes between 73 and 136 degrees east"),
        ("1,100,,1,1", "column lat: is blank; it takes between 3 and 54 degrees north"),
        ("1,39.9,116.4,1,1", "column lon: lon and lat look swapped (lon 39.9, lat 116.4)"),
        ("1,100,30,-1,1", "column population_10k: -1 is not between 0 and 1000000 (unit: 10,000 persons)"),
        ("1,100,30,1,-0.5", "column gdp_100m_cny: -0.5 is not between 0 and 100000000 (unit: 100 m CNY)"),
        ("1,100,30,many,1", 'column population_10k: "many" is not a number'),
        (
            "1,100,30,inf,1",
            'column population_10k: "inf" is not a finite number; leave a figure that is not known blank',
        ),
        ("x,100,30,1,1", 'column city_id: "x" is not a whole number'),
        ("1,100,30,1,1,-3", "column gdp_2015: -3 is not between 0 and 100000000 (unit: 100 m CNY)"),
        ("1,100,30,1,1,,20.5", "column fiscal_revenue_share: 20.5 is not between 0 and 1"),
        (
            "1,100,30,1,1,,-inf",
            'column fiscal_revenue_share: "-inf" is not a finite number; leave a figure that',
        ),
        (
            "1,100,30,24870000,1",
            f"column population_10k: 24870000 looks like persons, not 10,000 persons: {MEND}（人） does",
        ),
        (
            "1,100,30,9310,1.5e7",
            f"column gdp_100m_cny: 15000000 looks like 10,000 CNY, not 100 m CNY: {MEND_GDP}（万元） does",
        ),
        (
            "1,100,30,1,1,,,-1",
            "column entry_rate_2005_2015: -1 is not between 0 and 100000 per 10,000 residents",
        ),
    ],
)
def test_a_bad_row(tmp_path: Path, row: str, sentence: str) -> None:
    names = ["city_id", "lon", "lat", "population_10k", "gdp_100m_cny"]
    names += ["gdp_2015", "fiscal_revenue_share", "entry_rate_2005_2015"][: row.count(",") - 4]
    good = [f"{number},{100 + number},30,1,1" + "," * (len(names) - 5) for number in range(2, 17)]
    (line,) = sentences(cities_file(tmp_path, *good, row, header=",".join(names)))
    assert line.startswith(f"mine.csv, row 17, {sentence}")
    assert sentence.endswith("leave a figure that") or line == f"mine.csv, row 17, {sentence}"


def test_blank_figures_of_an_unknown_city(tmp_path: Path) -> None:
    why = "is blank, and the city is not one of the shipped ones, which have an estimate"
    assert sentences(cities_file(tmp_path, "1,100,30,,")) == [
        f"mine.csv, row 2, column population_10k: {why}",
        f"mine.csv, row 2, column gdp_100m_cny: {why}",
    ]


def test_all_bad_rows_at_once(tmp_path: Path) -> None:
    rows = ("1,231.0,30,1,1", "1,39.9,116.4,1,1", "3,100,30,-1,-inf", "4,100,31,1,1", "4,100,31,1,1")
    assert [line.split(":")[0] for line in sentences(cities_file(tmp_path, *rows))] == [
        "mine.csv, row 2, column lon",
        "mine.csv, row 3, column lon",
        "mine.csv, row 3, column city_id",
        "mine.csv, row 4, column population_10k",
        "mine.csv, row 4, column gdp_100m_cny",
        "mine.csv, row 6, column city_id",
    ]


def test_columns_of_another_table(tmp_path: Path) -> None:
    lines = sentences(cities_file(tmp_path, "1,100,30,1,1", header="city,lon,lat,population,gdp_100m_cny"))
    assert lines == [
        'mine.csv, row 1, column population_10k: "population" names no unit; '
        "add one of these in brackets: 万人, 人, 10,000 persons, persons",
        'mine.csv, row 1, column city_id: is missing; the nearest column of the file is "city"',
    ]


def test_csv_and_parquet_give_the_same_cities(tmp_path: Path) -> None:
    ours = load_cities()
    mine = ours[
        ["city_id", "name_en", "name_zh", "province", "region", "provincial_capital", "lon", "lat"]
    ].assign(
        population_10k=(ours["population_2020"] / 1e4).where(ours["city_id"] % 300 != 0),
        gdp_100m_cny=ours["gdp_2022"] * 1.1,
        pop_2010=ours["population_2010"].where(ours["city_id"] % 700 != 0) / 1e4,
    )
    mine.to_csv(tmp_path / "mine.csv", index=False)
    mine.to_parquet(tmp_path / "mine.parquet")
    from_csv, from_parquet = load_cities(tmp_path / "mine.csv"), load_cities(tmp_path / "mine.parquet")
    pd.testing.assert_frame_equal(from_csv, from_parquet)
    assert [read.attrs.pop("source") for read in (from_csv, from_parquet)] == [
        ["CSV, UTF-8, commas; 338 rows"],
        ["Parquet file; 338 rows"],
    ]
    assert from_csv.attrs == from_parquet.attrs
    assert 0 < from_csv["estimated"].sum() < len(mine)


# A user's table of centres


def centres_file(
    tmp_path: Path, *rows: str, header: str = "centre_id,city_id,kind,status,opened,capacity"
) -> Path:
    return cities_file(tmp_path, *rows, header=header)


def test_a_users_centres(tmp_path: Path) -> None:
    rows = (
        "A,110000,hub,approved,2022-12-31,2.5",
        "B,110000,super,planned,2030,",
        "C,110000,basic,in use,,0",
    )
    centres = load_centres(centres_file(tmp_path, *rows))
    assert centres["kind"].tolist() == ["basic", "super", "basic"]
    assert centres["opened"].fillna("-").tolist() == ["2022Q4", "-", "-"]
    assert centres["capacity"].tolist() == [2.5, 1.0, 0.0]
    assert centres["name_en"].tolist() == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "B,999999,super,operating,2016,1",
            "column city_id: there is no city '999999' in the table of cities",
        ),
        ("A,110000,super,operating,2016,1", "column centre_id: A is already in row 2"),
        (
            ",110000,super,operating,2016,1",
            "column centre_id: is blank; it takes text of at most 200 characters",
        ),
        (
            "B,110000,Supper,operating,2016,1",
            'column kind: "Supper" is not one of: super, intelligent, basic, hub',
        ),
        ("B,110000,super,open,2016,1", 'column status: "open" is not one of: operating, in use, completed, '),
        (
            "B,110000,super,operating,16,1",
            'column opened: "16" is not a date: YYYY, YYYYQn, YYYY-MM, YYYY-MM-DD',
        ),
        ("B,110000,super,operating,2016,-1", "column capacity: -1 is not between 0 and 1000000"),
        (
            "B,110000,super,operating,2016,,-1",
            "column capacity_eflops: -1 is not between 0 and 1000000 EFLOPS",
        ),
        ("B,110000,super,operating,2016,,,11", "column growth: 11 is not between -0.9 and 10"),
    ],
)
def test_a_bad_centre(tmp_path: Path, row: str, sentence: str) -> None:
    more = row.count(",") - 5
    header = "centre_id,city_id,kind,status,opened,capacity" + ",capacity_eflops,growth"[: (0, 16, 23)[more]]
    with pytest.raises(InputError) as caught:
        load_centres(
            centres_file(tmp_path, "A,110000,super,operating,2016,1" + "," * more, row, header=header)
        )
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"mine.csv, row 3, {sentence}")


# Distances


def test_distances_known_by_hand() -> None:
    quarter = EARTH_RADIUS_KM * math.pi / 2
    found = distances_km([0, 90, 0, 180], [0, 0, 90, 0])
    expected = np.array([[0, 1, 1, 2], [1, 0, 1, 1], [1, 1, 0, 1], [2, 1, 1, 0]]) * quarter
    np.testing.assert_allclose(found, expected, atol=0.0006)


def test_beijing_to_shanghai() -> None:
    cities = load_cities().set_index("name_en").loc[["Beijing", "Shanghai"]]
    assert distances_km(cities["lon"], cities["lat"])[0, 1] == pytest.approx(1068, abs=2)


points = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=8)


@given(points)
@settings(deadline=None)
def test_distances_are_a_metric(spots: list[tuple[float, float]]) -> None:
    lon, lat = zip(*spots, strict=True)
    found = distances_km(lon, lat)
    assert found.shape == (len(spots), len(spots))
    assert np.array_equal(found, found.T)
    assert not found.diagonal().any()
    assert (found >= 0).all()
    assert found.max() <= math.pi * EARTH_RADIUS_KM + 0.001
    detours = found[:, :, None] + found[None, :, :]
    assert (found[:, None, :] <= detours + 0.002).all()  # each is rounded to the metre


def test_blocks_of_rows_meet() -> None:
    lon, lat = np.linspace(80, 130, 600), np.linspace(20, 50, 600)
    found = distances_km(lon, lat)
    for row, column in ((255, 256), (0, 599), (511, 512), (300, 2)):
        pair = [row, column]
        assert found[row, column] == distances_km(lon[pair], lat[pair])[0, 1]


def test_nearest_distance() -> None:
    table = np.array([[0.0, 5, 9], [5, 0, 4], [9, 4, 0]])
    assert nearest_distance_km(table, [2]).tolist() == [9, 4, 0]
    assert nearest_distance_km(table, [0, 2]).tolist() == [0, 4, 0]
    assert nearest_distance_km(table, np.array([True, False, True])).tolist() == [0, 4, 0]
    assert nearest_distance_km(table, []).tolist() == [math.inf] * 3
    assert nearest_distance_km(table, np.zeros(3, dtype=bool)).tolist() == [math.inf] * 3


@pytest.mark.parametrize("columns", [CITY_COLUMNS, CENTRE_COLUMNS])
def test_the_documentation_shows_these_columns(columns: tuple) -> None:
    assert columns_as_markdown(columns) in DOCUMENT.read_text(encoding="utf-8")
