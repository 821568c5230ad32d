"""The inter-city compute network: links between cities, their latency and capacity.

`build_network` makes a `networkx.Graph` from a table of cities. It has three tiers of links: *local* (every
city to its nearest neighbours), *provincial* (every city to its provincial capital; capitals and hubs to the
neighbouring ones) and *backbone* (every hub to every other hub); `model.country.links` has their rules.
`model.country.routes` converts the graph to the plain arrays of the engine, `model.country.user_links` reads
a user's table of links. docs/network.md explains rule, constants, sources and calibration.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from model.country.links import (
    BACKBONE_TBPS,
    DETOUR,
    HOP_MS,
    LOCAL_DETOUR,
    RINGS_MS,
    SMALLEST_LINK_TBPS,
    Ints,
    Layer,
    gdp_shares,
    link_latency_ms,
    on_latency_grid,
    on_sphere,
    pair_km,
    planned_links,
    province_names,
)
from model.country.user_links import check_links
from model.files.user_tables import InputError, Problem

# One node for each national hub of "East Data, West Computing". Two hubs have two clusters. Wuhu represents
# the Yangtze delta: from Shanghai the published mean of 9.7 ms (G7) would be 8.4-8.6 µs per km, outside the
# published 8.7-9.6 (G8). Chengdu represents Chengdu-Chongqing: with it the hubs are 1098 km apart on average,
# with Chongqing 1079 (G8: 1116).
NATIONAL_HUBS = {
    "Beijing-Tianjin-Hebei": 130700,  # Zhangjiakou
    "Yangtze Delta": 340200,  # Wuhu
    "Guangdong-Hong Kong-Macao": 440200,  # Shaoguan
    "Chengdu-Chongqing": 510100,  # Chengdu
    "Guizhou": 520100,  # Guiyang (Gui'an)
    "Inner Mongolia": 150100,  # Hohhot (Horinger)
    "Gansu": 621000,  # Qingyang
    "Ningxia": 640500,  # Zhongwei
}


def build_network(
    cities: pd.DataFrame,
    *,
    nearest: int = 3,
    hubs: Sequence[int] | None = None,
    links: pd.DataFrame | None = None,
    layer: Layer = "optical",
    detour: float = DETOUR,
    local_detour: float = LOCAL_DETOUR,
    hop_ms: float = HOP_MS,
    backbone_tbps: float = BACKBONE_TBPS,
) -> nx.Graph[int]:
    """Build the network of a table of cities.

    Args:
        cities: C rows, as `model.country.city_tables.load_cities` returns them, with `city_id`, `name_en`,
            `province`, `provincial_capital`, `lon`, `lat` (degrees) and `gdp_2022` (any unit: only shares
            count).
        nearest: Number of nearest neighbours that each city is linked with.
        hubs: `city_id` of the hub cities. By default the eight national hubs or, if one of them is missing in
            the table, the largest city by GDP of each of the eight largest provinces (a city with a blank
            province is a province by itself).
        links: Links to use instead of the rule, as `model.country.user_links.read_links` returns them.
        layer: "optical", or "ip" for latency through IP routers. A given `latency_ms` is used unchanged.
        detour: Route length over great circle of provincial and backbone links, as in `link_latency_ms`.
        local_detour: The same for local links.
        hop_ms: Latency that each link adds, ms.
        backbone_tbps: Capacity of all backbone links together, Tbit/s, and the scale of all other links.

    Returns:
        Connected graph whose nodes 0..C-1 are row positions.
            Node: `city_id`, `name`, `lon`, `lat`, `pos` (lon, lat), `hub` (bool).
            Link: `km` (great circle), `latency_ms` (one way), `capacity_tbps`, `kind` (local, provincial,
            backbone).

    Raises:
        InputError: a hub is unknown or repeated, or the table of `links` is wrong or not connected; the text
            lists every problem.
        ValueError: `nearest` is below 0.

    Examples:
        >>> build_network(load_cities()).edges[0, 1]["kind"]  # Beijing and Tianjin
        'provincial'
    """
    if nearest < 0:
        raise ValueError(f"nearest must be 0 or more, not {nearest}")
    table = cities.reset_index(drop=True)
    hub_nodes = _hub_nodes(table, hubs)
    if links is None:
        links = planned_links(table, hub_nodes, nearest, layer, detour, local_detour, hop_ms, backbone_tbps)
    else:
        links = _given_links(table, links, layer, detour, local_detour, hop_ms, backbone_tbps)
    return _graph(table, hub_nodes, links, layer)


def link_table(graph: nx.Graph[int]) -> pd.DataFrame:
    """Return the links as a table, ordered by (u, v), u < v: row l is link l of `model.country.routes`.

    Columns: `u`, `v` (nodes), `from_city`, `to_city` (`city_id`), `km`, `latency_ms`, `capacity_tbps`,
    `kind`. `build_network(links=...)` takes the last six, so a user can change the table and give it back.
    """
    rows = []
    for u, v in sorted((min(pair), max(pair)) for pair in graph.edges):
        link = graph.edges[u, v]
        ends = {"u": u, "v": v, "from_city": graph.nodes[u]["city_id"], "to_city": graph.nodes[v]["city_id"]}
        rows.append(ends | {name: link[name] for name in ("km", "latency_ms", "capacity_tbps", "kind")})
    columns = {"u": "int64", "v": "int64", "from_city": "int64", "to_city": "int64"}
    columns |= {"km": "float64", "latency_ms": "float64", "capacity_tbps": "float64", "kind": "str"}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def write_graphml(graph: nx.Graph[int], path: str | Path) -> None:
    """Write the network as GraphML for Gephi, Cytoscape or `networkx.read_graphml(path, node_type=int)`.

    `pos` is omitted: GraphML has no pairs, and `lon` and `lat` hold the same. The file is written atomically.
    """
    plain = graph.copy()
    for node in plain:
        del plain.nodes[node]["pos"]
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        nx.write_graphml(plain, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def ring(latency_ms: npt.ArrayLike) -> float | npt.NDArray[np.float64]:
    """Return the upper bound, 1, 5, 20 or inf ms, of the service ring of a one-way latency (ms).

    A float for a number, an array for an array of any shape.
    """
    links = np.array([*RINGS_MS, np.inf])
    found = links[np.searchsorted(links[:-1], latency_ms, side="left")]
    return float(found) if np.ndim(latency_ms) == 0 else np.asarray(found)


def hub_nodes(graph: nx.Graph[int]) -> Ints:
    """Return the nodes of the hub cities, ascending, (H,)."""
    return np.array([node for node in sorted(graph) if graph.nodes[node]["hub"]], dtype=np.int64)


def _hub_nodes(cities: pd.DataFrame, hubs: Sequence[int] | None) -> list[int]:
    node_of = {int(city): node for node, city in enumerate(cities["city_id"])}
    if hubs is None:
        national = [node_of.get(city, -1) for city in NATIONAL_HUBS.values()]
        return sorted(national) if min(national) >= 0 else _largest_of_largest(cities)
    problems = [
        Problem("hubs", None, None, f"there is no city with city_id {city}")
        for city in hubs
        if int(city) not in node_of
    ]
    problems += [
        Problem("hubs", None, None, f"city {city} is named twice")
        for city in sorted({city for city in hubs if list(hubs).count(city) > 1})
    ]
    if problems:
        raise InputError(problems)
    return sorted(node_of[int(city)] for city in hubs)


def _largest_of_largest(cities: pd.DataFrame) -> list[int]:
    """Return the largest city of each of the eight largest provinces; ties go to the earlier row."""
    size = pd.DataFrame({"province": province_names(cities), "gdp": gdp_shares(cities)})
    provinces = size.groupby("province", sort=False)["gdp"].sum().sort_values(ascending=False, kind="stable")
    return sorted(
        int(size["gdp"][size["province"] == name].idxmax()) for name in provinces.index[: len(NATIONAL_HUBS)]
    )


def _given_links(
    cities: pd.DataFrame,
    links: pd.DataFrame,
    layer: Layer,
    detour: float,
    local_detour: float,
    hop_ms: float,
    backbone_tbps: float,
) -> pd.DataFrame:
    links = check_links(links, cities)
    points, own = on_sphere(cities), gdp_shares(cities)
    u, v = links["u"].to_numpy(), links["v"].to_numpy()
    links["km"] = links["km"].fillna(pd.Series(pair_km(points, u, v)))
    detours = np.where(links["kind"] == "local", local_detour, detour)
    by_rule = link_latency_ms(links["km"], layer=layer, detour=detours, hop_ms=hop_ms)
    links["latency_ms"] = on_latency_grid(links["latency_ms"].fillna(pd.Series(by_rule)))
    by_size = np.maximum(backbone_tbps * np.sqrt(own[u] * own[v]), SMALLEST_LINK_TBPS)
    links["capacity_tbps"] = links["capacity_tbps"].fillna(pd.Series(by_size))
    return links


def _graph(cities: pd.DataFrame, hubs: list[int], links: pd.DataFrame, layer: Layer) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.Graph(layer=layer)
    names = cities["name_en"].astype(str)
    for node, (city_id, name, lon, lat) in enumerate(
        zip(cities["city_id"], names, cities["lon"], cities["lat"], strict=True)
    ):
        pos = (float(lon), float(lat))
        graph.add_node(
            node, city_id=int(city_id), name=name, lon=pos[0], lat=pos[1], pos=pos, hub=node in hubs
        )
    columns = [links[name].tolist() for name in ("u", "v", "km", "latency_ms", "capacity_tbps", "kind")]
    for u, v, km, latency_ms, capacity_tbps, kind in zip(*columns, strict=True):
        graph.add_edge(u, v, km=km, latency_ms=latency_ms, capacity_tbps=capacity_tbps, kind=kind)
    return graph
