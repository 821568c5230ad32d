"""The tables of centres at the start of a run: what they offer, their routes, and the sites of later ones."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compute_provider import CLASSES, KINDS
from agents.firm import TIERS
from model.country.routes import Routes, routes_to
from model.engine.elementary_arrays import exp, log
from model.engine.state import State
from model.parameters import Parameters
from model.scenarios.scenario import Opening

# Capacity in 2022 of a centre of size 1, EFLOPS at FP16: a hub's cluster, an AI centre (Chengdu), a national
# supercomputing centre; model/data/centre_capacities.csv has the sources.
STANDARD_EFLOPS = {"basic": 6.0, "intelligent": 0.3, "super": 0.3}
NEVER = 1e9  # opening quarter of a row whose centre has not been ordered
CLOUD_REGIONS = 3  # the commercial cloud serves from the cities with the largest GDP [prototype]
PEERS = 5  # cities of the province that a city compares itself with [judgement]


def build_compute(
    state: State,
    cities: pd.DataFrame,
    graph: nx.Graph[int],
    openings: Sequence[Opening],
    parameters: Parameters,
) -> None:
    """Write services, cloud and centres.

    The cloud's regions are reached over the public internet at the latency of the network; this traffic does
    not load the network's links.
    """
    count, services = len(cities), state["services"].rows
    _write_services(state, parameters)
    regions = np.argsort(-cities["gdp_2010"].to_numpy(), kind="stable")[:CLOUD_REGIONS]
    nearest = routes_to(graph, regions.tolist()).latency.min(axis=0)
    state["city_services"]["city"] = np.repeat(np.arange(count), services)
    state["city_services"]["service"] = np.tile(np.arange(services), count)
    state["city_services"]["cloud_latency"] = np.repeat(nearest, services)
    state["cities"]["cloud_weight"][regions] = cities["gdp_2010"].to_numpy(dtype=np.float64)[regions]
    total = state["cities"]["cloud_weight"].sum()
    state["cities"]["cloud_weight"] = state["cities"]["cloud_weight"] / total if total > 0 else 1.0 / count
    build_centre_tables(state, cities, graph, openings, parameters)
    for name, length in (("city", count), ("ratio", count), ("best", services), ("ties", services)):
        state.arrays[f"scratch_{name}"] = np.zeros(length)


def _write_services(state: State, parameters: Parameters) -> None:
    """Write the kinds of compute, each with two classes of work: row 2·kind batch, 2·kind + 1 real-time."""
    size = parameters.firms / 10_000
    table = state["services"]
    for kind, name in enumerate(KINDS):
        capacity = getattr(parameters, f"capacity_{name}") * parameters.capacity_scale
        state["kinds"]["capacity_2022"][kind] = capacity * size
        state["kinds"]["standard_capacity"][kind] = capacity * size
        state["kinds"]["capacity_growth"][kind] = getattr(parameters, f"capacity_growth_{name}")
        state["kinds"]["progress"][kind] = getattr(parameters, f"progress_{name}")
        at_once = getattr(parameters, f"real_time_share_{name}")
        for real_time in range(len(CLASSES)):
            row = kind * len(CLASSES) + real_time
            table["kind"][row], table["real_time"][row] = kind, real_time
            table["share"][row] = at_once if real_time else 1.0 - at_once
            table["latency_penalty"][row] = getattr(parameters, f"latency_penalty_{name}")
            table["first_traffic"][row] = getattr(parameters, f"traffic_{name}") / size
    table["latency_limit"] = np.tile([parameters.batch_limit, parameters.real_time_limit], len(KINDS))


def build_centre_tables(
    state: State,
    cities: pd.DataFrame,
    graph: nx.Graph[int],
    openings: Sequence[Opening],
    parameters: Parameters,
) -> None:
    """Write the centres, closed until their date, their offers, and the routes to their cities.

    Writes the fresh tables providers, offers and city_offers, and the arrays of their length.
    """
    # If centres are built during the run, every city may become a host.
    hosts = range(len(cities)) if parameters.building_slots else sorted({one.city for one in openings})
    routes = routes_to(graph, hosts)
    _write_centres(state, cities, openings, parameters, {city: row for row, city in enumerate(hosts)})
    _write_offers(state, cities, routes)
    if parameters.building_slots:
        state["providers"]["taken"][: len(openings)] = 1.0
        state.arrays["site_latency"] = routes.latency
    centres, pairs = state["providers"].rows, state["city_offers"].rows
    state.arrays |= {
        "route_order": routes.order,
        "route_parent": routes.parent,
        "route_link": routes.link,
        "route_traffic": np.zeros(routes.latency.shape),
        "route_carried": np.ones(routes.latency.shape),
        "link_load": np.zeros(len(routes.link_capacity)),
        "link_capacity": routes.link_capacity.copy(),
        "scratch_free": np.zeros(centres),
        "scratch_asked": np.zeros(centres),
        "scratch_request": np.zeros(pairs),
        "scratch_room": np.zeros(pairs),
    }


def _write_centres(
    state: State,
    cities: pd.DataFrame,
    openings: Sequence[Opening],
    parameters: Parameters,
    site_of: dict[int, int],
) -> None:
    table = state["providers"]
    power = by_region(cities, parameters, "electricity")
    green = by_region(cities, parameters, "green_share")
    steps: list[tuple[int, int, float]] = []
    for row, opening in enumerate(openings):
        kind = KINDS.index(opening.kind)
        table["city"][row], table["kind"][row], table["site"][row] = opening.city, kind, site_of[opening.city]
        table["opens"][row] = opening.quarter
        sizes = relative_sizes(opening, parameters)
        steps += [(quarter, row, size) for quarter, size in sizes[1:]]
        table["size"][row] = sizes[0][1]
        table["capacity"][row] = state["kinds"]["standard_capacity"][kind] * sizes[0][1]
        table["electricity_price"][row] = power[opening.city]
        table["green_share"][row] = green[opening.city]
        if "edge" in table:
            table["edge"][row] = float(opening.edge)
        if opening.industry is not None:
            table["dedicated"][row], table["industry"][row] = 1.0, TIERS.index(opening.industry)
    dated = np.array(steps, dtype=np.float64).reshape(-1, 3)
    state.arrays |= {
        "step_quarter": dated[:, 0].copy(),
        "step_row": dated[:, 1].astype(np.int64),
        "step_size": dated[:, 2].copy(),
    }
    table["public"] = 1.0
    table["opens"][len(openings) :] = NEVER
    table["price"] = parameters.cloud_start_price * (1.0 - parameters.opening_discount)


def relative_sizes(opening: Opening, parameters: Parameters) -> list[tuple[int, float]]:
    """Return (quarter, capacity relative to a standard centre of the time), in order of quarters."""
    if not opening.capacity:
        return [(opening.quarter, opening.size)]
    quarters, eflops = zip(*opening.capacity, strict=True)
    standard = standard_eflops(opening.kind, quarters, parameters)
    return list(zip(quarters, (opening.size * np.array(eflops) / standard).tolist(), strict=True))


def standard_eflops(kind: str, quarters: Sequence[int], parameters: Parameters) -> NDArray[np.float64]:
    """Return the capacity of a standard centre in some quarters, EFLOPS at FP16, (Q,)."""
    years = parameters.start_year + 0.25 * np.array(quarters, dtype=np.float64) - 2022.0
    return STANDARD_EFLOPS[kind] * exp(getattr(parameters, f"capacity_growth_{kind}") * years)


def build_out_centres(provider_size, step_quarter, step_row, step_size, nation_quarter):
    """Give centres the size that they have from this quarter on."""
    for k in range(len(step_quarter)):
        if step_quarter[k] == nation_quarter[0]:
            provider_size[step_row[k]] = step_size[k]


def _write_offers(state: State, cities: pd.DataFrame, routes: Routes) -> None:
    """Write what each centre offers for each class of work, and how far it is from every city."""
    table, offers, pairs = state["providers"], state["offers"], state["city_offers"]
    classes = len(CLASSES)
    offers["provider"] = np.repeat(np.arange(table.rows), classes)
    offers["service"] = table["kind"][offers["provider"]] * classes + np.tile(np.arange(classes), table.rows)
    if table.rows:
        seat = table["city"][offers["provider"]]
        province = pd.factorize(cities["province"])[0]
        pairs["latency"] = routes.latency[table["site"][offers["provider"]]].T.ravel()
        pairs["hosted"] = (np.arange(len(cities))[:, None] == seat[None, :]).ravel()
        pairs["local"] = (province[:, None] == province[seat][None, :]).ravel()


def by_region(cities: pd.DataFrame, parameters: Parameters, name: str) -> NDArray[np.float64]:
    """Return a parameter that differs by region, by city, (C,); the northeast has the value of the east."""
    region = cities["region"].to_numpy()
    west, central, east = (getattr(parameters, f"{name}_{where}") for where in ("west", "central", "east"))
    return np.where(region == "west", west, np.where(region == "central", central, east))


def prepare_sites(state: State, cities: pd.DataFrame, parameters: Parameters, hubs: Sequence[int]) -> None:
    """Write what investment in centres depends on: hubs, power, provinces, and each city's peers, (C, 5).

    Peers are the cities of the province nearest in GDP per head in 2010; -1 fills rows with fewer.
    [Yu, Zhou & Zhu 2016: cities compete with those of the same province and a similar economy]
    """
    table = state["cities"]
    table["hub"][list(hubs)] = 1.0
    table["electricity_price"] = by_region(cities, parameters, "electricity")
    table["green_share"] = by_region(cities, parameters, "green_share")
    table["province"] = pd.factorize(cities["province"])[0]
    people = np.maximum(cities["population_2010"].to_numpy(dtype=np.float64), 1.0)
    per_head = log(np.maximum(cities["gdp_2010"].to_numpy(dtype=np.float64), 1e-6) / people)
    peers = np.full((len(cities), PEERS), -1, dtype=np.int64)
    for row in range(len(cities)):
        same = np.flatnonzero(table["province"] == table["province"][row])
        same = same[same != row]
        near = same[np.argsort(np.abs(per_head[same] - per_head[row]), kind="stable")[:PEERS]]
        peers[row, : len(near)] = near
    state.arrays["city_peers"] = peers
    state.arrays["scratch_used"] = np.zeros(state["city_kinds"].rows)
