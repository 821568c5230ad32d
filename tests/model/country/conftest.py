"""The shipped cities and their network."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest

from model.country.city_tables import load_cities
from model.country.network import build_network


@pytest.fixture(scope="module")
def china() -> pd.DataFrame:
    return load_cities()


@pytest.fixture(scope="module")
def network(china: pd.DataFrame) -> nx.Graph:
    return build_network(china)
