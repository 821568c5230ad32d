"""Made-up panels whose effect is known, as a first test of the estimators."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.country.city_tables import distances_km

CONTROLS = tuple(f"x{number}" for number in range(1, 13))


def known_panel(
    seed: int,
    effect: float = 0.10,
    cities: int = 280,
    years: int = 15,
    spillover: float = 0.0,
    channel: float = 0.5,
) -> pd.DataFrame:
    """Draw a panel with non-linear confounding and staggered openings of centres.

    Twelve controls drift about a city's own level. The outcome depends on them through squares, products, a
    sine and a threshold, on effects of city and year and on autocorrelated errors (0.5). A centre opens for
    good with a hazard that rises with the same function of the controls and with the city's effect; about
    half of the cities get one. ``seed``: of the panel; ``cities``, ``years``: its size; ``effect``: of
    a city's own centre on the outcome; ``spillover``: of the share of the ten next cities, in a circle, that
    have one; ``channel``: of the centre on a second outcome.

    Columns: city_id, year, outcome, channel, centre, near, x1 … x12, half (0 or 1, drawn).
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    level = rng.normal(size=(cities, 1, len(CONTROLS)))
    drift = np.zeros((cities, years, len(CONTROLS)))
    drift[:, 0] = rng.normal(size=(cities, len(CONTROLS)))
    for year in range(1, years):
        drift[:, year] = 0.7 * drift[:, year - 1] + np.sqrt(0.51) * rng.normal(size=(cities, len(CONTROLS)))
    controls = 0.7 * level + 0.7 * drift
    confounder = _confounder(controls)
    own = 0.5 * level[:, 0, 0] + 0.5 * level[:, 0, 1] + rng.normal(size=cities)
    treated = np.zeros((cities, years))
    for year in range(2, years):
        hazard = 1.0 / (1.0 + np.exp(3.3 - 1.2 * confounder[:, year] - 0.4 * own))
        opens = rng.uniform(size=cities) < hazard
        treated[:, year] = np.maximum(treated[:, year - 1], opens)
    errors = np.zeros((cities, years))
    errors[:, 0] = 0.2 * rng.normal(size=cities)
    for year in range(1, years):
        errors[:, year] = 0.5 * errors[:, year - 1] + 0.17 * rng.normal(size=cities)
    near = np.mean([np.roll(treated, step, axis=0) for step in range(1, 11)], axis=0)
    season = 0.05 * np.arange(years) + 0.1 * rng.normal(size=years)
    outcome = effect * treated + spillover * near + 0.3 * confounder + own[:, None] + season + errors
    second = channel * treated + 0.3 * confounder + own[:, None] + 0.2 * rng.normal(size=treated.shape)
    frame = pd.DataFrame(
        {
            "city_id": np.repeat(np.arange(1, cities + 1), years),
            "year": np.tile(np.arange(2005, 2005 + years), cities),
            "outcome": outcome.ravel(),
            "channel": second.ravel(),
            "centre": treated.ravel(),
            "near": near.ravel(),
            "half": np.repeat(rng.integers(0, 2, cities), years),
        }
    )
    for number, name in enumerate(CONTROLS):
        frame[name] = controls[:, :, number].ravel()
    return frame


def lot_panel(
    seed: int,
    hosts: int = 140,
    effect: float = 0.0,
    growth: float = 0.0,
    cities: int = 280,
    years: int = 15,
    sites: str = "lot",
    trend: float = 0.0,
) -> pd.DataFrame:
    """Draw a panel whose hosts are drawn by lot and open in years 4 to 12.

    The effect is ``effect`` in the first year and grows by ``growth`` a year. Cities lie in a square of 15 by
    12 degrees; errors are autocorrelated (0.7), and half of their variance is shared by neighbours, with a
    correlation that falls with distance (200 km). ``sites``: ``lot``; ``region``, the cities next to one
    drawn; or ``trait``, with odds that rise by e^1.5 with each standard deviation of size. ``trend``: of the
    outcome, times (size + size²)·(share of the years passed)². ``attrs["effect"]``: mean effect over treated
    city-years.

    Columns: city_id, year, outcome, centre, lon, lat, size (a fixed trait, by itself without influence).
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    lon, lat = rng.uniform(105.0, 120.0, cities), rng.uniform(24.0, 36.0, cities)
    shared = np.linalg.cholesky(np.exp(-distances_km(lon, lat) / 200.0) + 1e-9 * np.eye(cities))
    opening, dates = np.full(cities, years), rng.integers(4, 13, hosts)
    drawn = rng.choice(cities, hosts, replace=False)
    shocks = 0.1 * (rng.normal(size=(cities, years)) + shared @ rng.normal(size=(cities, years))) / np.sqrt(2)
    errors = np.zeros((cities, years))
    errors[:, 0] = shocks[:, 0] / np.sqrt(0.51)
    for year in range(1, years):
        errors[:, year] = 0.7 * errors[:, year - 1] + shocks[:, year]
    own, size = rng.normal(size=(cities, 1)), rng.normal(size=cities)
    order = {
        "region": distances_km(lon, lat)[drawn[0]],
        "trait": -1.5 * size - rng.gumbel(size=cities),
    }
    opening[drawn if sites == "lot" else np.argsort(order[sites], kind="stable")[:hosts]] = dates
    age = np.arange(years) - opening[:, None]
    drift = 0.05 * np.arange(years) + trend * np.outer(size + size**2, (np.arange(years) / (years - 1)) ** 2)
    gains = np.where(age >= 0, effect + growth * age, 0.0)
    outcome = gains + own + drift + errors
    frame = pd.DataFrame(
        {
            "city_id": np.repeat(np.arange(1, cities + 1), years),
            "year": np.tile(np.arange(2005, 2005 + years), cities),
            "outcome": outcome.ravel(),
            "centre": (age >= 0).astype(float).ravel(),
            **{name: np.repeat(column, years) for name, column in (("lon", lon), ("lat", lat))},
            "size": np.repeat(size, years),
        }
    )
    frame.attrs["effect"] = float(gains[age >= 0].mean())
    return frame


def _confounder(x: np.ndarray) -> np.ndarray:
    """Return the function of the controls that moves outcome and openings alike, (cities, years)."""
    smooth = 0.5 * x[..., 0] ** 2 - 0.5 + 0.6 * x[..., 1] * x[..., 2] + 0.5 * np.sin(2.0 * x[..., 3])
    return np.asarray(smooth + 0.5 * (x[..., 4] > 0.5) + 0.3 * x[..., 5])
