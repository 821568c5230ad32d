"""Routes over the inter-city network as plain arrays: latency, trees of routes, load on links.

`routes_to` is called when the set of hosts changes; `add_link_load` and `carry_share` run every quarter.
These two are plain loops over numbers without library calls, so that an engine can compile them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from model.country.links import METRO_MS, Floats, Ints, on_latency_grid


@dataclass(frozen=True, eq=False)
class Routes:
    """Least-latency routes from every city to each of H hosts, over C cities and L links.

    Link numbers are rows of `model.country.network.link_table`. Following `parent` from any city ends at the
    host; `link` is the link of each step; cities in one host's tree share the links near it.
    """

    hosts: Ints  # (H,) node of each host
    order: Ints  # (H, C) all nodes, nearest to the host first: itself, then always parents before children
    parent: Ints  # (H, C) next node towards the host; the host's is itself
    link: Ints  # (H, C) link between node and parent; -1 at the host
    link_u: Ints  # (L,) lower node of each link
    link_v: Ints  # (L,) higher node of each link
    link_capacity: Floats  # (L,) Tbit/s
    latency: Floats  # (H, C) delivered one-way latency, ms, never below the metro floor


def link_arrays(graph: nx.Graph[int]) -> tuple[Ints, Ints, Floats, Floats]:
    """Return u, v, latency (ms) and capacity (Tbit/s) of the links, (L,) each; ordered by (u, v), u < v."""
    rows = sorted(
        (min(u, v), max(u, v), data["latency_ms"], data["capacity_tbps"])
        for u, v, data in graph.edges(data=True)
    )
    u, v, latency, capacity = zip(*rows, strict=True) if rows else ((), (), (), ())
    return (
        np.array(u, dtype=np.int64),
        np.array(v, dtype=np.int64),
        on_latency_grid(latency),  # a user may have edited the graph
        np.array(capacity, dtype=np.float64),
    )


def delivered_latency(graph: nx.Graph[int], *, metro_ms: float = METRO_MS) -> Floats:
    """Return the one-way latency of the fastest route between all pairs, ms, (C, C), symmetric to the bit.

    metro_ms: latency inside a city, and the least of any pair: another city is never nearer than the same
    one.

    Takes C² × 8 bytes (0.9 MB for 338 cities, 800 MB for 10,000); `routes_to` returns only the rows of hosts.
    """
    return np.asarray(np.maximum(dijkstra(_latency_matrix(graph), directed=False), metro_ms))


def routes_to(graph: nx.Graph[int], hosts: Sequence[int] | Ints, *, metro_ms: float = METRO_MS) -> Routes:
    """Return the least-latency routes from every city to each host.

    Of equally fast routes a city takes the one whose next node has the lowest index; equally far cities are
    ordered by index.

    Args:
        graph: Connected network as `model.country.network.build_network` makes it, nodes 0..C-1.
        hosts: Node of each host, (H,); repeated hosts are allowed and get a row each.
        metro_ms: Latency inside a city, ms, and the least of any city.

    Raises:
        ValueError: a host is outside 0..C-1, or no route reaches a city.
    """
    host = np.asarray(hosts, dtype=np.int64).reshape(-1)
    count = graph.number_of_nodes()
    unknown = sorted(set(host[(host < 0) | (host >= count)].tolist()))
    if unknown:
        raise ValueError(f"hosts must be nodes 0 to {count - 1}, not {unknown}")
    u, v, link_latency, capacity = link_arrays(graph)
    # SciPy does not accept an empty list of sources.
    far = np.empty((0, count))
    if host.size:
        far = dijkstra(_latency_matrix(graph), directed=False, indices=host)
    unreached = np.flatnonzero(~np.isfinite(far).all(axis=0)).tolist()
    if unreached:
        raise ValueError(f"the network is not connected: no route joins node {unreached[0]} to every host")

    order = np.argsort(far, axis=1, kind="stable")
    parent, link = np.empty((2, *far.shape), dtype=np.int64)
    near_end, far_end = np.concatenate([u, v]), np.concatenate([v, u])
    number = np.tile(np.arange(len(u)), 2)
    for row, start in enumerate(host):
        # Latencies are exact sums, so a link is on a fastest route if and only if this equality holds.
        on_route = np.flatnonzero(far[row, near_end] + np.tile(link_latency, 2) == far[row, far_end])
        lowest_last = on_route[np.argsort(-near_end[on_route], kind="stable")]
        parent[row, start], link[row, start] = start, -1
        parent[row, far_end[lowest_last]] = near_end[lowest_last]  # the last write counts
        link[row, far_end[lowest_last]] = number[lowest_last]
    return Routes(host, order, parent, link, u, v, capacity, np.maximum(far, metro_ms))


def add_link_load(
    order: Ints, parent: Ints, link: Ints, flow: Floats, node_load: Floats, link_load: Floats
) -> None:
    """Add the load of the cities' traffic to the links, from the far end of each host's tree to the near one.

    flow: (H, C) traffic of each city to each host, Tbit/s. node_load: (C,) scratch, overwritten.
    link_load: (L,) Tbit/s, **added to**: set it to zero for the load of this traffic alone.
    """
    hosts, cities = order.shape
    for h in range(hosts):
        for c in range(cities):
            node_load[c] = flow[h, c]
        for i in range(cities - 1, 0, -1):
            c = order[h, i]
            node_load[parent[h, c]] += node_load[c]
            link_load[link[h, c]] += node_load[c]


def carry_share(
    order: Ints, parent: Ints, link: Ints, link_load: Floats, link_capacity: Floats, share: Floats
) -> None:
    """Write the share of each city's traffic that is carried: the least capacity / load on its route, or 1.

    link_load, link_capacity: (L,) Tbit/s. share: (H, C), overwritten, 1 at the host.

    Flows multiplied by their shares load no link beyond its capacity (up to rounding): an overloaded link
    scales all its traffic by capacity / load or less.
    """
    hosts, cities = order.shape
    for h in range(hosts):
        share[h, order[h, 0]] = 1.0
        for i in range(1, cities):
            c = order[h, i]
            through = share[h, parent[h, c]]
            load = link_load[link[h, c]]
            capacity = link_capacity[link[h, c]]
            if load > capacity:
                through = min(through, capacity / load)
            share[h, c] = through


def _latency_matrix(graph: nx.Graph[int]) -> csr_array:
    u, v, latency, _ = link_arrays(graph)
    count = graph.number_of_nodes()
    return csr_array(coo_array((latency, (u, v)), shape=(count, count)))
