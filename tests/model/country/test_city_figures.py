"""Published tables become a table of cities: a census by prefecture, a folder of yearbook tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.country.city_figures import cities_from
from model.country.city_tables import load_cities
from model.files.user_tables import InputError
from tests.support.cli import call

OURS = load_cities()
CODES = [int(f"{str(c)[:2]}0100") if str(c)[2:] == "0000" else c for c in OURS["city_id"]]


def census(tmp_path: Path) -> Path:
    """A census in the form of the public one: codes of municipalities end in 0100, some outlines are long."""
    lengths = [20_000 if k % 20 == 0 else 20 for k in range(len(OURS))]
    frame = pd.DataFrame(
        {
            "city": OURS["name_zh"],
            "city_code": CODES,
            "popu_2020": OURS["population_2020"].round().astype(int),
            "popu_urban_2020": 1,
            "popu_2010": OURS["population_2010"].round().astype(int),
            "coord": ["POLYGON((" + "116.2 39.5," * length + "))" for length in lengths],
        }
    )
    frame.loc[len(frame)] = ["济源市", 419001, 700_000, 1, 650_000, ""]
    path = tmp_path / "census.csv"
    frame.to_csv(path, index=False, quoting=1)
    return path


def test_a_census_by_prefecture(tmp_path: Path) -> None:
    table = cities_from(census(tmp_path))
    np.testing.assert_allclose(table["population_10k"] * 1e4, OURS["population_2020"].round(), rtol=1e-12)
    np.testing.assert_allclose(table["pop_2010"] * 1e4, OURS["population_2010"].round(), rtol=1e-12)
    assert table["gdp_100m_cny"].isna().all()
    assert "census.csv: popu_2020 read as people of 2020, times 0.0001" in table.attrs["reading"]
    assert table.attrs["reading"][-1] == "1 rows left out, of no city of the shipped table: 济源市"


def test_a_folder_of_yearbook_tables(tmp_path: Path) -> None:
    folder = tmp_path / "yearbook"
    folder.mkdir()
    names = OURS["name_zh"].str.removesuffix("市")
    rows = pd.DataFrame(
        {"地区": ["合计", *names, "河北省"], "地区生产总值（亿元）": [1e6, *OURS["gdp_2010"], 2e4]}
    )
    rows.to_csv(folder / "2010年.csv", index=False, encoding="gb18030")
    long = pd.DataFrame({"城市": OURS["name_zh"], "年份": 2015, "GDP(万元)": OURS["gdp_2015"] * 1e4})
    long["一般公共预算收入（亿元）"] = OURS["gdp_2015"] * 0.08
    pd.concat([long, long.assign(年份=2018)]).to_excel(folder / "panel.xlsx", index=False)
    (folder / "~$panel.xlsx").write_bytes(b"")
    table = cities_from(folder)
    given = table["gdp_2010"].notna()  # 吉林 may be the province
    assert given.sum() == 337
    np.testing.assert_allclose(table["gdp_2010"][given], OURS["gdp_2010"][given], rtol=1e-9)
    np.testing.assert_allclose(table["gdp_2015"], OURS["gdp_2015"], rtol=1e-9)
    np.testing.assert_allclose(table["fiscal_revenue_share"], 0.08)
    told = table.attrs["reading"]
    assert "2010年.csv: 地区生产总值（亿元） read as gdp of 2010" in told
    assert "not used: gdp of 2018, revenue of 2018" in told
    assert told[-1] == "2 rows left out, of no city of the shipped table: 吉林, 河北省"
    out = tmp_path / "cities.csv"
    answer = call("cities", "--from", folder, "--out", out)
    assert answer.exit_code == 0
    assert "gdp_2015 is given for 338 cities" in answer.stdout
    assert load_cities(out)["gdp_2015"].notna().all()
    assert call("cities", "--from", folder, "--out", out).exit_code == 2
    assert call("cities", "--from", folder).exit_code == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.csv": "城市,常住人口\n上海,2487\n"}, "a.csv, column 常住人口: names no unit"),
        ({"a.csv": "城市,常住人口（万人）\n上海,2487\n"}, "has no year: name it in the heading"),
        ({"a.csv": "x,常住人口（万人）\n上海,2487\n"}, "a.csv: names no city in a column 城市代码"),
        ({"a.csv": "城市,pop_2020\n上海,many\n"}, 'a.csv, row 2, column people: "many" is not a number'),
        (
            {"a.csv": "城市,pop_2020\n上海,1\n", "b.csv": "code,pop_2020\n3100,2\n"},
            "1 in a.csv, row 2: leave one",
        ),
        ({"a.csv": "城市,x\n上海,1\n"}, "holds no figure of a city"),
        ({"a.md": "x"}, "the folder holds no table"),
        ({"a.csv": ""}, "a.csv: is empty"),
    ],
)
def test_what_cannot_be_taken_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        cities_from(folder)
    assert said in str(caught.value)


def test_counties_and_merged_units_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "code,name,pop_2010\n340100,合肥市,570\n340102,瑶海区,90\n341400,巢湖市,387\n", encoding="utf-8"
    )
    table = cities_from(path)
    assert table["pop_2010"].dropna().tolist() == [570.0]
    assert table.attrs["reading"][-1].endswith("瑶海区, 巢湖市")
