"""Random countries, parameters and scenarios for hypothesis, as far out as they are allowed."""

from __future__ import annotations

import csv
import io
import itertools
import math
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from agents.compute_provider import KINDS
from agents.firm import TIERS
from model import Opening, Parameters, Scenario
from model.country.city_check import MOST_GDP, MOST_PEOPLE
from model.country.links import KINDS as LINK_KINDS
from model.parameters import describe

# Sizes and times are set by the tests, which have to end; the closed economy has parameters of its own.
FIXED = ("firms", "start_year", "burn_in", "founders_per_firm", "closed_economy")
CLOSED = tuple(name for name in Parameters.model_fields if name.startswith("closed_") and name not in FIXED)
REGIONAL = tuple(name for name in Parameters.model_fields if name not in (*FIXED, *CLOSED))
SLOTS = 30  # centres that may be built: more of them only take longer

# ── Parameters ───────────────────────────────────────────────────────────────────────────────────


def ends(name: str) -> tuple[float, float]:
    """The lowest and the highest value that a test gives a parameter."""
    row = describe(name)
    return row["low"], SLOTS if name == "building_slots" else row["high"]


def values(name: str) -> st.SearchStrategy[Any]:
    """Mostly the ends of its range, else anything between."""
    low, high = ends(name)
    if describe(name)["type"] == "int":
        return st.sampled_from([low, high]) | st.integers(int(low), int(high))
    return st.sampled_from([low, high]) | st.floats(low, high)


