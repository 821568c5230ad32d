"""A person's own table of links: what it does to the network, and how its mistakes are answered."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from model.country.city_tables import load_cities
from model.country.links import FIBRE_US_PER_KM, LIGHT_US_PER_KM
from model.country.network import build_network, link_table
from model.country.user_links import LINK_COLUMNS, read_links
from model.files.user_tables import InputError

LINE = pd.DataFrame(  # three cities, 96 km apart
    {
        "city_id": [1, 2, 3],
        "name_en": ["City 1", "City 2", "City 3"],
        "province": "P",
        "provincial_capital": False,
        "lon": [100.0, 101.0, 102.0],
        "lat": 30.0,
        "gdp_2022": 1.0,
    }
)


def test_only_the_given_links_are_used(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("from_city,to_city,km,latency_ms,capacity_tbps,kind\n2,1,,,,\n3,2,200,1.5,40,backbone\n")
    graph = build_network(LINE, links=read_links(path, LINE))
    links = link_table(graph)
    assert list(zip(links["u"], links["v"], strict=True)) == [(0, 1), (1, 2)]
    assert links["km"].tolist() == [pytest.approx(96.3, abs=0.1), 200.0]
    assert links["latency_ms"].tolist() == [pytest.approx(0.1 + 0.0105 * 96.3, abs=1e-3), 1.5]
    assert links["kind"].tolist() == ["local", "backbone"]
    assert links["capacity_tbps"].tolist() == [pytest.approx(751 / 3), 40.0]


def test_latencies_of_ones_own_are_put_on_the_grid_of_exact_sums():
    links = pd.DataFrame({"from_city": [1, 2], "to_city": [2, 3], "latency_ms": [1.1, 1.2]})
    latency = link_table(build_network(LINE, links=links))["latency_ms"]
    assert latency.tolist() == pytest.approx([1.1, 1.2], abs=1e-6)
    assert (latency * 2.0**20 == np.rint(latency * 2.0**20)).all()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_link_table_written_and_read_back_gives_the_same_network(network, china, tmp_path, suffix):
    links = link_table(network)
    path = tmp_path / f"links.{suffix}"
    links.to_csv(path, index=False) if suffix == "csv" else links.to_parquet(path)
    again = build_network(china, links=read_links(path, china))
    assert link_table(again).equals(links)
    assert nx.utils.graphs_equal(again, network)


BAD_ROWS = {
    "1,9,,,,": ("to_city", "9"),
    "2,2,,,,": (None, "itself"),
    "2,1,,,,": (None, "earlier row"),
    "1,3,,,0,": ("capacity_tbps", "0"),
    "1,3,,,-4,": ("capacity_tbps", "-4"),
    "1,3,,-1,,": ("latency_ms", "-1"),
    "1,3,,0.5,,": ("latency_ms", "light"),  # 193 km take light 0.64 ms
    "1,3,1000,2.0,,": ("latency_ms", "light"),  # and a detour of 1000 km takes it 3.33 ms
    "1,3,100,,,": ("km", "shorter"),
    "1,3,-5,,,": ("km", "-5"),
    "1,3,,,,copper": ("kind", "copper"),
    "1,x,,,,": ("to_city", "x"),
    "1,,,,,": ("to_city", "blank"),
    "1,3,,-inf,,": ("latency_ms", "inf"),
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_is_named(tmp_path, row):
    path = tmp_path / "edges.csv"
    path.write_text(f"from_city,to_city,km,latency_ms,capacity_tbps,kind\n1,2,,,,\n2,3,,,,\n{row}\n")
    with pytest.raises(InputError) as caught:
        read_links(path, LINE)
    (problem,) = caught.value.problems
    column, words = BAD_ROWS[row]
    assert (problem.row, problem.column) == (4, column)
    assert words in problem.what


def test_every_bad_row_is_named_at_once(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("\n".join(["from_city,to_city,km,latency_ms,capacity_tbps,kind", "1,2,,,,", *BAD_ROWS]))
    with pytest.raises(InputError) as caught:
        read_links(path, LINE)
    assert {problem.row for problem in caught.value.problems} == set(range(3, 3 + len(BAD_ROWS)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"capacity_tbps": 0.0}, "capacity_tbps"),
        ({"capacity_tbps": "wide"}, "capacity_tbps"),
        ({"latency_ms": np.inf}, "latency_ms"),
        ({"latency_ms": 0.1}, "light"),
        ({"to_city": 9}, "9"),
        ({"to_city": np.nan}, "blank"),
        ({"to_city": 1}, "itself"),
        ({"kind": "copper"}, "copper"),
    ],
)
def test_links_given_as_a_dataframe_are_checked_too(change, words):
    links = pd.DataFrame([{"from_city": 1, "to_city": 2} | change, {"from_city": 2, "to_city": 3}])
    with pytest.raises(InputError, match=words) as caught:
        build_network(LINE, links=links)
    assert caught.value.problems[0].row == 1


def test_missing_columns_of_links_are_named():
    with pytest.raises(InputError, match="to_city"):
        build_network(LINE, links=pd.DataFrame({"from_city": [1]}))


def test_cities_without_a_route_are_named():
    last = LINE.iloc[[2]].assign(city_id=4, name_en="City 4", lon=103.0)
    four = pd.concat([LINE, last], ignore_index=True)
    with pytest.raises(InputError) as caught:
        build_network(four, links=pd.DataFrame({"from_city": [1], "to_city": [2]}))
    assert [("3" in str(problem), "4" in str(problem)) for problem in caught.value.problems] == [
        (True, False),
        (False, True),
    ]
    assert "City 3 (3)" in str(caught.value)


def test_light_limit_is_below_the_fibre_floor():
    assert pytest.approx(1e9 / 299_792_458, abs=0.01) == LIGHT_US_PER_KM
    assert LIGHT_US_PER_KM < FIBRE_US_PER_KM


def test_columns_of_links_are_those_of_the_link_table(network):
    assert {column.name for column in LINK_COLUMNS} == set(link_table(network).columns) - {"u", "v"}


def test_links_by_name_and_in_other_units(tmp_path):
    cities = load_cities().head(3)  # Beijing, Tianjin, Shijiazhuang
    path = tmp_path / "links.csv"
    header = "起点,终点,长度（公里）,单向时延（毫秒）,带宽（Gbit/s）,kind"
    path.write_bytes(f'{header}\n北京,120100,140,1,"2,000",骨干\nBeijing,石家庄,300,,,\n'.encode("gb18030"))
    links = read_links(path, cities)
    assert links["from_city"].tolist() == [110000, 110000]
    assert links["to_city"].tolist() == [120000, 130100]
    assert (links["km"][0], links["capacity_tbps"][0], links["kind"][0]) == (140.0, 2.0, "backbone")
    path.write_text("from,to,bandwidth\n北京,天津,2000\n", encoding="utf-8")
    with pytest.raises(InputError, match='"bandwidth" names no unit'):
        read_links(path, cities)
