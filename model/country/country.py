"""``Country``: cities, compute centres and the network between the cities, built in one place."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from model.country.centre_capacities import capacity_path
from model.country.city_tables import distances_km, load_centres, load_cities
from model.country.network import build_network, link_table
from model.country.synthetic import one_city, synthetic_country
from model.country.user_links import read_links
from model.files.user_tables import InputError

SHIPPED = "shipped"
SYNTHETIC = "synthetic:"
FEWEST = 2  # cities of a country


@dataclass(frozen=True, eq=False)
class Country:
    """The country of a run.

    Attributes:
        cities: Table of C cities, as ``model.country.city_tables.load_cities`` gives it.
        centres: Table of known compute centres, as ``model.country.city_tables.load_centres`` gives it.
        network: Graph of the cities' compute network, as ``model.country.network.build_network`` makes it.
    """

    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]

    def __post_init__(self) -> None:
        ids = self.cities["city_id"]
        if ids.duplicated().any():
            twice = ids[ids.duplicated()].iloc[0]
            raise InputError([f"city_id {twice} occurs twice in the table of cities: each id once"])

    @functools.cached_property
    def fingerprint(self) -> str:
        """Hash of the contents of the tables and the network."""
        known = hashlib.blake2b(digest_size=16)
        for frame in (self.cities, self.centres, link_table(self.network)):
            known.update(repr(list(frame.columns)).encode())
            known.update(np.ascontiguousarray(pd.util.hash_pandas_object(frame).to_numpy()).tobytes())
        return known.hexdigest()

    @functools.cached_property
    def population(self) -> npt.NDArray[np.float64]:
        """Population of 2010, (C,), the weight of indices per head."""
        return self.cities["population_2010"].to_numpy(dtype=float)

    @functools.cached_property
    def region(self) -> npt.NDArray[np.int64]:
        """Index of the region of each city, (C,)."""
        return np.unique(self.cities["region"].to_numpy(dtype=str), return_inverse=True)[1]

    @functools.cached_property
    def distances(self) -> npt.NDArray[np.float64]:
        """Great-circle distances, km, (C, C)."""
        return distances_km(self.cities["lon"].to_numpy(), self.cities["lat"].to_numpy())

    def capacities(self, start_year: int, quarters: int) -> npt.NDArray[np.float64]:
        """Return the capacity of each of N centres by quarter, EFLOPS at FP16, (N, quarters).

        ``model.country.centre_capacities.capacity_path`` has the rule.

        Args:
            start_year: Year of the first quarter.
            quarters: Number of quarters.
        """
        return capacity_path(self.centres, start_year, quarters)


def build_country(
    cities: pd.DataFrame | None = None,
    centres: pd.DataFrame | None = None,
    network: nx.Graph[int] | None = None,
    links: pd.DataFrame | None = None,
    default: Callable[[], Country] | None = None,
) -> Country:
    """Build a country from tables; those not given are those of the default, the shipped country.

    Args:
        cities: C rows, as ``load_cities`` gives them.
        centres: As ``load_centres`` gives them; by default the shipped centres in these cities.
        network: Built from the cities by default.
        links: Links to use instead of the rule, as ``read_links`` gives them.
        default: Gives the default country where it is needed; by default the shipped one.

    Raises:
        InputError: a city_id occurs twice, or the links do not match the cities.
    """
    base = default or shipped_country
    if cities is None and centres is None and network is None and links is None:
        return base()
    table = base().cities if cities is None else cities
    if centres is None:
        centres = base().centres if cities is None else load_centres(None, table)
    if network is None:
        network = base().network if cities is None and links is None else build_network(table, links=links)
    return Country(table, centres, network)


def default_country(closed_economy: bool) -> Country:
    """Return the country of a run that names none: the shipped one, or one city for the closed economy."""
    return one_city_country() if closed_economy else shipped_country()


@functools.cache
def shipped_country() -> Country:
    """Return the country of the tables in ``model/data``."""
    cities = load_cities()
    return Country(cities, load_centres(None, cities), build_network(cities))


@functools.cache
def one_city_country() -> Country:
    """Return the country of the closed economy: one city without links."""
    cities = one_city()
    return Country(cities, shipped_country().centres, build_network(cities))


def read_country(
    cities: str | Path | None = None,
    centres: str | Path | None = None,
    links: str | Path | None = None,
    sheet: str | None = None,
    year: int | None = None,
) -> Country:
    """Read a country from files; ``load_country`` reads the same files once per process.

    Args:
        cities: A file, ``synthetic:N`` or ``synthetic:N:SEED``; None or ``shipped``: the shipped table.
        centres: A file; None: the shipped centres.
        links: A file; None: links by the rule of ``model.country.links``.
        sheet, year: Of a file of cities, as `load_cities` takes them.

    Raises:
        InputError: with every mistake of a table, or the number of synthetic cities is not valid.
    """
    if str(cities or SHIPPED) == SHIPPED and centres is None and links is None:
        return shipped_country()
    table = read_cities(cities, sheet, year)
    return build_country(
        table, load_centres(centres, table), links=None if links is None else read_links(links, table)
    )


load_country = functools.lru_cache(maxsize=8)(read_country)


def is_table_of_cities(name: str | Path) -> bool:
    """Return whether a name of cities is that of a file: neither ``shipped`` nor ``synthetic:N``."""
    return str(name) != SHIPPED and not str(name).startswith(SYNTHETIC)


def read_cities(
    name: str | Path | None = None, sheet: str | None = None, year: int | None = None
) -> pd.DataFrame:
    """Return the table of cities of a name, as ``read_country`` takes it. Raises InputError."""
    if name is None or str(name) == SHIPPED:
        return load_cities()
    if is_table_of_cities(name):
        return cities_of_file(name, sheet, year)
    count, _, seed = str(name).removeprefix(SYNTHETIC).partition(":")
    try:
        numbers = int(count), int(seed or 1)
    except ValueError:
        raise InputError(
            [f"cities cannot be {str(name)!r}: write synthetic:60, or synthetic:60:7 with a seed"]
        ) from None
    return synthetic_country(*numbers)


def cities_of_file(path: str | Path, sheet: str | None = None, year: int | None = None) -> pd.DataFrame:
    """Return the cities of a user's table, of which a country needs two. Raises InputError."""
    table = load_cities(path, sheet=sheet, year=year)
    if len(table) < FEWEST:
        what = (
            f"has one city; a country needs at least {FEWEST} (the scenario closed has a country of its own)"
        )
        raise InputError([f"{Path(path).name}: {what}"])
    return table
