"""The network rule, its calibration against published latency, and the tables that go in and out."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.country.geography import distances_km, load_cities
from model.country.link_rule import FIBRE_US_PER_KM, link_latency_ms, on_sphere, pair_km
from model.country.network import NATIONAL_HUBS, build_network, hub_nodes, link_table, ring, write_graphml
from model.country.routes import delivered_latency
from model.files.user_tables import InputError


def table(lon, lat, *, province=None, gdp=None, capital=None) -> pd.DataFrame:
    """A country of cities 1, 2, 3, …, all in one province unless said otherwise."""
    count = len(lon)
    return pd.DataFrame(
        {
            "city_id": np.arange(1, count + 1),
            "name_en": [f"City {i}" for i in range(1, count + 1)],
            "province": ["P"] * count if province is None else list(province),
            "provincial_capital": [False] * count if capital is None else list(capital),
            "lon": np.asarray(lon, dtype=float),
            "lat": np.asarray(lat, dtype=float),
            "gdp_2022": np.ones(count) if gdp is None else np.asarray(gdp, dtype=float),
        }
    )


countries = st.integers(1, 25).flatmap(
    lambda count: st.builds(
        table,
        st.lists(st.integers(90, 110), min_size=count, max_size=count),
        st.lists(st.integers(20, 40), min_size=count, max_size=count),
        province=st.lists(st.sampled_from(["", "A", "B", "C"]), min_size=count, max_size=count),
        gdp=st.lists(st.integers(0, 1000), min_size=count, max_size=count),
        capital=st.lists(st.booleans(), min_size=count, max_size=count),
    )
)


@pytest.fixture(scope="module")
def china() -> pd.DataFrame:
    return load_cities()


@pytest.fixture(scope="module")
def network(china: pd.DataFrame) -> nx.Graph:
    return build_network(china)


def kinds(graph: nx.Graph) -> dict[tuple[int, int], str]:
    return {(min(u, v), max(u, v)): kind for u, v, kind in graph.edges(data="kind")}


# --- calibration (targets G7, G8, G11) and validation (G10) ----------------------------------------------


def hub_pairs(graph: nx.Graph, china: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Latency (ms) and distance (km) of the 28 pairs of hubs."""
    hubs = hub_nodes(graph)
    upper = np.triu_indices(len(hubs), 1)
    latency, km = delivered_latency(graph), distances_km(china["lon"], china["lat"])
    return latency[np.ix_(hubs, hubs)][upper], km[np.ix_(hubs, hubs)][upper]


def test_optical_latency_between_hubs_is_as_published(network, china):
    latency, km = hub_pairs(network, china)
    assert len(latency) == 28
    per_km = 1000.0 * latency / km
    assert per_km.min() >= 8.7  # G8
    assert per_km.max() <= 9.6
    assert latency.mean() == pytest.approx(9.7, rel=0.05)  # G7
    assert latency.max() == pytest.approx(17.1, rel=0.05)
    assert km.mean() == pytest.approx(1116, rel=0.02)
    assert km.max() == pytest.approx(1789, abs=1)


def test_ip_latency_between_hubs_is_as_published(china):
    latency, km = hub_pairs(build_network(china, layer="ip"), china)
    assert latency.mean() == pytest.approx(14.6, rel=0.01)  # G7
    assert latency.max() == pytest.approx(23.9, rel=0.01)
    assert 13.1 <= 1000.0 * latency.mean() / km.mean() <= 13.4  # G8, which is made from these aggregates
    assert 13.1 <= 1000.0 * latency.max() / km.max() <= 13.4


def test_no_link_beats_light_in_fibre(network):
    links = link_table(network)
    assert (1000.0 * links["latency_ms"] > FIBRE_US_PER_KM * links["km"]).all()  # G9
    assert (1000.0 * delivered_latency(network) >= 0).all()


