"""The country of a run: cities, centres and network, read once a process."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.sweep.errors import SweepError
from model.edges import read_edges
from model.geography import distances_km, load_centres, load_cities
from model.network import build_network, link_table
from model.synthetic import synthetic_country


@dataclass(frozen=True, eq=False)
class Country:
    """Tables as the model takes them, and a hash of all they hold."""

    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    fingerprint: str

    @functools.cached_property
    def population(self) -> npt.NDArray[np.float64]:
        """People of 2010, (C,), by which indices per head are weighted."""
        return self.cities["population_2010"].to_numpy(dtype=float)

    @functools.cached_property
    def region(self) -> npt.NDArray[np.int64]:
        """A number for the region of each city, (C,)."""
        return np.unique(self.cities["region"].to_numpy(dtype=str), return_inverse=True)[1]

    @functools.cached_property
    def distances(self) -> npt.NDArray[np.float64]:
        """Great-circle distances, km, (C, C)."""
        return distances_km(self.cities["lon"].to_numpy(), self.cities["lat"].to_numpy())


@functools.lru_cache(maxsize=8)
def load_country(cities: str, centres: str | None = None, edges: str | None = None) -> Country:
    """A country: cities ``shipped``, ``synthetic:N``, ``synthetic:N:SEED`` or a file; centres and links.

    Raises SweepError, or InputError of model.tables with every mistake of a table.
    """
    table = _cities(cities)
    sites = load_centres(centres, table)
    network = build_network(table, edges=None if edges is None else read_edges(edges, table))
    return Country(table, sites, network, _fingerprint(table, sites, network))


def _cities(name: str) -> pd.DataFrame:
    if name == "shipped":
        return load_cities()
    if not name.startswith("synthetic:"):
        return load_cities(name)
    count, _, seed = name.removeprefix("synthetic:").partition(":")
    try:
        numbers = int(count), int(seed or 1)
    except ValueError:
        raise SweepError(
            f"cities cannot be {name!r}: write synthetic:60, or synthetic:60:7 with a seed"
        ) from None
    return synthetic_country(*numbers)


def _fingerprint(cities: pd.DataFrame, centres: pd.DataFrame, network: nx.Graph[int]) -> str:
    known = hashlib.blake2b(digest_size=16)
    for frame in (cities, centres, link_table(network)):
        known.update(repr(list(frame.columns)).encode())
        known.update(np.ascontiguousarray(pd.util.hash_pandas_object(frame).to_numpy()).tobytes())
    return known.hexdigest()
