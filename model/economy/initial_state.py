"""The economy before the burn-in: cities from their table, founders, partners, talent and institutions."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compute_provider import CLASSES, KINDS
from agents.firm import TIERS
from agents.user_industry import INDUSTRIES
from agents.value_chain import RUNGS
from model.country.city_accounts import ESTIMATED
from model.country.city_estimates import load_patents
from model.country.city_tables import distances_km
from model.economy.centre_tables import build_compute, prepare_sites
from model.economy.closed_economy_markets import endow_closed_economy
from model.economy.labour_market import balance_talent
from model.economy.mechanism_tables import prepare_mechanisms
from model.economy.regional_schema import REGIONAL
from model.engine.compile.compile_kernel import compiled_procedure
from model.engine.draws import normals, stream_key, uniforms
from model.engine.elementary_arrays import exp, log
from model.engine.schema import Schema
from model.engine.state import State
from model.parameters import Parameters
from model.scenarios.scenario import Opening

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FIRST_LARGEST = 300.0  # sales of the largest firm of a city at the start, to the smallest's [judgement]
FIRST_TAIL = 1.06  # tail exponent of firm sizes at the start [Axtell 2001]

LEAST_FOUNDERS = 30  # of a city, so that even a small city's figures are not those of a few firms

# Mix of compute kinds in a tier's bill: design needs super and intelligent compute, applications
# mostly general-purpose compute. [judgement, after the kinds' uses in documents 001 and 002]
TIER_MIX = ((0.30, 0.40, 0.30), (0.40, 0.30, 0.30), (0.50, 0.30, 0.20), (0.70, 0.25, 0.05))

# Traits of a city that are drawn, and the sign of their correlation with coreness.
DRAWN_TRAITS = {
    "business_environment": 1.0,
    "data_openness": 1.0,
    "redundancy": -1.0,
    "fiscal_decentralisation": 0.0,
}

# Traits that are observed for most cities, and the column of the table that gives them.
OBSERVED_TRAITS = {
    "business_environment": "entry_rate_2005_2015",
    "fiscal_decentralisation": "fiscal_revenue_share",
}


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
    """Return the tables of the economy before the burn-in.

    Args:
        openings: Centres, closed until their date. They add rows and change nothing else, so that a run and
            its twin start with the same bits.
        hubs: Rows of the cities with a cluster of a national hub.
        schema: With the columns of extensions.
        more_rows: Rows of the tables of extensions.
    """
    weights = _shares(cities["gdp_2010"].to_numpy(dtype=np.float64))
    slots = founders_by_city(weights, max(1, round(parameters.firms * parameters.founders_per_firm)))
    centres = len(openings) + parameters.building_slots
    rows = _rows(len(cities), int(slots.sum()), centres) | dict(more_rows or {})
    state = State(rows, schema, parameters.numbers())
    distance = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    _write_tiers(state)
    _write_institutions(state, cities, weights, parameters, seed)
    _write_firms(state, slots, distance, parameters, seed)
    _write_talent(state, cities, distance, parameters)
    build_compute(state, cities, graph, openings, parameters)
    prepare_mechanisms(state, cities, parameters, seed)
    if "rung" in state["firms"]:
        _prepare_rungs(state)
    if parameters.building_slots:
        prepare_sites(state, cities, parameters, hubs)
    if parameters.closed_economy:
        endow_closed_economy(state, parameters, seed)
    return state


def _rows(cities: int, firms: int, centres: int) -> dict[str, int]:
    """Return the number of rows of each table."""
    tiers, kinds, classes = len(TIERS), len(KINDS), len(CLASSES)
    return {
        "firms": firms,
        "cities": cities,
        "tiers": tiers,
        "industries": len(INDUSTRIES),
        "city_tiers": cities * tiers,
        "providers": centres,
        "offers": classes * centres,
        "kinds": kinds,
        "services": classes * kinds,
        "city_kinds": cities * kinds,
        "city_services": cities * classes * kinds,
        "city_pairs": cities * cities,
        "city_offers": cities * classes * centres,
        "nation": 1,
    }


def _shares(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else np.full(len(values), 1 / len(values))


def founders_by_city(weights: Floats, rows: int) -> Integers:
    """Return the founders of each city, (C,).

    Half of ``rows``, up to 30 a city, is divided equally, the rest by ``weights``. Fractions
    are rounded by largest remainder; ties go to the first row.
    """
    floor = min(LEAST_FOUNDERS, rows // (2 * len(weights)))
    exact = weights * (rows - floor * len(weights)) + floor
    whole = np.floor(exact).astype(np.int64)
    missing = rows - int(whole.sum())
    whole[np.argsort(-(exact - whole), kind="stable")[:missing]] += 1
    return whole


def _write_tiers(state: State) -> None:
    count = state["cities"].rows
    for column, mix in zip(KINDS, zip(*TIER_MIX, strict=True), strict=True):
        state["tiers"][f"weight_{column}"] = mix
        if column != KINDS[0]:
            state["tiers"][f"early_{column}"] = mix
    state["city_tiers"]["city"] = np.repeat(np.arange(count), len(TIERS))
    state["city_tiers"]["tier"] = np.tile(np.arange(len(TIERS)), count)
    state["city_kinds"]["city"] = np.repeat(np.arange(count), len(KINDS))
    state["city_kinds"]["kind"] = np.tile(np.arange(len(KINDS)), count)


def tier_sizes(parameters: Parameters) -> Floats:
    """Return each tier's share of sales and of firms, (T,): a tier sells s times what the next one sells."""
    return _shares(_powers(parameters.intermediate_share)[::-1])


