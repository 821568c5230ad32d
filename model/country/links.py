"""The rule for links between cities: which pairs are joined, at what latency and with what capacity.

`model.country.network` builds the graph from it; docs/network.md gives sources and calibration.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from model.country.great_circle import EARTH_RADIUS_KM

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Layer = Literal["optical", "ip"]

KINDS = ("local", "provincial", "backbone")  # a pair that qualifies twice takes the later kind

FIBRE_US_PER_KM = 5.0  # light in glass: 3.336 µs/km in vacuum × refractive index 1.468 = 4.9 [targets G9]
LIGHT_US_PER_KM = 3.33  # light in vacuum, µs per km, rounded down: no link can be faster
DETOUR = 1.82  # cable km per great-circle km, amplifiers and regenerators included; calibrated on G7
LOCAL_DETOUR = 2.1  # the same for local links: the rule of thumb for measured latency [Bozkurt et al. 2018]
HOP_MS = 0.1  # optical and switching equipment at the two ends of a link, ms
IP_FACTOR = 1.455  # latency through IP routers over latency on the bare optical layer; calibrated on G7
METRO_MS = 1.0  # inside a city: "one-millisecond metro networks" [G10]
RINGS_MS = (1.0, 5.0, 20.0)  # service rings of the national plan [G10, G12]
BACKBONE_TBPS = 751.0  # configured between the hubs, Tbit/s, first quarter of 2024 [G11]
SMALLEST_LINK_TBPS = 0.1  # one 100 Gbit/s wavelength, the least that an operator lights
ON_THE_WAY = 1.1  # two capitals are not joined if the way through a third is at most this times as long

# Neighbours tried for the mesh of capitals and hubs; all of them if there are fewer.
_CANDIDATES = 64
# Latencies are whole multiples of this, about 1 ns: sums of them are exact, in any order.
_MS_PER_UNIT = 2.0**-20


def link_latency_ms(
    km: npt.ArrayLike, *, layer: Layer = "optical", detour: npt.ArrayLike = DETOUR, hop_ms: float = HOP_MS
) -> Floats:
    """Return a link's one-way latency, ms: km × fibre floor × detour + equipment at its ends. [targets G7-G9]

    km : great-circle length of the link, any shape. detour : a number, or one for each link. layer : "ip"
        multiplies by `IP_FACTOR`.

    The result is a whole multiple of 2**-20 ms (1 ns), so that every sum of latencies is exact: equal routes
    compare equal in both directions and on every machine.
    """
    factor = IP_FACTOR if layer == "ip" else 1.0
    fibre_ms = np.asarray(km, dtype=np.float64) * np.asarray(detour) * FIBRE_US_PER_KM / 1000.0
    return on_latency_grid(factor * (fibre_ms + hop_ms))


def on_latency_grid(latency_ms: npt.ArrayLike) -> Floats:
    """Round latencies (ms, any shape) to whole multiples of 2**-20 ms, and at least one such unit."""
    units = np.rint(np.asarray(latency_ms, dtype=np.float64) / _MS_PER_UNIT)
    return np.asarray(np.maximum(units, 1.0) * _MS_PER_UNIT, dtype=np.float64)


def planned_links(
    cities: pd.DataFrame,
    hubs: list[int],
    nearest: int,
    layer: Layer,
    detour: float,
    local_detour: float,
    hop_ms: float,
    backbone_tbps: float,
) -> pd.DataFrame:
    """Return all links by rule, ordered by (u, v), u < v, as in `link_table` of the network but without ids.

    hubs : nodes of the hub cities. The other arguments are those of `model.country.network.build_network`.
    """
    points = on_sphere(cities)
    capital_of = capitals(cities)
    trunk = sorted(set(capital_of) | set(hubs))
    kind_of: dict[tuple[int, int], str] = {}
    for pair in _nearest_pairs(points, nearest):
        kind_of[pair] = "local"
    for pair in _mesh_pairs(points, trunk):
        kind_of[pair] = "provincial"
    for city, capital in enumerate(capital_of):
        if city != capital:
            kind_of[min(city, capital), max(city, capital)] = "provincial"
    for pair in combinations(hubs, 2):
        kind_of[pair] = "backbone"
    for pair in _joining_pairs(points, kind_of):
        kind_of[pair] = "local"

    links = pd.DataFrame(sorted(kind_of), columns=["u", "v"], dtype=np.int64)
    links["kind"] = [kind_of[pair] for pair in sorted(kind_of)]
    links["km"] = pair_km(points, links["u"].to_numpy(), links["v"].to_numpy())
    detours = np.where(links["kind"] == "local", local_detour, detour)
    links["latency_ms"] = link_latency_ms(links["km"], layer=layer, detour=detours, hop_ms=hop_ms)
    links["capacity_tbps"] = _capacities(cities, links, hubs, capital_of, points, backbone_tbps)
    return links


def _capacities(
    cities: pd.DataFrame,
    links: pd.DataFrame,
    hubs: list[int],
    capital_of: list[int],
    points: Floats,
    backbone_tbps: float,
) -> Floats:
    """Return Tbit/s of each link: backbone_tbps × geometric mean of its ends' shares in national GDP.

    Backbone links have equal parts of backbone_tbps: no split of the published total over pairs of hubs was
    found, and the GDP of Qingyang says nothing about its hub. On a provincial link a capital has the weight
    of its province, and a hub that of the provinces to which it is the nearest, since it carries their
    traffic.
    """
    own = gdp_shares(cities)
    of_area = own.copy()
    province = np.bincount(capital_of, weights=own, minlength=len(own))
    seats = np.array(sorted(set(capital_of)), dtype=np.int64)
    of_area[seats] = province[seats]
    if hubs:
        nearest_hub = np.array(hubs)[np.argmin(_arcs(points[seats], points[hubs]), axis=1)]
        catchment = np.bincount(nearest_hub, weights=province[seats], minlength=len(own))
        of_area[hubs] = np.maximum(of_area[hubs], catchment[hubs])

    u, v, kind = links["u"].to_numpy(), links["v"].to_numpy(), links["kind"].to_numpy()
    ends = np.where(kind == "provincial", of_area[u] * of_area[v], own[u] * own[v])
    capacity = np.maximum(backbone_tbps * np.sqrt(ends), SMALLEST_LINK_TBPS)
    backbone = kind == "backbone"
    capacity[backbone] = backbone_tbps / max(int(backbone.sum()), 1)
    return np.asarray(capacity, dtype=np.float64)


def gdp_shares(cities: pd.DataFrame) -> Floats:
    """Return each city's share in total GDP, (C,)."""
    gdp = cities["gdp_2022"].to_numpy(dtype=np.float64)
    return np.asarray(gdp / gdp.sum() if gdp.sum() > 0.0 else np.full(len(gdp), 1.0 / len(gdp)))