def test_coverage_of_large_cities_is_near_the_published_one(network, china):
    """G10, not used in the calibration: ten cities per hub within 5 ms, of about a hundred observed."""
    largest = china["gdp_2022"].nlargest(100).index.to_numpy()
    to_hubs = delivered_latency(network)[np.ix_(largest, hub_nodes(network))]
    assert 8 <= (to_hubs <= 5.0).sum(axis=0).mean() <= 12
    assert (to_hubs <= 20.0).sum(axis=0).mean() > 77


def test_backbone_is_a_full_mesh_of_the_published_capacity(network):
    links = link_table(network)
    backbone = links[links["kind"] == "backbone"]
    hubs = hub_nodes(network).tolist()
    assert {network.nodes[node]["city_id"] for node in hubs} == set(NATIONAL_HUBS.values())
    assert set(zip(backbone["u"], backbone["v"], strict=True)) == set(combinations(hubs, 2))
    assert backbone["capacity_tbps"].sum() == pytest.approx(751.0)  # G11
    assert backbone["capacity_tbps"].nunique() == 1


# --- the rule --------------------------------------------------------------------------------------------


def test_cities_are_joined_to_their_nearest_and_to_their_capital(network, china):
    km = distances_km(china["lon"], china["lat"])
    np.fill_diagonal(km, np.inf)
    for city, row in enumerate(km):
        assert all(network.has_edge(city, other) for other in np.argsort(row)[:3])
    for _, province in china.groupby("province"):
        (capital,) = province.index[province["provincial_capital"]]
        for city in province.index.drop(capital):
            kind = network.edges[city, capital]["kind"]
            both_hubs = network.nodes[city]["hub"] and network.nodes[capital]["hub"]
            assert kind == ("backbone" if both_hubs else "provincial")


def test_nodes_and_links_carry_what_they_promise(network, china):
    assert sorted(network) == list(range(len(china)))
    assert network.nodes[0] == {
        "city_id": 110000,
        "name": "Beijing",
        "lon": 116.3972,
        "lat": 39.9075,
        "pos": (116.3972, 39.9075),
        "hub": False,
    }
    km = distances_km(china["lon"], china["lat"])
    for u, v, link in network.edges(data=True):
        assert set(link) == {"km", "latency_ms", "capacity_tbps", "kind"}
        assert link["km"] == pytest.approx(km[u, v], abs=0.002)
        assert link["capacity_tbps"] >= 0.1
        assert {type(value) for value in link.values()} == {float, str}


def test_a_third_capital_on_the_way_replaces_the_direct_link():
    # Three provinces of one city each, on a line; in the second country the middle one lies far off the line.
    straight = build_network(table([100, 103, 106], [30, 30, 30], province="ABC"), nearest=0, hubs=[])
    bent = build_network(table([100, 103, 106], [30, 35, 30], province="ABC"), nearest=0, hubs=[])
    assert set(kinds(straight)) == {(0, 1), (1, 2)}
    assert set(kinds(bent)) == {(0, 1), (1, 2), (0, 2)}


def test_two_cities_at_one_place_do_not_cut_each_other_off():
    # Each lies almost on the other's way to the third, but only one of them lies between.
    graph = build_network(table([100, 100.01, 110], [30, 30, 30], province="ABC"), nearest=0, hubs=[])
    assert kinds(graph) == {(0, 1): "provincial", (1, 2): "provincial"}


def test_a_city_without_a_province_is_its_own_capital():
    row = table(range(100, 106), [30] * 6, province=[""] * 6, gdp=[1, 1, 1, 9, 1, 1])
    assert set(kinds(build_network(row, nearest=0))) >= {(i, i + 1) for i in range(5)}
    assert len(hub_nodes(build_network(row))) == 6
    assert set(kinds(build_network(row, nearest=0, hubs=[]))) == {(i, i + 1) for i in range(5)}


def test_the_largest_city_stands_in_for_a_missing_capital():
    graph = build_network(table([100, 101, 102], [30, 30, 30], gdp=[1, 5, 2]), nearest=0, hubs=[])
    assert set(kinds(graph)) == {(0, 1), (1, 2)}
    flagged = table([100, 101, 102], [30, 30, 30], gdp=[1, 5, 2], capital=[True, False, False])
    assert set(kinds(build_network(flagged, nearest=0, hubs=[]))) == {(0, 1), (0, 2)}