def _powers(share: float) -> Floats:
    """Return 1, share, share², … for each tier, (T,)."""
    return np.cumprod([1.0, *[share] * (len(TIERS) - 1)])


def coreness(cities: pd.DataFrame) -> Floats:
    """Return size and wealth of a city, (C,): the z-score of the z-scores of ln GDP and ln GDP per head."""
    gdp = log(np.maximum(cities["gdp_2010"].to_numpy(dtype=np.float64), 1e-6))
    people = log(np.maximum(cities["population_2010"].to_numpy(dtype=np.float64), 1.0))
    return _z_score(_z_score(gdp) + _z_score(gdp - people))


def _z_score(values: Floats) -> Floats:
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def drawn_traits(cities: pd.DataFrame, endowment_correlation: float, seed: int) -> dict[str, Floats]:
    """Return business environment, openness, redundancy and decentralisation, (C,) each, in (0, 1).

    Where the table of cities has entry rates and fiscal revenue, these give the business environment and the
    decentralisation, by their logarithm in standard deviations. What is not observed is drawn for each seed
    with the stated correlation with coreness (none for decentralisation); results average over seeds.
    """
    core = coreness(cities)
    rows = np.arange(len(cities))
    found = {}
    for name, sign in DRAWN_TRAITS.items():
        correlation = sign * endowment_correlation
        noise = normals(stream_key(seed, f"cities.{name}", 0), rows)
        score = correlation * core + np.sqrt(1.0 - correlation * correlation) * noise
        if name in OBSERVED_TRAITS and OBSERVED_TRAITS[name] in cities:
            values = cities[OBSERVED_TRAITS[name]].to_numpy(dtype=np.float64)
            known = values > 0
            score[known] = _z_score(log(values[known]))
        found[name] = 1.0 / (1.0 + exp(-1.2 * score))
    return found


def _write_institutions(
    state: State, cities: pd.DataFrame, weights: Floats, parameters: Parameters, seed: int
) -> None:
    """Write GDP and people, from the table of cities, and the institutions, which are drawn."""
    table = state["cities"]
    sizes = _powers(parameters.intermediate_share)
    table["market"] = table["spending"] = weights * parameters.firms / sizes.sum()
    if "gdp_2010_basis" in cities:
        table["market_observed"] = (cities["gdp_2010_basis"] != ESTIMATED).to_numpy(dtype=np.float64)
    people = _shares(cities["population_2010"].to_numpy(dtype=np.float64))
    table["people"] = table["people_base"] = people * parameters.firms * parameters.people_per_firm
    state["nation"]["people"] = table["people"].sum()
    group, share = patent_regions(cities)
    state.arrays |= {
        "city_research_group": group,
        "research_group_share": share,
        "scratch_group": np.zeros(len(share)),
    }
    for name, values in drawn_traits(cities, parameters.endowment_correlation, seed).items():
        table[name] = values


