"""The rule for links: which cities are joined, latency and capacity."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from model.country.city_tables import distances_km
from model.country.links import FIBRE_US_PER_KM, link_latency_ms, on_sphere, pair_km
from model.country.network import build_network, hub_nodes, link_table
from model.country.routes import delivered_latency
from tests.support.city_tables import city_table


def kinds(graph: nx.Graph) -> dict[tuple[int, int], str]:
    return {(min(u, v), max(u, v)): kind for u, v, kind in graph.edges(data="kind")}


def test_no_link_beats_light_in_fibre(network):
    links = link_table(network)
    assert (1000.0 * links["latency_ms"] > FIBRE_US_PER_KM * links["km"]).all()  # G9
    assert (1000.0 * delivered_latency(network) >= 0).all()


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


def test_a_third_capital_on_the_way_replaces_the_direct_link():
    # Three provinces of one city each, on a line; in the second country the middle one lies far off the line.
    straight = build_network(city_table([100, 103, 106], [30, 30, 30], province="ABC"), nearest=0, hubs=[])
    bent = build_network(city_table([100, 103, 106], [30, 35, 30], province="ABC"), nearest=0, hubs=[])
    assert set(kinds(straight)) == {(0, 1), (1, 2)}
    assert set(kinds(bent)) == {(0, 1), (1, 2), (0, 2)}


def test_two_cities_at_one_place_do_not_cut_each_other_off():
    # Each lies almost on the other's way to the third, but only one of them lies between.
    graph = build_network(city_table([100, 100.01, 110], [30, 30, 30], province="ABC"), nearest=0, hubs=[])
    assert kinds(graph) == {(0, 1): "provincial", (1, 2): "provincial"}


def test_a_city_without_a_province_is_its_own_capital():
    row = city_table(range(100, 106), [30] * 6, province=[""] * 6, gdp=[1, 1, 1, 9, 1, 1])
    assert set(kinds(build_network(row, nearest=0))) >= {(i, i + 1) for i in range(5)}
    assert len(hub_nodes(build_network(row))) == 6
    assert set(kinds(build_network(row, nearest=0, hubs=[]))) == {(i, i + 1) for i in range(5)}


def test_the_largest_city_stands_in_for_a_missing_capital():
    graph = build_network(city_table([100, 101, 102], [30, 30, 30], gdp=[1, 5, 2]), nearest=0, hubs=[])
    assert set(kinds(graph)) == {(0, 1), (1, 2)}
    flagged = city_table([100, 101, 102], [30, 30, 30], gdp=[1, 5, 2], capital=[True, False, False])
    assert set(kinds(build_network(flagged, nearest=0, hubs=[]))) == {(0, 1), (0, 2)}


def test_equally_near_neighbours_are_taken_in_order_of_rows():
    # A cross on the equator, and a capital far off so that its links do not hide the local ones.
    cross = city_table([100, 101, 99, 100, 100, 130], [0, 0, 0, 1, -1, 50], capital=[False] * 5 + [True])
    graph = build_network(cross, nearest=2, hubs=[])
    arms = {pair for pair, kind in kinds(graph).items() if kind == "local"}
    # Ties: cities 1 and 2 take 3 rather than 4; cities 3 and 4 take 1 rather than 2.
    assert arms == {(0, 1), (0, 2), (0, 3), (0, 4), (1, 3), (2, 3), (1, 4)}


def test_capacities_follow_the_size_of_what_the_ends_speak_for():
    # Two provinces on a line, A (cities 0, 1) and B (2, 3); capitals 1, 2; hub 3 speaks for both provinces.
    cities = city_table(
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
    cities = city_table(lon, rng.uniform(30, 32, 140), province=[""] * 140)
    graph = build_network(cities, hubs=[])
    km = distances_km(cities["lon"], cities["lat"])[:70, 70:]
    assert [pair for pair in kinds(graph) if pair[0] < 70 <= pair[1]] == [
        (int(np.argmin(km) // 70), int(70 + np.argmin(km) % 70))
    ]


def test_pair_km_agrees_with_distances_km(china):
    u, v = np.triu_indices(len(china))
    km = distances_km(china["lon"], china["lat"])
    assert pair_km(on_sphere(china), u, v) == pytest.approx(km[u, v], abs=0.002)


def test_latencies_are_exact_sums_and_never_zero():
    assert link_latency_ms(0.0, hop_ms=0.0) > 0
    latency = link_latency_ms(np.random.default_rng(2).uniform(0, 4000, 1000))
    assert (latency * 2.0**20 == np.rint(latency * 2.0**20)).all()
    assert latency.sum() == latency[::-1].sum() == sum(sorted(latency.tolist()))