def test_equally_near_neighbours_are_taken_in_order_of_rows():
    # A cross on the equator, and a capital far off so that its links do not hide the local ones.
    cross = table([100, 101, 99, 100, 100, 130], [0, 0, 0, 1, -1, 50], capital=[False] * 5 + [True])
    graph = build_network(cross, nearest=2, hubs=[])
    arms = {pair for pair, kind in kinds(graph).items() if kind == "local"}
    # Ties: cities 1 and 2 take 3 rather than 4; cities 3 and 4 take 1 rather than 2.
    assert arms == {(0, 1), (0, 2), (0, 3), (0, 4), (1, 3), (2, 3), (1, 4)}


def test_hubs_of_another_country_are_the_largest_cities_of_its_largest_provinces():
    provinces = [f"P{i // 2}" for i in range(20)]  # ten provinces of two cities
    gdp = [1.0 + i for i in range(20)]
    rng = np.random.default_rng(5)
    cities = table(rng.uniform(90, 110, 20), rng.uniform(20, 40, 20), province=provinces, gdp=gdp)
    graph = build_network(cities)
    assert hub_nodes(graph).tolist() == [5, 7, 9, 11, 13, 15, 17, 19]
    assert sum(c for _, _, c in graph.edges(data="capacity_tbps")) > 751


def test_capacities_follow_the_size_of_what_the_ends_speak_for():
    # Two provinces on a line, A (cities 0, 1) and B (2, 3); capitals 1, 2; hub 3 speaks for both provinces.
    cities = table(
        [100, 101, 105, 107], [30] * 4, province="AABB", gdp=[10, 40, 30, 20], capital=[0, 1, 1, 0]
    )
    graph = build_network(cities, nearest=0, hubs=[4], backbone_tbps=100)
    assert graph.edges[0, 1]["capacity_tbps"] == pytest.approx(100 * np.sqrt(0.1 * 0.5))
    assert graph.edges[1, 2]["capacity_tbps"] == pytest.approx(100 * np.sqrt(0.5 * 0.5))
    assert graph.edges[2, 3]["capacity_tbps"] == pytest.approx(100 * np.sqrt(0.5 * 1.0))

    # A local link counts its two cities alone, also where one of them, city 2, is a capital.
    crossing = cities.assign(lon=[104.9, 101.0, 105.0, 107.0])
    local = build_network(crossing, nearest=1, hubs=[4], backbone_tbps=100).edges[0, 2]
    assert (local["kind"], local["capacity_tbps"]) == ("local", pytest.approx(100 * np.sqrt(0.1 * 0.3)))
    assert build_network(crossing, nearest=1, hubs=[4], backbone_tbps=0.5).edges[0, 2]["capacity_tbps"] == 0.1