def _write_firms(state: State, slots: Integers, distance: Floats, parameters: Parameters, seed: int) -> None:
    """Write founders with home, tier and partners; those drawn first have a firm from the start."""
    table, tiers = state["firms"], len(TIERS)
    rows = np.arange(table.rows)
    home = np.repeat(np.arange(len(slots)), slots)
    draws = uniforms(stream_key(seed, "firms.tier", 0), rows)
    tier = np.minimum(np.searchsorted(np.cumsum(tier_sizes(parameters)), draws, side="right"), tiers - 1)
    table["home"], table["city"], table["tier"] = home, home, tier
    table["home_tier"] = table["city_tier"] = home * tiers + tier
    first = np.argsort(uniforms(stream_key(seed, "firms.alive", 0), rows), kind="stable")[: parameters.firms]
    table["alive"][first] = 1.0
    table["age"][first] = -40.0 * log(1.0 - uniforms(stream_key(seed, "firms.age", 0), rows))[first]
    table["quality"][first] = _first_qualities(table.rows, parameters, seed)[first]
    for name, step in (("supplier", -1), ("customer", 1)):
        wanted = tier + step
        # At the ends of the chain there is no tier beyond: the second partner is on the other side too.
        wanted = np.where((wanted < 0) | (wanted >= tiers), tier - step, wanted)
        table[name] = _draw_partners(home, tier, wanted, distance, parameters.chain_reach, seed, name)
    table["prospect"] = table["city"][table["customer"]]
    table["prospect_tier"] = table["prospect"] * tiers + tier


def _first_qualities(rows: int, parameters: Parameters, seed: int) -> Floats:
    """Return qualities, (N,), at which sales have a Pareto tail up to a largest size: −ln u/(ζ·θ)."""
    least = FIRST_LARGEST**-FIRST_TAIL
    draws = 1.0 - (1.0 - least) * uniforms(stream_key(seed, "firms.quality", 0), np.arange(rows))
    return -log(draws) / (FIRST_TAIL * max(parameters.quality_elasticity, 0.5))


def _draw_partners(
    home: Integers,
    tier: Integers,
    wanted: Integers,
    distance: Floats,
    reach: float,
    seed: int,
    name: str,
) -> Integers:
    """Draw a partner's row for every founder among founders of the wanted tier, (N,).

    With a positive ``reach``, km, the partner's city is drawn first, with weight
    founders·exp(−distance/reach). If the tier has no founder at all, a founder is its own partner.
    """
    rows = np.arange(len(home))
    partner = rows.copy()
    which = uniforms(stream_key(seed, f"firms.{name}", 0), rows)
    where = uniforms(stream_key(seed, f"firms.{name}_city", 0), rows)
    for k in range(len(TIERS)):
        members = np.flatnonzero(tier == k)  # in order of home city
        seekers = np.flatnonzero(wanted == k)
        if not len(members) or not len(seekers):
            continue
        if reach <= 0:
            partner[seekers] = members[(which[seekers] * len(members)).astype(np.int64)]
            continue
        in_city = np.bincount(home[members], minlength=len(distance)).astype(np.float64)
        start = np.concatenate([[0], np.cumsum(in_city)]).astype(np.int64)
        occupied, pull = _pulls(in_city, distance, reach)
        bounds = np.searchsorted(home[seekers], np.arange(len(distance) + 1))  # they are in order of home
        for city in np.flatnonzero(np.diff(bounds)):
            here = seekers[bounds[city] : bounds[city + 1]]
            place = np.searchsorted(pull[city], where[here] * pull[city, -1], side="right")
            chosen = occupied[np.minimum(place, len(occupied) - 1)]
            partner[here] = members[start[chosen] + (which[here] * in_city[chosen]).astype(np.int64)]
    return partner


def _pulls(in_city: Floats, distance: Floats, reach: float) -> tuple[Integers, Floats]:
    """Return the K cities with founders, and running sums of their founders·e^(−distance/reach), (C, K)."""
    occupied = np.flatnonzero(in_city)
    # Measured from the nearest of these cities, the exponential cannot vanish for all of them.
    away = distance[:, occupied] - distance[:, occupied].min(axis=1, keepdims=True)
    return occupied, np.cumsum(in_city[occupied] * exp(-away / max(reach, 1e-6)), axis=1)


