"""Scenarios: which centres open where and when, and which parameters differ. Frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from agents.firm import TIERS
from agents.suggestions import nearest, shown
from agents.user_error import UserError
from model.engine.draws import stream_key, uniforms
from model.parameters import Parameters

SITINGS = ("actual", "none", "random", "richest", "poorest", "hubs")
LARGEST_CENTRE = 1e6  # relative size, as in a table of centres
LATEST = 1e9  # quarter; a free row for building waits at it
QUARTER_PATTERN = re.compile(r"^(\d{4})(?:Q([1-4]))?$")


class ScenarioError(UserError):
    """A scenario that does not exist or cannot be."""


@dataclass(frozen=True)
class Opening:
    """A centre that opens: row of its city, kind of compute, quarter (from the first year), relative size.

    ``industry``, a tier of the chain, makes it a dedicated centre; without one it is general-purpose.
    """

    centre_id: str
    city: int
    kind: str
    quarter: int
    size: float = 1.0
    industry: str | None = None


@dataclass(frozen=True)
class Place:
    """An opening as a person names it: the city's name or city_id, and a date like ``2016Q2``."""

    city: str | int
    kind: str
    opens: str
    size: float = 1.0
    industry: str | None = None


@dataclass(frozen=True)
class Scenario:
    """What is done to the economy.

    ``centres`` says which centres open: ``actual`` those of the centre table at their dates, ``none``
    none; the others give ``hosts`` cities a centre of each kind, a third of the standard size each, at
    ``opens``: ``random`` cities outside the core, drawn anew for each seed, ``richest`` those with the
    largest GDP of 2010, ``poorest`` those with the smallest GDP per head, ``hubs`` the cities of the
    national hubs; with ``industry``, a tier of the chain, these centres are dedicated to it. ``openings`` are
    further ones, by row of the table of cities, and ``places`` as well, by name. ``changes`` are parameters
    that differ from their defaults. The twin of a scenario opens and builds nothing and changes nothing else.
    """

    name: str
    meaning: str
    centres: str = "none"
    hosts: int = 8
    opens: str = "2010Q1"
    industry: str | None = None
    changes: Mapping[str, float] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def has_twin(self) -> bool:
        """Whether the same world without centres means anything: it does not for the closed economy."""
        return not self.changes.get("closed_economy")

    def applied_to(self, parameters: Parameters) -> Parameters:
        """The parameters of a run: those given, with the scenario's own changes on top."""
        return parameters.changed(**self.changes) if self.changes else parameters

    def twin(self) -> Scenario:
        """The same world in which no centre opens."""
        changes = {**self.changes, "building_slots": 0} if "building_slots" in self.changes else self.changes
        return replace(
            self, name=f"{self.name}-twin", centres="none", openings=(), places=(), changes=changes
        )