def test_parts_that_the_rule_leaves_apart_are_joined_by_the_shortest_link():
    # Two clusters of cities without a province: everyone's candidates for the mesh are in his own cluster.
    rng = np.random.default_rng(8)
    lon = np.concatenate([rng.uniform(80, 82, 70), rng.uniform(120, 122, 70)])
    cities = table(lon, rng.uniform(30, 32, 140), province=[""] * 140)
    graph = build_network(cities, hubs=[])
    km = distances_km(cities["lon"], cities["lat"])[:70, 70:]
    assert [pair for pair in kinds(graph) if pair[0] < 70 <= pair[1]] == [
        (int(np.argmin(km) // 70), int(70 + np.argmin(km) % 70))
    ]


def test_chosen_hubs_replace_the_default(china):
    graph = build_network(china, hubs=[110000, 440300])
    assert [graph.nodes[node]["city_id"] for node in hub_nodes(graph)] == [110000, 440300]
    assert [link["capacity_tbps"] for _, _, link in graph.edges(data=True) if link["kind"] == "backbone"] == [
        751
    ]


def test_unknown_and_repeated_hubs_are_named(china):
    with pytest.raises(InputError) as caught:
        build_network(china, hubs=[110000, 110000, 7])
    assert len(caught.value.problems) == 2
    assert "7" in str(caught.value)
    assert "110000" in str(caught.value)


def test_negative_number_of_neighbours_is_refused(china):
    with pytest.raises(ValueError, match="nearest"):
        build_network(china, nearest=-1)


@pytest.mark.parametrize("nearest", [0, 1, 3])
def test_one_city_is_one_node(nearest):
    graph = build_network(table([100], [30]), nearest=nearest)
    assert list(graph) == [0]
    assert graph.number_of_edges() == 0
    assert len(link_table(graph)) == 0
    assert delivered_latency(graph).tolist() == [[1.0]]


@settings(max_examples=60, deadline=None)
@given(cities=countries, nearest=st.integers(0, 4))
def test_every_country_is_connected_and_the_same_each_time(cities, nearest):
    graph = build_network(cities, nearest=nearest)
    assert nx.is_connected(graph)
    assert nx.number_of_selfloops(graph) == 0
    links = link_table(graph)
    assert np.isfinite(links[["km", "latency_ms", "capacity_tbps"]]).all().all()
    assert (links["latency_ms"] > 0).all()
    assert (links["capacity_tbps"] > 0).all()
    assert links.equals(link_table(build_network(cities, nearest=nearest)))


def test_order_of_rows_does_not_matter(china):
    shuffled = china.sample(frac=1.0, random_state=3)
    columns = ["from_city", "to_city", "km", "latency_ms", "capacity_tbps", "kind"]
    both = []
    for cities in (china, shuffled):
        links = link_table(build_network(cities))[columns]
        low, high = links[["from_city", "to_city"]].min(axis=1), links[["from_city", "to_city"]].max(axis=1)
        links["from_city"], links["to_city"] = low, high
        both.append(links.sort_values(["from_city", "to_city"], ignore_index=True))
    pd.testing.assert_frame_equal(both[0], both[1], rtol=1e-12)


def test_pair_km_agrees_with_distances_km(china):
    u, v = np.triu_indices(len(china))
    km = distances_km(china["lon"], china["lat"])
    assert pair_km(on_sphere(china), u, v) == pytest.approx(km[u, v], abs=0.002)


def test_latencies_are_exact_sums_and_never_zero():
    assert link_latency_ms(0.0, hop_ms=0.0) > 0
    latency = link_latency_ms(np.random.default_rng(2).uniform(0, 4000, 1000))
    assert (latency * 2.0**20 == np.rint(latency * 2.0**20)).all()
    assert latency.sum() == latency[::-1].sum() == sum(sorted(latency.tolist()))


def test_rings():
    assert [ring(x) for x in (0.4, 1.0, 1.01, 5.0, 5.01, 20.0, 20.5, np.inf)] == [
        1,
        1,
        5,
        5,
        20,
        20,
        np.inf,
        np.inf,
    ]
    assert isinstance(ring(3), float)
    assert ring(np.array([[0.5, 30.0]])).tolist() == [[1.0, np.inf]]


# --- files out -------------------------------------------------------------------------------------------


def test_graphml_reads_back(network, tmp_path):
    path = tmp_path / "network.graphml"
    write_graphml(network, path)
    again = nx.read_graphml(path, node_type=int)
    assert dict(again.edges) == dict(network.edges)
    for node, data in network.nodes(data=True):
        assert again.nodes[node] | {"pos": data["pos"]} == data
    assert again.graph["layer"] == "optical"
    assert [file.name for file in tmp_path.iterdir()] == ["network.graphml"]
    assert "pos" in network.nodes[0]


def test_graphml_that_fails_leaves_the_old_file_and_nothing_else(network, tmp_path):
    path = tmp_path / "network.graphml"
    path.write_text("old")
    broken = network.copy()
    broken.nodes[3]["note"] = object()
    with pytest.raises((TypeError, nx.NetworkXError)):
        write_graphml(broken, path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["network.graphml"]
