"""Made-up flows of cities, in place of runs of members."""

import numpy as np
import pytest

from experiments.validation.forecast.model_forecast import CityFlows
from model.country.country import shipped_country


@pytest.fixture(scope="session")
def flows() -> list[CityFlows]:
    """Six members whose cities keep their shares, but for noise."""
    there = shipped_country()
    gdp, count = there.cities["gdp_2010"].to_numpy(dtype=float), len(there.cities)
    rng = np.random.Generator(np.random.PCG64(1))

    def noisy(values: np.ndarray, rows: int) -> np.ndarray:
        return np.asarray(values * np.exp(0.05 * rng.normal(size=(rows, count))))

    firms = 10_000.0 * gdp / gdp.sum()
    return [
        CityFlows(noisy(gdp, 72), noisy(gdp, 18), noisy(there.population, 18), noisy(firms, 72))
        for _ in range(6)
    ]