def capitals(cities: pd.DataFrame) -> list[int]:
    """Return the node of each city's provincial capital: the flagged city, else the largest."""
    flagged = cities["provincial_capital"].to_numpy(dtype=np.float64)
    size = 2.0 * flagged + gdp_shares(cities)  # a share is at most 1, so flagged cities come first
    province = province_names(cities)
    largest = pd.Series(size).groupby(province.to_numpy(), sort=False).idxmax()
    return [int(largest[name]) for name in province]


def province_names(cities: pd.DataFrame) -> pd.Series:
    """Return the province of each city, (C,) str; a city with a blank province is a province by itself."""
    names = cities["province"].fillna("").astype(str).reset_index(drop=True)
    own = "city " + cities["city_id"].astype(str).reset_index(drop=True)
    return names.where(names != "", own)


def on_sphere(cities: pd.DataFrame) -> Floats:
    """Return cities as points of the unit sphere, (C, 3): a shorter chord is a shorter arc."""
    lon, lat = np.radians(cities["lon"].to_numpy(np.float64)), np.radians(cities["lat"].to_numpy(np.float64))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _arcs(a: Floats, b: Floats) -> Floats:
    """Return the angles between all points of a and b, radians, (A, B)."""
    half_chord = np.linalg.norm(a[:, None, :] - b[None, :, :], axis=2) / 2.0
    return np.asarray(2.0 * np.arcsin(np.minimum(half_chord, 1.0)))


