"""`computeleap cities`, `synthetic` and `network` show and write the country."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from model.country.city_tables import load_cities
from model.country.synthetic import synthetic_country
from tests.support.cli import call


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_synthetic_country_can_be_read_back(tmp_path: Path, ending: str) -> None:
    out = tmp_path / "new" / f"country.{ending}"
    answer = call("synthetic", "30", "--seed", "7", "--out", str(out))
    assert answer.exit_code == 0
    assert str(out) in answer.stdout
    made, read = synthetic_country(30, 7), load_cities(out)
    assert list(made.columns) == list(read.columns)
    figures = made.select_dtypes("number").columns
    np.testing.assert_allclose(read[figures], made[figures], rtol=1e-14)
    own = ("estimated", "gdp_2010_basis", "gdp_2015_basis", "gdp_2022_basis")  # what is read was given
    same = [name for name in made if name not in figures and name not in own]
    assert (read[list(own[1:])] == "given").all(axis=None)
    pd.testing.assert_frame_equal(read[same], made[same], check_dtype=False)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_cities_shows_writes_and_compares(tmp_path: Path) -> None:
    own, copy = tmp_path / "own.csv", tmp_path / "copy.csv"
    call("synthetic", "12", "--out", str(own))
    table = pd.read_csv(own)
    table.loc[0, "pop_2010"] = np.nan
    table.to_csv(own, index=False)
    answer = call("cities", "--cities", str(own), "--compare", str(own), "--out", str(copy))
    assert answer.exit_code == 0, answer.stderr
    assert "12 cities in 3 provinces, 3 provincial capitals." in answer.stdout
    assert "population_2010 was blank for 1 city" in answer.stdout
    fit = re.findall(r"^ (\w+_20\d\d) +(\d+) +1\.000 +1\.000 +0\.0$", answer.stdout, re.MULTILINE)
    gdp = {"gdp_2010": "12", "gdp_2015": "12", "gdp_2022": "12"}
    assert dict(fit) == {"population_2010": "11", "population_2020": "12"} | gdp
    assert "fiscal_revenue_share is blank for 12 cities: what it measures is drawn" in answer.stdout
    np.testing.assert_allclose(load_cities(copy)["gdp_2022"], load_cities(own)["gdp_2022"])
    assert call("cities", "--cities", str(own), "--out", str(copy)).exit_code == 2
    assert call("cities", "--cities", str(own), "--out", str(copy), "--force").exit_code == 0


def test_the_shipped_cities_are_shown_as_estimates() -> None:
    answer = call("cities")
    assert "338 cities in 31 provinces" in answer.stdout
    assert "Population and GDP of 338 of them are estimates" in answer.stdout
    assert "Basis of GDP 2022, observed share 2015: 276 cities." in answer.stdout
    assert "entry_rate_2005_2015 is blank for 60 cities: what it measures is drawn" in answer.stdout
    assert "Shanghai" in answer.stdout


def test_network_counts_links_and_writes_graphml(tmp_path: Path) -> None:
    out = tmp_path / "network.graphml"
    answer = call("network", "--out", str(out))
    assert answer.exit_code == 0
    graph = nx.read_graphml(out, node_type=int)
    kinds = pd.Series([kind for *_, kind in graph.edges(data="kind")]).value_counts()
    for kind, count in kinds.items():
        assert re.search(rf"^ {kind} +{count} ", answer.stdout, re.MULTILINE)
    assert re.search(rf"^ all +{graph.number_of_edges()} ", answer.stdout, re.MULTILINE)
    assert "One-way latency between two hubs: mean 10.1 ms" in answer.stdout  # G7: 9.7 ms


def test_network_of_own_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("synthetic", "10", "--out", "ten.csv")
    ids = load_cities("ten.csv")["city_id"]
    chain = pd.DataFrame({"from_city": ids[:-1].to_numpy(), "to_city": ids[1:].to_numpy()})
    chain.to_csv("chain.csv", index=False)
    answer = call("network", "--cities", "ten.csv", "--links", "chain.csv")
    assert answer.exit_code == 0, answer.stderr
    assert re.search(r"^ local +9 ", answer.stdout, re.MULTILINE)
    assert re.search(r"^ backbone +0 ", answer.stdout, re.MULTILINE)


def test_check_shows_how_a_table_is_understood(tmp_path: Path) -> None:
    file = tmp_path / "cities.csv"
    rows = '310000,上海市,121.46,31.22,"2,487",44653\n3201,南京市,118.78,32.06,931,-\n合计,,,,3418,\n'
    header = "城市代码,城市,经度,纬度,常住人口（万人）,地区生产总值（亿元）"
    file.write_bytes(f"某地区城市数据表\n\n{header}\n{rows}".encode("gb18030"))
    answer = call("cities", "--check", file, "--out", tmp_path / "own.csv")
    assert (answer.exit_code, answer.stderr) == (0, "")
    for line in (
        "cities.csv: CSV, GB18030, commas; 2 rows",
        "  encoding GB18030",
        "  row 1 left out, a title ('某地区城市数据表')",
        "  城市代码 read as city_id",
        "  地区生产总值（亿元） read as gdp_100m_cny",
        "  population_10k reads thousands separators",
        '  gdp_100m_cny reads "-" as blank',
        '  row 6 left out, a total ("合计")',
        "  city_id reads 3201 as 320100",
        "  gdp_2022 is blank for 1 city and is estimated",
    ):
        assert line in answer.stdout.splitlines()
    again = call("cities", "--check", tmp_path / "own.csv")
    assert "  read as it is written" in again.stdout
    told = call("cities", "--cities", file)
    assert "cities.csv: encoding GB18030; row 1 left out" in told.stderr
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("city_id,lon,lat,population_10k,gdp_100m_cny\n1,100,30,2e7,1\n", encoding="utf-8")
    answer = call("cities", "--check", wrong)
    assert answer.exit_code == 2
    assert "wrong.csv, row 2, column population_10k: 20000000 looks like persons" in answer.stderr
    wrong.write_text("city_id,lon,lat,population_10k,gdp_100m_cny\n1,100,30,2,1\n", encoding="utf-8")
    assert "has one city; a country needs at least 2" in call("cities", "--check", wrong).stderr
    assert call("cities", "--check", wrong, "--cities", wrong).exit_code == 2
    assert call("cities", "--sheet", "x").exit_code == 2
