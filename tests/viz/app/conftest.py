"""A browser for the tests of the page, and the list of a server's results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from tests.support.browser import chromium

    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def some_cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every eighth shipped city."""
    from model.country.city_tables import load_cities
    from viz.cli.country_commands import write_cities

    cities = load_cities()
    path = tmp_path_factory.mktemp("cities") / "some.csv"
    write_cities(cities[cities.index % 8 == 0].reset_index(drop=True), path)
    return path


@pytest.fixture(scope="session")
def shelf(small_shelf: Path) -> Any:
    from viz.app.results.shelf import scan_shelf

    return scan_shelf(small_shelf)