def pair_km(points: Floats, u: Ints, v: Ints) -> Floats:
    """Return great-circle km between pairs (u, v) of points on the unit sphere, (L,), to the metre.

    Rounding to whole metres, as in `model.country.city_tables.distances_km`, removes the last bits of sine
    and arcsine.
    """
    half_chord = np.linalg.norm(points[u] - points[v], axis=1) / 2.0
    return np.asarray(np.round(2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(half_chord, 1.0)), 3))


def _nearest_pairs(points: Floats, nearest: int) -> set[tuple[int, int]]:
    """Return each point with its `nearest` nearest others; ties go to the lowest index."""
    wanted = min(nearest, len(points) - 1)
    if wanted == 0:
        return set()
    tree = cKDTree(points)
    reach = tree.query(points, k=wanted + 1)[0][:, -1]
    pairs = set()
    for i, within in enumerate(tree.query_ball_point(points, reach * (1.0 + 1e-9) + 1e-12)):
        others = np.array(sorted(set(within) - {i}), dtype=np.int64)
        # Twelve decimals are 6 µm on the ground: smaller differences are ties.
        distance = np.round(np.linalg.norm(points[others] - points[i], axis=1), 12)
        for j in others[np.argsort(distance, kind="stable")[:wanted]].tolist():
            pairs.add((min(i, j), max(i, j)))
    return pairs


def _mesh_pairs(points: Floats, members: list[int]) -> set[tuple[int, int]]:
    """Return pairs of members to join directly: those without a third between them and almost on the way.

    Between: nearer to both than they are to each other. Almost on the way: the way through it is at most
    `ON_THE_WAY` times as long. The first condition alone gives a relative neighbourhood graph, which contains
    the minimum spanning tree [Toussaint 1980]; this graph contains that one, so it connects all members.
    """
    if len(members) < 2:
        return set()
    own = points[members]
    near = cKDTree(own).query(own, k=min(_CANDIDATES + 1, len(own)))[1]
    joined: set[tuple[int, int]] = set()
    for i, row in enumerate(near):
        others = row[row != i]  # a member between i and one of these is one of these
        direct = _arcs(own[[i]], own[others])[0]
        onward = _arcs(own[others], own[others])  # from the third (row) to the other end (column)
        between = np.maximum(direct[:, None], onward) < direct * (1.0 - 1e-9)
        refuse = (between & (direct[:, None] + onward <= ON_THE_WAY * direct)).any(axis=0)
        joined |= {(members[min(i, j)], members[max(i, j)]) for j in others[~refuse].tolist()}
    return joined


def components(count: int, pairs: Iterable[tuple[int, int]]) -> tuple[int, Ints]:
    """Return the number of components of `count` nodes joined by `pairs`, and each node's label, (count,)."""
    ends = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    links = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    parts, label = connected_components(links, directed=False)
    return int(parts), np.asarray(label, dtype=np.int64)


def _joining_pairs(points: Floats, present: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the links that connect the graph: the smallest part to the nearest node outside, repeated."""
    pairs, added = list(present), []
    while (found := components(len(points), pairs))[0] > 1:
        label = found[1]
        inside = label == np.argmin(np.bincount(label))
        outside, members = np.flatnonzero(~inside), np.flatnonzero(inside)
        distance, other = cKDTree(points[outside]).query(points[members])
        best = int(np.argmin(distance))
        u, v = int(members[best]), int(outside[other[best]])
        added.append((min(u, v), max(u, v)))
        pairs.append(added[-1])
    return added