def _some(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    few = st.lists(st.sampled_from(names), unique=True, max_size=len(names))
    return few.flatmap(lambda chosen: st.fixed_dictionaries({name: values(name) for name in chosen}))


def corners(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Every parameter at one of its ends."""
    return st.fixed_dictionaries({name: st.sampled_from(ends(name)) for name in names})


# Mechanisms that are off by default, on, and early enough for a short run to see them.
MECHANISMS = st.fixed_dictionaries(
    {},
    optional={
        "exchange": st.just(1.0),
        "chain_leap": st.just(0.5),
        "paradigm_arrival": st.just(2005.0),
        "building_slots": st.just(SLOTS),
        "building_start": st.just(0.0),
        "building_lag": st.just(1.0),
    },
)
REGIONAL_PARAMETERS = st.builds(
    lambda point, on: {**point, **on}, _some(REGIONAL) | corners(REGIONAL), MECHANISMS
)
CLOSED_PARAMETERS = _some(CLOSED) | corners(CLOSED)

# ── Countries ────────────────────────────────────────────────────────────────────────────────────

LON, LAT = (
    st.sampled_from([73.0, 136.0, 104.5]) | st.floats(73, 136),
    st.sampled_from([3.0, 54.0]) | st.floats(3, 54),
)
FIGURE = {
    "population_10k": st.sampled_from([0.0, 1e-9, 1.0, MOST_PEOPLE]) | st.floats(0, MOST_PEOPLE),
    "gdp_100m_cny": st.sampled_from([0.0, 1e-9, 1.0, MOST_GDP]) | st.floats(0, MOST_GDP),
}
CITY = st.fixed_dictionaries(
    {"lon": LON, "lat": LAT, **FIGURE},
    optional={
        "province": st.sampled_from(["", "A", "B", "Guizhou", "广东"]),
        "region": st.sampled_from(["", "east", "central", "west", "northeast", "elsewhere"]),
        "provincial_capital": st.sampled_from(["0", "1", ""]),
        "pop_2010": st.sampled_from([0.0, 1.0, MOST_PEOPLE]),
        "gdp_2010": st.sampled_from([0.0, 1.0, MOST_GDP]),
        "name_en": st.sampled_from(["", "Same", "a,b", '"', "=1+1", "市"]),
    },
)


def _equal(cities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [dict(cities[0]) for _ in cities]


def _one_giant(cities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    small = {"population_10k": 1e-3, "gdp_100m_cny": 1e-3}
    return [
        {**cities[0], "population_10k": MOST_PEOPLE, "gdp_100m_cny": MOST_GDP},
        *({**c, **small} for c in cities[1:]),
    ]


def _one_place(cities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**city, "lon": cities[0]["lon"], "lat": cities[0]["lat"]} for city in cities]


def _as_csv(cities: list[dict[str, Any]], ids: list[int]) -> str:
    """Cities as CSV, some metres apart and with a name each, since twins are refused."""
    cities = [
        {**city, "lon": city["lon"] + (1e-6 if city["lon"] < 100 else -1e-6) * place}
        for place, city in enumerate(cities)
    ]
    for place, city in enumerate(cities):
        if city.get("name_en"):
            city["name_en"] += f" {place}"
    columns = ["city_id", *dict.fromkeys(name for city in cities for name in city)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows({"city_id": number, **city} for number, city in zip(ids, cities, strict=True))
    return text.getvalue()


def countries(most: int) -> st.SearchStrategy[str]:
    """Users' tables of cities, as CSV, that must be accepted."""

    def with_ids(cities: list[dict[str, Any]]) -> st.SearchStrategy[str]:
        number = st.sampled_from([1, 110000, 10**15]) | st.integers(1, 10**15)
        ids = st.lists(number, min_size=len(cities), max_size=len(cities), unique=True)
        shape = st.sampled_from([list, _equal, _one_giant, _one_place])
        return st.builds(lambda chosen, how: _as_csv(how(cities), chosen), ids, shape)

    return st.lists(CITY, min_size=1, max_size=most).flatmap(with_ids)


# ── Networks ─────────────────────────────────────────────────────────────────────────────────────

LINK = st.tuples(
    st.sampled_from([math.nan, 1e-6, 1.0, 1e6]),  # Tbit/s
    st.sampled_from([math.nan, 10_000.0]),  # ms; less may be faster than light
    st.sampled_from(["", *LINK_KINDS]),
)


def _star(n: int) -> list[tuple[int, int]]:
    return [(0, k) for k in range(1, n)]


def _line(n: int) -> list[tuple[int, int]]:
    return [(k, k + 1) for k in range(n - 1)]


def _ring(n: int) -> list[tuple[int, int]]:
    return [*_line(n), (0, n - 1)]


def _complete(n: int) -> list[tuple[int, int]]:
    return list(itertools.combinations(range(n), 2))


def networks(ids: list[int]) -> st.SearchStrategy[pd.DataFrame]:
    """Tables of links that join at least four cities: sparse or dense, with narrow, wide and slow links."""

    def filled(joined: list[tuple[int, int]]) -> st.SearchStrategy[pd.DataFrame]:
        some = st.lists(LINK, min_size=len(joined), max_size=len(joined))
        columns = ["from_city", "to_city", "capacity_tbps", "latency_ms", "kind"]
        return some.map(
            lambda links: pd.DataFrame(
                [(*ends, *link) for ends, link in zip(joined, links, strict=True)], columns=columns
            )
        )

    shape = st.sampled_from([_star, _line, _ring, _complete])
    return st.builds(
        lambda order, how: [(order[a], order[b]) for a, b in how(len(order))], st.permutations(ids), shape
    ).flatmap(filled)


# ── Scenarios ────────────────────────────────────────────────────────────────────────────────────

KIND, INDUSTRY = st.sampled_from(KINDS), st.none() | st.sampled_from(TIERS)
SIZE = st.sampled_from([1e-6, 0.1, 1.0, 1000.0]) | st.floats(1e-6, 1000.0)


def openings(cities: int, quarters: int) -> st.SearchStrategy[list[Opening]]:
    """Centres at any place and time, before, in and after a run."""
    when = st.integers(-5, quarters + 2)
    one = st.tuples(st.integers(0, cities - 1), KIND, when, st.just(0.0) | SIZE, INDUSTRY)
    return st.lists(one, max_size=8).map(
        lambda all_: [Opening(f"c{k}", *each) for k, each in enumerate(all_)]
    )


def scenarios(cities: int, quarters: int) -> st.SearchStrategy[Scenario]:
    """Centres by hand, and by a rule of choice."""
    return st.builds(
        lambda given, centres, hosts, opens, industry: Scenario(
            "random", "drawn by hypothesis", centres, hosts, opens, industry, openings=tuple(given)
        ),
        openings(cities, quarters),
        st.sampled_from(["none", "random", "richest", "poorest", "hubs"]),
        st.integers(0, cities + 2),
        st.sampled_from(["2004Q4", "2005Q1", "2005Q4"]),
        INDUSTRY,
    )