def patent_regions(cities: pd.DataFrame) -> tuple[Integers, Floats]:
    """Return each city's region of patents, (C,), −1 without a figure, and the regions' shares, (G,).

    A region is a large city that the patent office counts by itself, or the rest of a province. The figures
    are cumulative grants of inventions to January 2014; those of March 2016 are kept for validation.
    """
    region, shares = _patent_regions(tuple(cities["city_id"]), tuple(cities["province"]))
    return region.copy(), shares.copy()


@functools.lru_cache(maxsize=16)
def _patent_regions(ids: tuple[int, ...], province_of: tuple[str, ...]) -> tuple[Integers, Floats]:
    table = load_patents()
    group = np.full(len(ids), -1, dtype=np.int64)
    counts: list[float] = []
    rest = dict(table[table["level"] == "province"].set_index("name_en")["grants_cum_2014_01"])
    row_of = {int(city): row for row, city in enumerate(ids)}
    rows_of = pd.Series(range(len(ids)), dtype=np.int64).groupby(list(province_of)).indices
    for city in table[table["level"] == "city"].itertuples():
        row = row_of.get(int(city.city_id))
        if row is not None and city.grants_cum_2014_01 > 0:
            group[row] = len(counts)
            counts.append(float(city.grants_cum_2014_01))
            province = province_of[row]
            rest[province] = rest.get(province, 0.0) - city.grants_cum_2014_01
    for province, grants in rest.items():
        rows = rows_of.get(province, np.zeros(0, dtype=np.int64))
        rows = rows[group[rows] < 0]
        if len(rows) and grants > 0:
            group[rows] = len(counts)
            counts.append(float(grants))
    return group, _shares(np.array(counts)) if counts else np.zeros(0)


def _write_talent(state: State, cities: pd.DataFrame, distance: Floats, parameters: Parameters) -> None:
    """Write talent by home, in proportion to people^0.1·GDP^0.9, and where it works.

    The exponents are judgement: universities are in rich cities. Closeness falls with distance and has a
    premium at home. Amenities are such that at equal wages every city employs as much talent as it is home
    to; the burn-in then brings wages and places of work into balance.
    """
    table, pairs = state["cities"], state["city_pairs"]
    people = cities["population_2010"].to_numpy(dtype=np.float64)
    wealth = cities["gdp_2010"].to_numpy(dtype=np.float64)
    endowment = _shares(exp(0.1 * log(people + 1e-9) + 0.9 * log(wealth + 1e-9))) * (people > 0)
    endowment *= parameters.talent_per_firm * parameters.firms
    home = 1.0 + (parameters.home_premium - 1.0) * np.eye(len(cities))
    closeness = (endowment * exp(-distance / parameters.home_reach) * home).ravel()
    pull, here = np.ones(len(cities)), np.zeros(len(cities))
    compiled_procedure(balance_talent)(endowment, closeness, pull, pairs["workers"], here)
    table["amenity"] = log(pull)
    table["talent_endowment"], table["talent"] = endowment, here
    pairs["distance"], pairs["closeness"] = distance.ravel(), closeness
    state["nation"]["mean_talent"] = endowment.mean()


def _prepare_rungs(state: State) -> None:
    """Write founders by tier, among whom partners are searched, and the arrays that chains are counted in."""
    firms, cells = state["firms"], state["city_tiers"].rows
    tier = firms["tier"].astype(np.int64)
    first = np.concatenate([[0], np.cumsum(np.bincount(tier, minlength=len(TIERS)))])
    state.arrays |= {
        "tier_members": np.argsort(tier, kind="stable"),
        "tier_first": first.astype(np.int64),
        "scratch_rungs": np.zeros(cells * len(RUNGS)),
        "scratch_near": np.zeros(cells * len(RUNGS)),
        "scratch_decay": np.zeros(len(TIERS) + len(RUNGS)),
        "scratch_length": np.zeros(firms.rows),
        "scratch_sales": np.zeros(cells),
    }
