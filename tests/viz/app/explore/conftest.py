"""A small country, and a run on it."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.country.country import Country, build_country
from model.country.synthetic import synthetic_country
from tests.support.small_page import SMALL
from viz.app.explore import seed_sample
from viz.app.explore.simulation import Simulation


@pytest.fixture(scope="session")
def land() -> Country:
    """Thirty synthetic cities."""
    return build_country(synthetic_country(30, 4))


@pytest.fixture(scope="module")
def played(land: Country) -> Simulation:
    """Eight quarters after a visitor's centre opened, and three years after those of the hosts."""
    made = Simulation(land, SMALL)
    for _ in range(24):
        made.step()
    made.open_centre(int(land.cities["city_id"].iloc[7]), "super", 2.0)
    for _ in range(8):
        made.step()
    return made


@pytest.fixture(autouse=True)
def one_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No run in the background of tests that are not about it."""
    monkeypatch.setattr(seed_sample, "OTHERS", 0)
