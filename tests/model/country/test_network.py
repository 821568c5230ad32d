"""The network rule, its calibration against published latency, and the tables that go in and out."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.country.city_tables import distances_km
from model.country.network import NATIONAL_HUBS, build_network, hub_nodes, link_table, ring, write_graphml
from model.country.routes import delivered_latency
from model.files.user_tables import InputError
from tests.support.city_tables import city_table
from tests.support.long_version import examples

countries = st.integers(1, 25).flatmap(
    lambda count: st.builds(
        city_table,
        st.lists(st.integers(90, 110), min_size=count, max_size=count),
        st.lists(st.integers(20, 40), min_size=count, max_size=count),
        province=st.lists(st.sampled_from(["", "A", "B", "C"]), min_size=count, max_size=count),
        gdp=st.lists(st.integers(0, 1000), min_size=count, max_size=count),
        capital=st.lists(st.booleans(), min_size=count, max_size=count),
    )
)


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


def test_hubs_of_another_country_are_the_largest_cities_of_its_largest_provinces():
    provinces = [f"P{i // 2}" for i in range(20)]  # ten provinces of two cities
    gdp = [1.0 + i for i in range(20)]
    rng = np.random.default_rng(5)
    cities = city_table(rng.uniform(90, 110, 20), rng.uniform(20, 40, 20), province=provinces, gdp=gdp)
    graph = build_network(cities)
    assert hub_nodes(graph).tolist() == [5, 7, 9, 11, 13, 15, 17, 19]
    assert sum(c for _, _, c in graph.edges(data="capacity_tbps")) > 751


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
    graph = build_network(city_table([100], [30]), nearest=nearest)
    assert list(graph) == [0]
    assert graph.number_of_edges() == 0
    assert len(link_table(graph)) == 0
    assert delivered_latency(graph).tolist() == [[1.0]]


@settings(max_examples=examples(20, 60), deadline=None)
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
