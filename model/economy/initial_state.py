"""The economy at its start: cities from their table, founders, partners, talent and institutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compute_provider import CLASSES, KINDS
from agents.firm import TIERS
from agents.value_chain import RUNGS
from model.country.geography import distances_km
from model.country.routes import routes_to
from model.economy.closed_economy_markets import endow_closed_economy
from model.economy.labour_market import settle_talent
from model.economy.regional_schema import REGIONAL
from model.engine.compile.kernel_source import compiled_market
from model.engine.draws import normals, stream_key, uniforms
from model.engine.schema import Schema
from model.engine.state import State
from model.parameters import Parameters
from model.scenarios.scenario import Opening

Floats = NDArray[np.float64]

# Mix of compute kinds in a tier's bill: design needs super and intelligent compute, applications
# mostly general-purpose compute. [judgement, after the kinds' uses in seeds 001 and 002]
TIER_MIX = ((0.30, 0.40, 0.30), (0.40, 0.30, 0.30), (0.50, 0.30, 0.20), (0.70, 0.25, 0.05))
NEVER = 1e9  # quarter in which a centre opens that nobody has ordered yet
CLOUD_REGIONS = 3  # the commercial cloud serves from the cities with the largest GDP [prototype]


def initial_state(
    cities: pd.DataFrame,
    graph: nx.Graph[int],
    openings: Sequence[Opening],
    parameters: Parameters,
    seed: int,
    hubs: Sequence[int] = (),
    schema: Schema = REGIONAL,
    more_rows: Mapping[str, int] | None = None,
) -> State:
    """Tables of the economy before the burn-in.

    ``openings`` only adds rows of centres that are closed until their date: nothing else depends on
    it, so twins start alike to the bit. ``hubs`` are rows of the cities with a cluster of a national hub.
    ``schema`` and ``more_rows``: further columns, and rows of further tables (``model.extended``).
    """
    count, tiers, kinds, classes = len(cities), len(TIERS), len(KINDS), len(CLASSES)
    centres = len(openings) + parameters.building_slots
    weights = _shares(cities["gdp_2010"].to_numpy(dtype=np.float64))
    slots = founders_by_city(weights, max(1, round(parameters.firms * parameters.founders_per_firm)))
    state = State({
        "firms": int(slots.sum()), "cities": count, "tiers": tiers, "city_tiers": count * tiers,
        "providers": centres, "offers": classes * centres, "kinds": kinds,
        "services": classes * kinds, "city_kinds": count * kinds, "city_services": count * classes * kinds,
        "city_pairs": count * count, "city_offers": count * classes * centres, "nation": 1,
        **(more_rows or {}),
    }, schema, parameters.numbers())  # fmt: skip
    distance = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    _tiers(state, parameters)
    _institutions(state, cities, weights, parameters, seed)
    _firms(state, slots, distance, parameters, seed)
    _talent(state, cities, distance, parameters)
    _compute(state, cities, graph, openings, parameters)
    _rungs(state)
    if parameters.building_slots:
        prepare_building(state, cities, parameters, hubs)
    if parameters.closed_economy:
        endow_closed_economy(state, parameters, seed)
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
    _services(state, parameters)
    regions = np.argsort(-cities["gdp_2010"].to_numpy(), kind="stable")[:CLOUD_REGIONS]
    nearest = routes_to(graph, regions.tolist()).latency.min(axis=0)
    services = state["services"].rows
    state["city_services"]["city"] = np.repeat(np.arange(count), services)
    state["city_services"]["service"] = np.tile(np.arange(services), count)
    state["city_services"]["cloud_latency"] = np.repeat(nearest, services)
    build_centre_tables(state, cities, graph, openings, parameters)
    state.arrays.update(
        scratch_city=np.zeros(count), scratch_ratio=np.zeros(count),
        scratch_best=np.zeros(services), scratch_ties=np.zeros(services),
    )  # fmt: skip


def build_centre_tables(
    state: State,
    cities: pd.DataFrame,
    graph: nx.Graph[int],
    openings: Sequence[Opening],
    parameters: Parameters,
) -> None:
    """Rows of the centres, closed until their date, of what they offer, and the routes to their cities.

    Writes the tables providers, offers and city_offers and the arrays as long as they, on fresh tables.
    """
    count, classes = len(cities), len(CLASSES)
    # Where centres are built in the course of a run any city may come to be a host.
    hosts = range(count) if parameters.building_slots else sorted({opening.city for opening in openings})
    routes = routes_to(graph, hosts)
    site_of = {city: row for row, city in enumerate(hosts)}
    table, offers, pairs = state["providers"], state["offers"], state["city_offers"]
    power = by_region(cities, parameters, "electricity")
    green = by_region(cities, parameters, "green_share")
    for row, opening in enumerate(openings):
        kind = KINDS.index(opening.kind)
        table["city"][row], table["kind"][row], table["site"][row] = opening.city, kind, site_of[opening.city]
        table["opens"][row] = opening.quarter
        table["capacity"][row] = state["kinds"]["standard_capacity"][kind] * opening.size
        table["electricity_price"][row] = power[opening.city]
        table["green_share"][row] = green[opening.city]
        if opening.industry is not None:
            table["dedicated"][row], table["industry"][row] = 1.0, TIERS.index(opening.industry)
    table["public"] = 1.0
    table["opens"][len(openings) :] = NEVER
    table["price"] = parameters.cloud_price * (1.0 - parameters.opening_discount)
    offers["provider"] = np.repeat(np.arange(table.rows), classes)
    offers["service"] = table["kind"][offers["provider"]] * classes + np.tile(np.arange(classes), table.rows)
    if table.rows:
        seat = table["city"][offers["provider"]]
        province = pd.factorize(cities["province"])[0]
        pairs["latency"] = routes.latency[table["site"][offers["provider"]]].T.ravel()
        pairs["hosted"] = (np.arange(count)[:, None] == seat[None, :]).ravel()
        pairs["local"] = (province[:, None] == province[seat][None, :]).ravel()
    if parameters.building_slots:
        table["taken"][: len(openings)] = 1.0
        state.arrays["site_latency"] = routes.latency
    state.arrays.update(
        route_order=routes.order, route_parent=routes.parent, route_link=routes.link,
        route_traffic=np.zeros(routes.latency.shape), route_carried=np.ones(routes.latency.shape),
        link_load=np.zeros(len(routes.link_capacity)), link_capacity=routes.link_capacity.copy(),
        scratch_free=np.zeros(table.rows), scratch_asked=np.zeros(table.rows),
        scratch_request=np.zeros(pairs.rows), scratch_room=np.zeros(pairs.rows),
    )  # fmt: skip


def _rungs(state: State) -> None:
    """What the markets of partners work on, if there are rungs: founders by tier, and room to count."""
    firms, cells = state["firms"], state["city_tiers"].rows
    if "rung" not in firms:
        return
    tier = firms["tier"].astype(np.int64)
    first = np.concatenate([[0], np.cumsum(np.bincount(tier, minlength=len(TIERS)))])
    state.arrays.update(
        tier_members=np.argsort(tier, kind="stable"), tier_first=first.astype(np.int64),
        scratch_rungs=np.zeros(cells * len(RUNGS)), scratch_near=np.zeros(cells * len(RUNGS)),
        scratch_length=np.zeros(firms.rows), scratch_sales=np.zeros(cells),
    )  # fmt: skip


def _services(state: State, parameters: Parameters) -> None:
    """Kinds of compute, each with two classes of work: row ``2·kind`` may wait, ``2·kind + 1`` may not."""
    size = parameters.firms / 10_000
    table = state["services"]
    for kind, name in enumerate(KINDS):
        capacity = getattr(parameters, f"capacity_{name}") * parameters.capacity_scale
        state["kinds"]["standard_capacity"][kind] = capacity * size
        at_once = getattr(parameters, f"real_time_share_{name}")
        for real_time in range(len(CLASSES)):
            row = kind * len(CLASSES) + real_time
            table["kind"][row], table["real_time"][row] = kind, real_time
            table["share"][row] = at_once if real_time else 1.0 - at_once
            table["latency_penalty"][row] = getattr(parameters, f"latency_penalty_{name}")
            table["traffic"][row] = getattr(parameters, f"traffic_{name}") / size
    table["latency_limit"] = np.tile([parameters.batch_limit, parameters.real_time_limit], len(KINDS))


def by_region(cities: pd.DataFrame, parameters: Parameters, name: str) -> Floats:
    """A parameter that differs by region, for every city, (C,); the northeast has that of the east."""
    region = cities["region"].to_numpy()
    west, central, east = (getattr(parameters, f"{name}_{where}") for where in ("west", "central", "east"))
    return np.where(region == "west", west, np.where(region == "central", central, east))


PEERS = 5  # cities of the province that a city compares itself with [judgement]


def prepare_building(state: State, cities: pd.DataFrame, parameters: Parameters, hubs: Sequence[int]) -> None:
    """What building needs to know of places: hubs, power, provinces, and each city's peers, (C, 5).

    Peers are the cities of the province that were nearest in GDP per head in 2010; -1 where there are
    fewer. [Yu, Zhou & Zhu 2016: cities compete with those of the same province and a similar economy]
    """
    table = state["cities"]
    table["hub"][list(hubs)] = 1.0
    table["electricity_price"] = by_region(cities, parameters, "electricity")
    table["green_share"] = by_region(cities, parameters, "green_share")
    table["province"] = pd.factorize(cities["province"])[0]
    people = np.maximum(cities["population_2010"].to_numpy(dtype=np.float64), 1.0)
    per_head = np.log(np.maximum(cities["gdp_2010"].to_numpy(dtype=np.float64), 1e-6) / people)
    peers = np.full((len(cities), PEERS), -1, dtype=np.int64)
    for row in range(len(cities)):
        same = np.flatnonzero(table["province"] == table["province"][row])
        same = same[same != row]
        near = same[np.argsort(np.abs(per_head[same] - per_head[row]), kind="stable")[:PEERS]]
        peers[row, : len(near)] = near
    state.arrays["city_peers"] = peers
    state.arrays["scratch_used"] = np.zeros(state["city_kinds"].rows)