# Set so that the gap between east and west in 2010 (E13b) and the answer of people to income (E16) come near
# what was observed; docs/decisions.md says how near, and what else then comes out or does not.
DECADE = {
    "final_trade_reach": 10_000.0, "intermediate_trade_reach": 20_000.0, "talent_mobility": 0.02,
    "wage_elasticity": 4.4,
}  # fmt: skip
# What the layouts share: a hundred centres at most, half of their cost paid by the state.
BUILDING = {"building_slots": 100, "grant_rate": 0.5}
HUBS = {"hubs_only": 1, "grants_to_hubs": 1, "programme_share": 0.6}
# Compute in common units, measured alike everywhere [prototype: friction of 0.1 under trading].
EXCHANGE = {"exchange": 1, "interoperability_friction": 0.1}

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("actual", "the real centres open at their real dates", "actual"),
        Scenario("none", "no centre ever opens", "none"),
        Scenario(
            "random_hosts",
            "eight centres, each of all three kinds, in cities drawn outside the core anew for each seed",
            "random",
        ),
        Scenario(
            "chain",
            "firms climb and fall between rungs of value added while the real centres open",
            "actual",
            changes={"chain_leap": 0.5},
        ),
        Scenario(
            "paradigm",
            "a new technique that has to be learned arrives in 2012, while the real centres open",
            "actual",
            changes={"paradigm_arrival": 2012.0},
        ),
        Scenario(
            "observed_decade",
            "the real centres, with trade and migration set to the marked figures of 2010-2022 (E13b, E16)",
            "actual", changes=DECADE,
        ),
        Scenario(
            "local_demand",
            "layout 1: cities and providers build where local industry asks; centres serve their own city",
            changes={**BUILDING, "remote_access": 0},
        ),
        Scenario(
            "cross_region",
            "layout 2, East Data, West Computing: the state, cities and providers build in hub cities only, "
            "and all cities send them the work that may wait",
            changes={**BUILDING, **HUBS},
        ),
        Scenario(
            "trading",
            "layout 3: centres where providers and cities want them, traded on a compute exchange",
            changes={**BUILDING, **EXCHANGE},
        ),
        Scenario(
            "cross_region_trading",
            "layouts 2 and 3: centres only in hub cities, traded on a compute exchange",
            changes={**BUILDING, **EXCHANGE, **HUBS},
        ),
        Scenario(
            "rich_sites_local", "twelve centres in the largest cities, for their own city alone",
            "richest", 12, changes={"remote_access": 0},
        ),
        Scenario(
            "poor_sites_local", "twelve centres in the poorest cities, for their own city alone",
            "poorest", 12, changes={"remote_access": 0},
        ),
        Scenario("rich_sites_network", "twelve centres in the largest cities, for all cities", "richest", 12),
        Scenario("poor_sites_network", "twelve centres in the poorest cities, for all cities", "poorest", 12),
        Scenario(
            "rich_sites_trading", "twelve centres in the largest cities, on a compute exchange",
            "richest", 12, changes=EXCHANGE,
        ),
        Scenario("hub_sites_network", "a centre in every hub city, for all cities", "hubs"),
        Scenario(
            "hub_sites_trading", "a centre in every hub city, on a compute exchange", "hubs", changes=EXCHANGE
        ),
        Scenario(
            "dedicated", "random hosts whose centres are dedicated to applications and manufacturing",
            "random", industry=TIERS[-1],
        ),
        Scenario(
            "flat_power", "random hosts with the eastern price of power everywhere",
            "random", changes={"electricity_west": 0.57, "electricity_central": 0.57},
        ),
        Scenario(
            "no_vouchers", "the real centres, without vouchers", "actual", changes={"voucher_effort": 0}
        ),
        Scenario(
            "vouchers_small_firms", "the real centres, vouchers for small firms alone",
            "actual", changes={"voucher_small_firms": 1},
        ),
        Scenario(
            "vouchers_local_supply", "the real centres, vouchers for centres of the own province alone",
            "actual", changes={"voucher_local_supply": 1},
        ),
        Scenario(
            "closed_economy",
            "one city that trades with nobody: the growth model of document 003",
            changes={"closed_economy": 1, "burn_in": 0},
            openings=(Opening("provider", 0, KINDS[0], 0),),
        ),
    )
}  # fmt: skip


def find_scenario(
    wanted: str | Scenario,
    known: Mapping[str, Scenario] = SCENARIOS,
    table: type[Parameters] = Parameters,
) -> Scenario:
    """The scenario of that name, the value itself, or what a ``.toml`` or ``.py`` file holds.

    ``known`` and ``table``: scenarios by name and the parameters that they may change; with extensions
    there are more of both (``model.extended``).

    Raises:
        ScenarioError: no scenario has that name (the text names the nearest), or the file is not right.
    """
    if isinstance(wanted, Scenario):
        return wanted
    if str(wanted).endswith((".toml", ".py")):
        from model.scenarios.scenario_file import read_scenario

        return read_scenario(wanted, table)
    if wanted in known:
        return known[wanted]
    near = nearest(str(wanted), known, cutoff=0.4)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
    raise ScenarioError(f"there is no scenario {wanted!r}; {hint}")


def quarter_of(date: str, start_year: int) -> int:
    """Quarters from the first quarter of ``start_year`` to a date like ``2016Q2`` or ``2016`` (its first)."""
    match = QUARTER_PATTERN.match(str(date).strip())
    if not match:
        raise ScenarioError(f"{date!r} is no quarter: write 2016Q2 or 2016")
    return (int(match[1]) - start_year) * 4 + int(match[2] or 1) - 1


def date_of(quarter: int, start_year: int) -> str:
    """The date of a quarter, like ``2016Q2``."""
    return f"{start_year + quarter // 4}Q{quarter % 4 + 1}"


