"""The economy at its start: cities from their table, founders, partners, talent and institutions."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compute_provider import KINDS
from agents.firm import TIERS
from model.draws import normals, stream_key, uniforms
from model.geography import distances_km
from model.kernels import compiled_market
from model.labour_market import settle_talent
from model.parameters import Parameters
from model.routes import routes_to
from model.scenario import Opening
from model.state import State

Floats = NDArray[np.float64]

# Mix of compute kinds in a tier's bill: design needs super and intelligent compute, applications
# mostly general-purpose compute. [judgement, after the kinds' uses in seeds 001 and 002]
TIER_MIX = ((0.30, 0.40, 0.30), (0.40, 0.30, 0.30), (0.50, 0.30, 0.20), (0.70, 0.25, 0.05))
CLOUD_REGIONS = 3  # the commercial cloud serves from the cities with the largest GDP [prototype]


def initial_state(
    cities: pd.DataFrame,
    graph: nx.Graph[int],
    openings: Sequence[Opening],
    parameters: Parameters,
    seed: int,
) -> State:
    """Tables of the economy before the burn-in.

    ``openings`` only adds rows of centres that are closed until their date: nothing else depends on
    it, so twins start alike to the bit.
    """
    count, tiers, kinds = len(cities), len(TIERS), len(KINDS)
    weights = _shares(cities["gdp_2010"].to_numpy(dtype=np.float64))
    slots = founders_by_city(weights, max(1, round(parameters.firms * parameters.founders_per_firm)))
    state = State({
        "firms": int(slots.sum()), "cities": count, "tiers": tiers, "city_tiers": count * tiers,
        "providers": len(openings), "kinds": kinds, "city_kinds": count * kinds,
        "city_pairs": count * count, "city_providers": count * len(openings), "nation": 1,
    }, parameters=parameters.numbers())  # fmt: skip
    distance = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    _tiers(state, parameters)
    _institutions(state, cities, weights, parameters, seed)
    _firms(state, slots, distance, parameters, seed)
    _talent(state, cities, distance, parameters)
    _compute(state, cities, graph, openings, parameters)
    return state


def _shares(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else np.full(len(values), 1 / len(values))


def founders_by_city(weights: Floats, rows: int) -> NDArray[np.int64]:
    """Founders per city, (C,), in all ``rows``: proportional to ``weights``, at least 5 if there are enough.

    Fractions are settled by largest remainder, ties by row.
    """
    floor = 5 if rows >= 10 * len(weights) else 0
    exact = weights * (rows - floor * len(weights)) + floor
    whole = np.floor(exact).astype(np.int64)
    missing = rows - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:missing]] += 1
    return whole


def _tiers(state: State, parameters: Parameters) -> None:
    count = state["cities"].rows
    for column, mix in zip(KINDS, zip(*TIER_MIX, strict=True), strict=True):
        state["tiers"][f"weight_{column}"] = mix
    state["city_tiers"]["city"] = np.repeat(np.arange(count), len(TIERS))
    state["city_tiers"]["tier"] = np.tile(np.arange(len(TIERS)), count)
    state["city_kinds"]["city"] = np.repeat(np.arange(count), len(KINDS))
    state["city_kinds"]["kind"] = np.tile(np.arange(len(KINDS)), count)


def tier_sizes(parameters: Parameters) -> Floats:
    """Share of sales, and so of firms, in each tier, (T,): a tier sells s times what the next one sells."""
    return _shares(parameters.intermediate_share ** np.arange(len(TIERS) - 1, -1, -1.0))


def coreness(cities: pd.DataFrame) -> Floats:
    """Size and wealth of a city, (C,): the standard score of the scores of ln GDP and ln GDP per head."""
    gdp = np.log(np.maximum(cities["gdp_2010"].to_numpy(dtype=np.float64), 1e-6))
    people = np.log(np.maximum(cities["population_2010"].to_numpy(dtype=np.float64), 1.0))
    return _score(_score(gdp) + _score(gdp - people))


def _score(values: Floats) -> Floats:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


# Traits of a city that are drawn, and the sign of their correlation with coreness.
DRAWN_TRAITS = {
    "business_environment": 1.0, "data_openness": 1.0, "redundancy": -1.0, "fiscal_decentralisation": 0.0,
}  # fmt: skip


def drawn_traits(cities: pd.DataFrame, endowment_correlation: float, seed: int) -> dict[str, Floats]:
    """Business environment, openness, redundancy and decentralisation of each city, (C,) each, in (0, 1).

    No public table gives the four for all cities, so they are drawn for each seed with the stated
    correlation with coreness (none for decentralisation); results average over seeds.
    """
    core = coreness(cities)
    rows = np.arange(len(cities))
    found = {}
    for name, sign in DRAWN_TRAITS.items():
        correlation = sign * endowment_correlation
        luck = normals(stream_key(seed, f"cities.{name}", 0), rows)
        score = correlation * core + np.sqrt(1.0 - correlation**2) * luck
        found[name] = 1.0 / (1.0 + np.exp(-1.2 * score))
    return found


def _institutions(
    state: State, cities: pd.DataFrame, weights: Floats, parameters: Parameters, seed: int
) -> None:
    """Market from the table; institutions are drawn."""
    table = state["cities"]
    sizes = parameters.intermediate_share ** np.arange(len(TIERS))
    table["market"] = weights * parameters.firms / sizes.sum()
    for name, values in drawn_traits(cities, parameters.endowment_correlation, seed).items():
        table[name] = values


def _firms(
    state: State, slots: NDArray[np.int64], distance: Floats, parameters: Parameters, seed: int
) -> None:
    table, tiers = state["firms"], len(TIERS)
    rows = np.arange(table.rows)
    home = np.repeat(np.arange(len(slots)), slots)
    luck = uniforms(stream_key(seed, "firms.tier", 0), rows)
    tier = np.minimum(np.searchsorted(np.cumsum(tier_sizes(parameters)), luck, side="right"), tiers - 1)
    table["home"], table["city"], table["tier"] = home, home, tier
    table["home_tier"] = table["city_tier"] = home * tiers + tier
    first = np.argsort(uniforms(stream_key(seed, "firms.alive", 0), rows), kind="stable")[: parameters.firms]
    table["alive"][first] = 1.0
    table["age"][first] = 20.0
    table["quality"][first] = 0.1 * normals(stream_key(seed, "firms.quality", 0), rows)[first]
    for name, step in (("supplier", -1), ("customer", 1)):
        wanted = tier + step
        # The ends of the chain have no tier beyond: they take a second partner on the other side.
        wanted = np.where((wanted < 0) | (wanted >= tiers), tier - step, wanted)
        table[name] = _partners(home, tier, wanted, distance, parameters.chain_reach, seed, name)
    table["prospect"] = table["city"][table["customer"]]
    table["prospect_tier"] = table["prospect"] * tiers + tier


def _partners(
    home: NDArray[np.int64], tier: NDArray[np.int64], wanted: NDArray[np.int64], distance: Floats,
    reach: float, seed: int, name: str,
) -> NDArray[np.int64]:  # fmt: skip
    """A partner's row for every founder, drawn among founders of the wanted tier, near ones first if told.

    Where a tier has no founder at all a founder is its own partner.
    """
    rows = np.arange(len(home))
    partner = rows.copy()
    which = uniforms(stream_key(seed, f"firms.{name}", 0), rows)
    where = uniforms(stream_key(seed, f"firms.{name}_city", 0), rows)
    for k in range(len(TIERS)):
        members = np.flatnonzero(tier == k)  # in order of home city
        mine = np.flatnonzero(wanted == k)
        if not len(members) or not len(mine):
            continue
        if reach <= 0:
            partner[mine] = members[(which[mine] * len(members)).astype(np.int64)]
            continue
        in_city = np.bincount(home[members], minlength=len(distance)).astype(np.float64)
        start = np.concatenate([[0], np.cumsum(in_city)]).astype(np.int64)
        settled = np.flatnonzero(in_city)
        for city in np.unique(home[mine]):
            here = mine[home[mine] == city]
            # Measured from the nearest such city, the exponential cannot vanish for all of them.
            away = distance[city, settled] - distance[city, settled].min()
            pull = np.cumsum(in_city[settled] * np.exp(-away / max(reach, 1e-6)))
            place = np.searchsorted(pull, where[here] * pull[-1], side="right")
            chosen = settled[np.minimum(place, len(settled) - 1)]
            partner[here] = members[start[chosen] + (which[here] * in_city[chosen]).astype(np.int64)]
    return partner


def _talent(state: State, cities: pd.DataFrame, distance: Floats, parameters: Parameters) -> None:
    """Talent at home: shares of people and GDP in equal parts; readiness to move falls with distance.

    Amenities are set so that at equal wages every city keeps the talent that calls it home, then the
    burn-in lets wages and places of work settle.
    """
    table, pairs = state["cities"], state["city_pairs"]
    people = cities["population_2010"].to_numpy(dtype=np.float64)
    wealth = cities["gdp_2010"].to_numpy(dtype=np.float64)
    endowment = _shares(np.sqrt(people * wealth)) * (people > 0)
    endowment *= parameters.talent_per_firm * parameters.firms
    closeness = (endowment * np.exp(-distance / parameters.home_reach)).ravel()
    pull, here = np.ones(len(cities)), np.zeros(len(cities))
    compiled_market(settle_talent)(endowment, closeness, pull, pairs["workers"], here)
    table["amenity"] = np.log(pull)
    table["talent_endowment"], table["talent"] = endowment, here
    pairs["distance"], pairs["closeness"] = distance.ravel(), closeness
    state["nation"]["mean_talent"] = endowment.mean()


def _compute(
    state: State,
    cities: pd.DataFrame,
    graph: nx.Graph[int],
    openings: Sequence[Opening],
    parameters: Parameters,
) -> None:
    """Centres (closed), routes to their cities, and the commercial cloud as everyone's outside option.

    The cloud's regions are reached over the public internet, at the same latency; its traffic does not
    load the compute network.
    """
    count = len(cities)
    size = parameters.firms / 10_000
    capacities = [getattr(parameters, f"capacity_{kind}") * size for kind in KINDS]
    state["kinds"]["latency_penalty"] = [getattr(parameters, f"latency_penalty_{kind}") for kind in KINDS]
    state["kinds"]["traffic"] = [getattr(parameters, f"traffic_{kind}") / size for kind in KINDS]
    regions = np.argsort(-cities["gdp_2010"].to_numpy(), kind="stable")[:CLOUD_REGIONS]
    nearest = routes_to(graph, regions.tolist()).latency.min(axis=0)
    state["city_kinds"]["cloud_latency"] = np.repeat(nearest, len(KINDS))
    hosts = sorted({opening.city for opening in openings})
    routes = routes_to(graph, hosts)
    site_of = {city: row for row, city in enumerate(hosts)}
    table, pairs = state["providers"], state["city_providers"]
    power = cities["region"].map(
        {"west": parameters.electricity_west, "central": parameters.electricity_central}
    ).fillna(parameters.electricity_east)  # fmt: skip
    for row, opening in enumerate(openings):
        kind = KINDS.index(opening.kind)
        table["city"][row], table["kind"][row], table["site"][row] = opening.city, kind, site_of[opening.city]
        table["opens"][row] = opening.quarter
        table["capacity"][row] = capacities[kind] * opening.size
        table["electricity_price"][row] = power.iloc[opening.city]
    table["price"] = parameters.cloud_price * (1.0 - parameters.opening_discount)
    if openings:
        pairs["latency"] = routes.latency[table["site"]].T.ravel()
        pairs["hosted"] = (np.arange(count)[:, None] == table["city"][None, :]).ravel()
    state.arrays.update(
        route_order=routes.order, route_parent=routes.parent, route_link=routes.link,
        route_traffic=np.zeros(routes.latency.shape), route_carried=np.ones(routes.latency.shape),
        link_load=np.zeros(len(routes.link_capacity)), link_capacity=routes.link_capacity.copy(),
        scratch_city=np.zeros(count), scratch_ratio=np.zeros(count),
        scratch_free=np.zeros(len(openings)), scratch_asked=np.zeros(len(openings)),
        scratch_best=np.zeros(len(KINDS)), scratch_ties=np.zeros(len(KINDS)),
        scratch_request=np.zeros(count * len(openings)),
    )  # fmt: skip
