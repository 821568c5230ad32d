"""Latency, routes, loads and shares against networkx and against walking every route link by link."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.country.city_tables import load_cities
from model.country.network import hub_nodes, link_table
from model.country.routes import Routes, add_link_load, carry_share, delivered_latency, routes_to
from tests.support.long_version import examples


def graph_of(links: list[tuple[int, int, float, float]], count: int) -> nx.Graph:
    """Links (u, v, ms, Tbit/s) over nodes 0..count-1; nodes and links are added last first."""
    graph = nx.Graph()
    graph.add_nodes_from(reversed(range(count)))
    for v, u, latency, capacity in reversed(links):
        graph.add_edge(u, v, latency_ms=latency, capacity_tbps=capacity)
    return graph


@st.composite
def networks(draw: st.DrawFn) -> nx.Graph:
    """Connected graphs with many equally fast routes: latencies are few whole numbers of ms."""
    count = draw(st.integers(1, 12))
    pairs = {(draw(st.integers(0, v - 1)), v) for v in range(1, count)}  # a tree, and more
    if count > 1:
        more = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
        pairs |= {(min(p), max(p)) for p in draw(st.lists(more, max_size=20)) if p[0] != p[1]}
    latency, capacity = st.integers(1, 4), st.floats(0.01, 100.0)
    return graph_of([(u, v, float(draw(latency)), draw(capacity)) for u, v in sorted(pairs)], count)


def flows(routes: Routes, seed: int) -> np.ndarray:
    """Traffic of each city to each host, a third of it zero."""
    rng = np.random.default_rng(seed)
    return rng.exponential(5.0, routes.latency.shape) * (rng.random(routes.latency.shape) < 2 / 3)


def walk(routes: Routes, h: int, city: int) -> list[int]:
    """The links from a city to a host, one by one."""
    links = []
    while city != routes.hosts[h]:
        links.append(int(routes.link[h, city]))
        city = int(routes.parent[h, city])
        assert len(links) <= routes.order.shape[1]
    return links


def load_of(routes: Routes, flow: np.ndarray) -> np.ndarray:
    load = np.zeros(len(routes.link_u))
    add_link_load(routes.order, routes.parent, routes.link, flow, np.full(flow.shape[1], np.nan), load)
    return load


def share_of(routes: Routes, load: np.ndarray) -> np.ndarray:
    share = np.full(routes.latency.shape, np.nan)
    carry_share(routes.order, routes.parent, routes.link, load, routes.link_capacity, share)
    return share


@pytest.fixture(scope="module")
def to_hubs(network) -> Routes:
    return routes_to(network, hub_nodes(network))


# --- latency ---------------------------------------------------------------------------------------------


@settings(max_examples=examples(20, 80), deadline=None)
@given(networks())
def test_delivered_latency_is_that_of_networkx_with_a_metro_floor(graph):
    expected = dict(nx.all_pairs_dijkstra_path_length(graph, weight="latency_ms"))
    latency = delivered_latency(graph, metro_ms=1.5)
    for u in graph:
        for v in graph:
            assert latency[u, v] == max(expected[u][v], 1.5)


def test_delivered_latency_is_symmetric_to_the_bit(network):
    latency = delivered_latency(network)
    assert latency.dtype == np.float64
    assert (latency == latency.T).all()
    assert (np.diag(latency) == 1.0).all()
    assert np.isfinite(latency).all()


def test_routes_and_all_pairs_agree(network, to_hubs):
    assert (to_hubs.latency == delivered_latency(network)[to_hubs.hosts]).all()


# --- routes ----------------------------------------------------------------------------------------------


@settings(max_examples=examples(20, 80), deadline=None)
@given(networks(), st.data())
def test_routes_are_shortest_and_ties_go_to_the_lowest_index(graph, data):
    count = len(graph)
    hosts = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=4))
    routes = routes_to(graph, hosts)
    assert routes.hosts.tolist() == hosts
    pairs = list(zip(routes.link_u.tolist(), routes.link_v.tolist(), strict=True))
    assert pairs == sorted((min(pair), max(pair)) for pair in graph.edges)
    for h, host in enumerate(hosts):
        length = nx.single_source_dijkstra_path_length(graph, host, weight="latency_ms")
        assert routes.order[h].tolist() == sorted(graph, key=lambda node: (length[node], node))
        assert (routes.parent[h, host], routes.link[h, host]) == (host, -1)
        for city in set(graph) - {host}:
            ways = [n for n in graph[city] if length[n] + graph.edges[n, city]["latency_ms"] == length[city]]
            assert routes.parent[h, city] == min(ways)
            link = routes.link[h, city]
            assert {routes.link_u[link], routes.link_v[link]} == {city, min(ways)}
            walked = sum(
                graph.edges[routes.link_u[x], routes.link_v[x]]["latency_ms"] for x in walk(routes, h, city)
            )
            assert walked == length[city]


def test_routes_equally_fast_in_decimals_are_equally_fast():
    graph = graph_of(
        [(0, 1, 0.1, 1.0), (1, 2, 0.2, 1.0), (0, 2, 0.3, 1.0)], 3
    )  # 0.1 + 0.2 > 0.3 in floating point
    assert routes_to(graph, [2]).parent.tolist() == [[1, 2, 2]]
    assert routes_to(graph, [0]).parent.tolist() == [[0, 0, 0]]


def test_types_and_shapes(network, to_hubs):
    hosts, cities, links = 8, network.number_of_nodes(), network.number_of_edges()
    for name in ("order", "parent", "link"):
        array = getattr(to_hubs, name)
        assert array.dtype == np.int64
        assert array.shape == (hosts, cities)
        assert array.flags.c_contiguous
    assert to_hubs.hosts.shape == (hosts,)
    assert to_hubs.latency.shape == (hosts, cities)
    assert to_hubs.link_u.shape == to_hubs.link_v.shape == to_hubs.link_capacity.shape == (links,)
    assert to_hubs.link_capacity.dtype == to_hubs.latency.dtype == np.float64


def test_link_numbers_are_rows_of_the_link_table(network, to_hubs):
    links = link_table(network)
    assert links["u"].tolist() == to_hubs.link_u.tolist()
    assert links["v"].tolist() == to_hubs.link_v.tolist()
    assert links["capacity_tbps"].tolist() == to_hubs.link_capacity.tolist()


def test_parents_come_before_children(to_hubs):
    for h, order in enumerate(to_hubs.order):
        place = np.argsort(order)
        assert order[0] == to_hubs.hosts[h]
        assert (place[to_hubs.parent[h, order[1:]]] < place[order[1:]]).all()


def test_hosts_may_be_none_repeated_or_the_only_city(network):
    assert routes_to(network, []).order.shape == (0, network.number_of_nodes())
    twice = routes_to(network, [3, 3])
    assert (twice.parent[0] == twice.parent[1]).all()
    alone = routes_to(graph_of([], 1), [0])
    assert (alone.order.tolist(), alone.link.tolist(), alone.latency.tolist()) == ([[0]], [[-1]], [[1.0]])
    assert load_of(alone, np.ones((1, 1))).tolist() == []
    assert share_of(alone, np.empty(0)).tolist() == [[1.0]]


@pytest.mark.parametrize("host", [-1, 338])
def test_unknown_host_is_refused(network, host):
    with pytest.raises(ValueError, match=str(host)):
        routes_to(network, [0, host])


def test_a_city_without_a_route_is_refused():
    with pytest.raises(ValueError, match="node 2"):
        routes_to(graph_of([(0, 1, 1.0, 1.0)], 3), [0])


# --- load and share --------------------------------------------------------------------------------------


@settings(max_examples=examples(20, 80), deadline=None)
@given(networks(), st.integers(0, 2**32 - 1), st.data())
def test_load_and_share_against_walking_every_route(graph, seed, data):
    hosts = data.draw(st.lists(st.integers(0, len(graph) - 1), min_size=1, max_size=4))
    routes = routes_to(graph, hosts)
    flow = flows(routes, seed)
    load = load_of(routes, flow)

    expected = np.zeros(len(routes.link_u))
    for h, city in np.ndindex(*flow.shape):
        for link in walk(routes, h, city):
            expected[link] += flow[h, city]
    assert load == pytest.approx(expected)

    share = share_of(routes, load)
    for h, city in np.ndindex(*flow.shape):
        fits = [
            min(1.0, routes.link_capacity[link] / load[link])
            for link in walk(routes, h, city)
            if load[link] > 0
        ]
        assert share[h, city] == min([1.0, *fits])
    # What gets through leaves no link above its capacity, and a link with room takes nothing away.
    assert (load_of(routes, flow * share) <= routes.link_capacity * (1 + 1e-12)).all()
    if (load <= routes.link_capacity).all():
        assert (share == 1.0).all()


def test_load_is_conserved(to_hubs):
    flow = flows(to_hubs, 1)
    for h, host in enumerate(to_hubs.hosts):
        alone = np.zeros_like(flow)
        alone[h] = flow[h]
        load = load_of(to_hubs, alone)
        at_host = (to_hubs.link_u == host) | (to_hubs.link_v == host)
        assert load[at_host].sum() == pytest.approx(flow[h].sum() - flow[h, host])


def test_load_is_that_of_networkx_routes(network, to_hubs):
    flow = flows(to_hubs, 2)
    number = {pair: row for row, pair in enumerate(zip(to_hubs.link_u, to_hubs.link_v, strict=True))}
    expected = np.zeros(len(number))
    for h, host in enumerate(to_hubs.hosts.tolist()):
        for city, path in nx.single_source_dijkstra_path(network, host, weight="latency_ms").items():
            for u, v in pairwise(path):
                expected[number[min(u, v), max(u, v)]] += flow[h, city]
    assert load_of(to_hubs, flow) == pytest.approx(
        expected
    )  # no two routes between these cities are equally fast


def test_load_is_added_to_what_is_there(to_hubs):
    flow = flows(to_hubs, 3)
    once = load_of(to_hubs, flow)
    twice = once.copy()
    add_link_load(to_hubs.order, to_hubs.parent, to_hubs.link, flow, np.empty(flow.shape[1]), twice)
    assert twice == pytest.approx(2 * once)


def test_compiled_loops_give_the_same_bits(to_hubs):
    flow = flows(to_hubs, 4)
    load, share = np.zeros(len(to_hubs.link_u)), np.empty_like(flow)
    numba.njit(add_link_load)(
        to_hubs.order, to_hubs.parent, to_hubs.link, flow, np.empty(flow.shape[1]), load
    )
    numba.njit(carry_share)(to_hubs.order, to_hubs.parent, to_hubs.link, load, to_hubs.link_capacity, share)
    assert (load == load_of(to_hubs, flow)).all()
    assert (share == share_of(to_hubs, load)).all()
    assert share.min() < 1.0


def test_published_use_fits_the_default_network(to_hubs):
    """16 % of the 751 Tbit/s are used (G11): so much traffic, by size of city and to all hubs, fits."""
    gdp = load_cities()["gdp_2022"].to_numpy()
    flow = np.repeat((0.16 * 751.0 / 8 * gdp / gdp.sum())[None, :], 8, axis=0)
    assert (load_of(to_hubs, flow) < to_hubs.link_capacity).all()