def core_cities(cities: pd.DataFrame) -> np.ndarray:
    """Rows of the core: the tenth of cities with the largest GDP of 2010 (at least one)."""
    order = np.argsort(-cities["gdp_2010"].to_numpy(), kind="stable")
    return np.sort(order[: max(1, len(order) // 10)])


def openings_of(
    scenario: Scenario, cities: pd.DataFrame, centres: pd.DataFrame, start_year: int, seed: int
) -> tuple[Opening, ...]:
    """The centres that open in a run of the scenario, by seed, in order of opening.

    Raises:
        ScenarioError: a centre or a rule of choice cannot be; the text says which value and what is allowed.
    """
    if not _is_list(scenario.openings) or not _is_list(scenario.places):
        raise ScenarioError(f"scenario {scenario.name}: openings and places are tuples: write (Opening(…),)")
    found = list(scenario.openings)
    found += [_opening(number, place, cities, start_year) for number, place in enumerate(scenario.places, 1)]
    if scenario.centres == "actual":
        row_of = {int(city): row for row, city in enumerate(cities["city_id"])}
        for centre in centres.itertuples():
            if isinstance(centre.opened, str) and int(centre.city_id) in row_of:
                quarter = quarter_of(centre.opened, start_year)
                row = row_of[int(centre.city_id)]
                found.append(
                    Opening(str(centre.centre_id), row, str(centre.kind), quarter, float(centre.capacity))
                )
    elif scenario.centres != "none":
        quarter = quarter_of(scenario.opens, start_year)
        found += [
            Opening(f"R{row}-{kind}", int(row), kind, quarter, 1.0 / len(KINDS), scenario.industry)
            for row in host_cities(scenario, cities, centres, seed)
            for kind in KINDS
        ]
    for opening in found:
        _hold(scenario, opening, len(cities))
    return tuple(sorted(found, key=lambda opening: opening.quarter))


def _hold(scenario: Scenario, opening: object, cities: int) -> None:
    """Refuse what was written in Python and cannot be: files are read more strictly (``scenario_file``)."""
    if not isinstance(opening, Opening):
        raise ScenarioError(f"scenario {scenario.name}: openings are Opening values, not {shown(opening)}")
    said = f"scenario {scenario.name}: centre {opening.centre_id}"
    if not _is_whole(opening.city) or not 0 <= opening.city < cities:
        raise ScenarioError(
            f"{said} cannot stand in city {shown(opening.city)}: rows of cities are 0 to {cities - 1}"
        )
    if opening.kind not in KINDS:
        raise ScenarioError(
            f"{said}: kind cannot be {shown(opening.kind)}: it must be one of {', '.join(KINDS)}"
        )
    if opening.industry is not None and opening.industry not in TIERS:
        raise ScenarioError(
            f"{said}: industry cannot be {shown(opening.industry)}: it must be one of {', '.join(TIERS)}"
        )
    if not _within(opening.size, 0.0, LARGEST_CENTRE):
        raise ScenarioError(
            f"{said}: size cannot be {shown(opening.size)}: it must be a number from 0 to {LARGEST_CENTRE:g}"
        )
    if not _within(opening.quarter, -LATEST, LATEST):
        raise ScenarioError(
            f"{said}: quarter cannot be {shown(opening.quarter)}: it must be a number from -{LATEST:g} "
            f"to {LATEST:g}"
        )


def _within(value: object, low: float, high: float) -> bool:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number and bool(low <= value <= high)  # type: ignore[operator]


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, tuple | list)


def _opening(number: int, place: Place, cities: pd.DataFrame, start_year: int) -> Opening:
    """The place in the table of cities."""
    if not isinstance(place, Place):
        raise ScenarioError(f"places are Place values, not {shown(place)}")
    for column in ("city_id", "name_en", "name_zh"):
        if column in cities:
            rows = np.flatnonzero((cities[column] == place.city).to_numpy())
            if len(rows) == 1:
                quarter = quarter_of(place.opens, start_year)
                return Opening(f"P{number}", int(rows[0]), place.kind, quarter, place.size, place.industry)
            if len(rows) > 1:
                ids = ", ".join(str(cities["city_id"].iloc[row]) for row in rows)
                raise ScenarioError(
                    f"there are {len(rows)} cities {place.city!r}: name one by city_id, {ids}"
                )
    near = nearest(str(place.city), [str(name) for name in cities["name_en"]], cutoff=0.6)
    raise ScenarioError(f"there is no city {place.city!r}" + (f"; did you mean {near}?" if near else ""))


def host_cities(scenario: Scenario, cities: pd.DataFrame, centres: pd.DataFrame, seed: int) -> np.ndarray:
    """Rows of the cities that a scenario gives centres to, by its rule of choice, in order of row."""
    gdp = cities["gdp_2010"].to_numpy(dtype=np.float64)
    if not _is_whole(scenario.hosts) or scenario.hosts < 0:
        raise ScenarioError(
            f"scenario {scenario.name}: hosts cannot be {shown(scenario.hosts)}: it must be a whole number "
            "from 0"
        )
    if scenario.centres == "random":
        outside = np.setdiff1d(np.arange(len(cities)), core_cities(cities))
        luck = uniforms(stream_key(seed, "scenario.random_hosts", 0), np.arange(len(cities)))[outside]
        chosen = outside[np.argsort(luck, kind="stable")]
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
    """Rows of the cities with a cluster of a national hub.

    In a country whose table of centres names none, a thirtieth of the cities (at least two), the largest
    where power is cheapest: the west, or the centre if there is no west, or anywhere.
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
