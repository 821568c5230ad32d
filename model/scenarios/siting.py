"""Siting: the cities in which the centres of a scenario open."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS, LARGEST_CENTRE
from agents.firm import TIERS
from agents.suggestions import shown
from model.country.centre_capacities import capacity_path
from model.country.city_lookup import CityError, CityLookup
from model.engine.draws import stream_key, uniforms
from model.scenarios.scenario import SITINGS, Opening, Place, Scenario, ScenarioError, quarter_of

log = logging.getLogger(__name__)
"""Tells, at level INFO, which city a place means that is not named as in the table."""

Steps = tuple[tuple[int, float], ...]
LAST_CAPACITY = 2041  # year before which capacities follow their path
GENERAL_GROWTH = 1.166  # a year, of general compute [B1: 54.5 EFLOPS in 2022, 117.3 in 2027]
EDGE_SIZE = 0.05  # of an edge centre, to a standard one [judgement: some racks]
LATEST = 1e9  # quarter; free rows for centres to be built wait until then


def core_cities(cities: pd.DataFrame) -> np.ndarray:
    """Return the rows of the core: the tenth of cities with the largest GDP of 2010 (at least one)."""
    order = np.argsort(-cities["gdp_2010"].to_numpy(), kind="stable")
    return np.sort(order[: max(1, len(order) // 10)])


def openings_of(
    scenario: Scenario, cities: pd.DataFrame, centres: pd.DataFrame, start_year: int, seed: int
) -> tuple[Opening, ...]:
    """Return the centres that open in a run of the scenario with this seed, in order of opening.

    Raises:
        ScenarioError: a centre or a rule is not allowed; the text gives the value and what is allowed.
    """
    if not _is_list(scenario.openings) or not _is_list(scenario.places):
        raise ScenarioError(f"scenario {scenario.name}: openings and places are tuples: write (Opening(…),)")
    found = list(scenario.openings)
    if scenario.places:
        lookup = CityLookup(cities)
        found += [
            _located(number, place, lookup, start_year) for number, place in enumerate(scenario.places, 1)
        ]
    if scenario.centres in ("actual", "edge"):
        row_of = {int(city): row for row, city in enumerate(cities["city_id"])}
        path = capacity_path(centres, start_year, 4 * max(1, LAST_CAPACITY - start_year))
        for number, centre in enumerate(centres.itertuples()):
            if isinstance(centre.opened, str) and int(centre.city_id) in row_of:
                quarter = quarter_of(centre.opened, start_year)
                name, row, size = str(centre.centre_id), row_of[int(centre.city_id)], float(centre.capacity)
                first, second = capacity_steps(path[number], quarter, bool(centre.hub))
                found.append(Opening(name, row, str(centre.kind), quarter, size, None, first))
                if second:
                    found.append(Opening(f"{name}-AI", row, KINDS[1], quarter, size, None, second))
        if scenario.centres == "edge" and scenario.parameters.get("edge_ring"):
            found += _edge_centres(scenario, cities, {one.city for one in found}, start_year)
    elif scenario.centres != "none":
        quarter = quarter_of(scenario.opens, start_year)
        found += [
            Opening(f"R{row}-{kind}", int(row), kind, quarter, 1.0 / len(KINDS), scenario.industry)
            for row in host_cities(scenario, cities, centres, seed)
            for kind in KINDS
        ]
    for opening in found:
        _check_opening(scenario, opening, len(cities))
    return tuple(sorted(found, key=lambda opening: opening.quarter))


def _edge_centres(
    scenario: Scenario, cities: pd.DataFrame, taken: set[int], start_year: int
) -> list[Opening]:
    """Return edge centres of basic and of intelligent compute in the largest cities without a centre."""
    order = np.argsort(-cities["gdp_2010"].to_numpy(dtype=np.float64), kind="stable")
    rows = [int(row) for row in order if int(row) not in taken][: scenario.hosts]
    quarter = quarter_of(scenario.opens, start_year)
    return [
        Opening(f"E{row}-{kind}", row, kind, quarter, EDGE_SIZE, edge=True)
        for row in rows
        for kind in KINDS[:2]
    ]


def capacity_steps(path: np.ndarray, opens: int, hub: bool) -> tuple[Steps, Steps]:
    """Return a centre's capacity by year, and, of a hub, that for intelligent compute apart.

    A hub starts with general compute, which then grows as the country's (B1); the rest of its capacity is
    intelligent. [judgement: the large additions of 2023-2026 are]

    Args:
        path: Capacity in each quarter, EFLOPS at FP16, (Q,).
        opens: Quarter of the opening.
    """
    at = [q for q in range(max(opens, 0), len(path)) if (q - max(opens, 0)) % 4 == 0]
    whole = {(opens if q == max(opens, 0) else q): float(path[q]) for q in at}
    if not hub or not whole:
        return tuple(whole.items()), ()
    start = next(iter(whole.values()))
    general = {q: min(size, start * GENERAL_GROWTH ** ((q - opens) / 4)) for q, size in whole.items()}
    return tuple(general.items()), tuple((q, size - general[q]) for q, size in whole.items())


def _check_opening(scenario: Scenario, opening: object, cities: int) -> None:
    """Refuse an opening with a value that is not allowed; files are checked more strictly."""
    if not isinstance(opening, Opening):
        raise ScenarioError(f"scenario {scenario.name}: openings are Opening values, not {shown(opening)}")
    where = f"scenario {scenario.name}: centre {opening.centre_id}"
    if not _is_whole(opening.city) or not 0 <= opening.city < cities:
        raise ScenarioError(
            f"{where}: city cannot be {shown(opening.city)}: it must be a row of the table, 0 to {cities - 1}"
        )
    if opening.kind not in KINDS:
        raise ScenarioError(
            f"{where}: kind cannot be {shown(opening.kind)}: it must be one of {', '.join(KINDS)}"
        )
    if opening.industry is not None and opening.industry not in TIERS:
        raise ScenarioError(
            f"{where}: industry cannot be {shown(opening.industry)}: it must be one of {', '.join(TIERS)}"
        )
    if not _within(opening.size, 0.0, LARGEST_CENTRE):
        allowed = f"a number from 0 to {LARGEST_CENTRE:,.0f}"
        raise ScenarioError(f"{where}: size cannot be {shown(opening.size)}: it must be {allowed}")
    if not _within(opening.quarter, -LATEST, LATEST):
        raise ScenarioError(
            f"{where}: quarter cannot be {shown(opening.quarter)}: it must be a number from -{LATEST:g} "
            f"to {LATEST:g}"
        )


def _within(value: object, low: float, high: float) -> bool:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number and bool(low <= value <= high)  # type: ignore[operator]


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, tuple | list)


def _located(number: int, place: Place, lookup: CityLookup, start_year: int) -> Opening:
    """Return the opening at a place, whose city is looked up in the table."""
    if not isinstance(place, Place):
        raise ScenarioError(f"places are Place values, not {shown(place)}")
    try:
        found = lookup.find(place.city)
    except CityError as error:
        raise ScenarioError(str(error)) from None
    if found.word:
        log.info("%s", found.word)
    quarter = quarter_of(place.opens, start_year)
    return Opening(f"P{number}", found.row, place.kind, quarter, place.size, place.industry)


def host_cities(scenario: Scenario, cities: pd.DataFrame, centres: pd.DataFrame, seed: int) -> np.ndarray:
    """Return the rows of the cities to which the scenario's rule gives centres, in order of row."""
    gdp = cities["gdp_2010"].to_numpy(dtype=np.float64)
    if not _is_whole(scenario.hosts) or scenario.hosts < 0:
        raise ScenarioError(
            f"scenario {scenario.name}: hosts cannot be {shown(scenario.hosts)}: it must be a whole number "
            "from 0"
        )
    if scenario.centres == "random":
        outside = np.setdiff1d(np.arange(len(cities)), core_cities(cities))
        draws = uniforms(stream_key(seed, "scenario.random_hosts", 0), np.arange(len(cities)))[outside]
        chosen = outside[np.argsort(draws, kind="stable")]
    elif scenario.centres == "richest":
        chosen = np.argsort(-gdp, kind="stable")
    elif scenario.centres == "poorest":
        people = np.maximum(cities["population_2010"].to_numpy(dtype=np.float64), 1.0)
        chosen = np.argsort(gdp / people, kind="stable")
    elif scenario.centres == "hubs":
        return hub_cities(cities, centres)
    else:
        raise ScenarioError(
            f"scenario {scenario.name}: centres {scenario.centres!r} is not one of {', '.join(SITINGS)}"
        )
    return np.sort(chosen[: scenario.hosts])


def hub_cities(cities: pd.DataFrame, centres: pd.DataFrame) -> np.ndarray:
    """Return the rows of the cities that host a cluster of a national hub.

    If the table of centres names none: a thirtieth of all cities (at least two), the largest ones of the
    region where power is cheapest, which is the west, else the centre, else the whole country.
    """
    marked = centres["hub"] if "hub" in centres else pd.Series(False, index=centres.index)
    ids = set(centres.loc[marked.astype(bool), "city_id"])
    rows = np.flatnonzero(cities["city_id"].isin(ids).to_numpy())
    if len(rows):
        return rows
    region = cities["region"].to_numpy()
    cheap = next((np.flatnonzero(region == r) for r in ("west", "central") if (region == r).any()), None)
    cheap = np.arange(len(cities)) if cheap is None else cheap
    order = cheap[np.argsort(-cities["gdp_2010"].to_numpy()[cheap], kind="stable")]
    return np.sort(order[: max(2, len(cities) // 30)])
