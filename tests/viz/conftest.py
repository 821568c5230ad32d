"""A study's tables and summary, made up: what figures and reports are made from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.measures.economic_effects import COSTS, KINDS_OF_USE, PRICE
from experiments.measures.effect_tables import CHANNELS, band_labels
from model.parameters import Parameters

Tables = dict[str, pd.DataFrame]

COUNT, HOSTS = 60, 12


def _frame(label: str, rows: list[tuple[str, float, float]], seeds: int) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[label, "mean", "se"]).assign(seeds=seeds)


def _cities() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    host = np.arange(COUNT) % (COUNT // HOSTS) == 0
    return pd.DataFrame(
        {
            "city_id": np.arange(COUNT) + 100_000,
            "name_en": [f"City {chr(65 + k % 26)}{k}" for k in range(COUNT)],
            "name_zh": "某市",
            "province": "P",
            "region": "west",
            "lon": rng.uniform(80.0, 130.0, COUNT),
            "lat": rng.uniform(20.0, 48.0, COUNT),
            "effect": np.where(host, rng.uniform(5.0, 15.0, COUNT), rng.normal(0.0, 0.5, COUNT)),
            "se": 0.4,
            "host": host.astype(float),
        }
    )


def _ranks(cities: pd.DataFrame) -> pd.DataFrame:
    before = np.arange(11.0, COUNT + 11)
    gain = np.where(cities["host"] > 0, 6.0, -1.5) + np.random.default_rng(8).uniform(-0.5, 0.5, COUNT)
    return cities[["city_id", "name_en", "name_zh"]].assign(
        rank_without=before, rank_with=before - gain, gain=gain, se=0.5, overtakes=0.25, host=cities["host"]
    )


def _gap_over_time() -> pd.DataFrame:
    years = np.arange(2005, 2023)
    opened = np.maximum(0, years - 2010) / 100
    frame = pd.DataFrame({"year": years, "difference": -opened, "se": opened / 10})
    levels = {"Theil": 1.1, "Gini": 0.7, "sigma": 1.4, "Theil per head": 0.3}
    return pd.concat(
        [
            frame.assign(index=index, without=level, **{"with": level - opened})
            for index, level in levels.items()
        ],
        ignore_index=True,
    )


def _compute() -> pd.DataFrame:
    """Compute that grows by a tenth a year, in log points, and falls in price; 2 % more with centres."""
    years = np.arange(2005, 2023)
    growth = np.exp(0.1 * (years - 2005))
    parts = []
    for place, name in enumerate(KINDS_OF_USE.values(), 1):
        frame = pd.DataFrame({"year": years, "with": 1.02 * place * growth, "without": place * growth})
        parts.append(frame.assign(quantity=name, unit="compute/year", change=2.0, se=0.1))
    price = pd.DataFrame({"year": years, "with": 0.98 / growth, "without": 1.0 / growth})
    parts.append(price.assign(quantity=PRICE, unit="money/compute", change=-2.0, se=0.1))
    return pd.concat(parts, ignore_index=True)


def _chain(cities: pd.DataFrame) -> pd.DataFrame:
    """Hosts, every fifth city, rise by a hundredth of a rung for each city before them."""
    change = np.where(cities["host"] > 0, 0.01 * np.arange(COUNT), -0.02)
    return cities[["city_id", "name_en", "name_zh", "host"]].assign(
        firms=20.0,
        position=1.5,
        position_change=change,
        position_se=0.02,
        value_added=1.0 / COUNT,
        value_added_effect=0.7,
    )


def make_tables(seeds: int = 4) -> Tables:
    """Tables like those of ``effect_tables.all_tables``; NaN standard errors with one seed."""
    groups = [
        ("host cities", 10.123, 0.321),
        ("other cities", -0.456, 0.05),
        ("whole country (total)", 0.011, 0.02),
    ]
    means, errors = [-1.5, -0.75, 0.02, 0.3, 0.4, np.nan], [0.2, 0.1, 0.1, 0.1, 0.3, np.nan]
    distance = _frame("band_km", list(zip(band_labels(), means, errors, strict=True)), seeds)
    distance = distance.assign(cities=[10.0, 12.0, 8.0, 9.0, 5.0, 0.0])
    distance.loc[5, "seeds"] = 0
    changes = [(3.1, 1.0), (4.2, 0.2), (5.3, 0.3), (0.4, 0.4), (-0.5, 0.05), (16.6, 0.7)]
    labels, measures, _, units = zip(*CHANNELS, strict=True)
    channels = _frame(
        "channel", [(name, *change) for name, change in zip(labels, changes, strict=True)], seeds
    )
    strength = [
        ("effect on innovation, %: weak hosts", 12.0, 0.5),
        ("effect on innovation, %: strong hosts", 8.0, 0.6),
        ("effect on innovation, %: weak - strong", 4.0, 0.9),
        ("places gained: weak hosts", 7.0, 0.7),
        ("places gained: strong hosts", 5.0, 0.8),
        ("places gained: weak - strong", 2.0, 1.1),
    ]
    cities = _cities()
    gdp = [("host cities", 0.75, 0.05), ("other cities", 0.2, 0.04), ("whole country (total)", 0.3, 0.02)]
    gdp_distance = distance.assign(mean=[-0.4, 0.1, 0.2, 0.3, 0.6, np.nan])
    groups_of_chain = {"climb_se": 0.01, "value_added_se": 0.2, "seeds": seeds}
    chain_groups = [
        ("host cities", 1.25, 0.125, -1.7),
        ("other cities", 0.75, -0.025, 0.6),
        ("whole country (total)", 1.0, 0.035, 0.1),
    ]
    costs = [(0.15, 0.01), (0.94, 0.02), (0.38, 0.03), (2.65, 0.14), (2.83, 0.15)]
    tables = {
        "effects": _frame("group", groups, seeds),
        "distance": distance,
        "channels": channels.assign(measure=measures, unit=units),
        "gap": _frame("index", [("Theil", -3.21, 0.4), ("Gini", -1.5, 0.2), ("sigma", 0.1, 0.3)], seeds),
        "gap_over_time": _gap_over_time(),
        "ranks": _ranks(cities),
        "host_strength": _frame("measure", strength, seeds),
        "cities": cities,
        "gdp": _frame("group", gdp, seeds).assign(measure="real_gdp"),
        "gdp_distance": gdp_distance,
        "chain": _chain(cities),
        "chain_groups": pd.DataFrame(chain_groups, columns=["group", "rung", "climb", "value_added"]).assign(
            **groups_of_chain
        ),
        "compute": _compute(),
        "costs": _frame(
            "label", [(row[1], *size) for row, size in zip(COSTS, costs, strict=True)], seeds
        ).assign(quantity=[row[0] for row in COSTS], unit=[row[2] for row in COSTS]),
    }
    if seeds == 1:
        tables = {name: frame.assign(se=np.nan) for name, frame in tables.items()}
        tables["chain"] = tables["chain"].assign(position_se=np.nan)
        tables["chain_groups"] = tables["chain_groups"].assign(climb_se=np.nan, value_added_se=np.nan)
    return tables


def make_empty_tables(seeds: int = 2) -> Tables:
    """Tables of a study in which no centre opens."""
    tables = make_tables(seeds)
    for name in ("distance", "gdp_distance", "channels"):
        tables[name] = tables[name].assign(mean=np.nan, se=np.nan, seeds=0)
    for name in ("effects", "gdp"):
        tables[name] = tables[name].assign(
            mean=[np.nan, 0.0, 0.0], se=[np.nan, 0.0, 0.0], seeds=[0, seeds, seeds]
        )
    tables["chain"] = tables["chain"].assign(host=0.0, position_change=0.0, position_se=0.0)
    tables["chain_groups"] = tables["chain_groups"].assign(climb=0.0, value_added=0.0).iloc[1:]
    tables["costs"] = tables["costs"].assign(mean=[0.0, 0.0, 0.0, 0.0, np.nan], seeds=[seeds] * 4 + [0])
    tables["gap"] = tables["gap"].assign(mean=0.0, se=0.0)
    tables["gap_over_time"] = tables["gap_over_time"].assign(difference=0.0, se=0.0)
    tables["ranks"] = tables["ranks"].assign(gain=0.0, se=0.0, overtakes=0.0, host=0.0)
    tables["cities"] = tables["cities"].assign(effect=0.0, se=0.0, host=0.0)
    tables["host_strength"] = tables["host_strength"].iloc[:0]
    return tables


@pytest.fixture
def tables() -> Tables:
    return make_tables()


@pytest.fixture
def one_seed() -> Tables:
    return make_tables(1)


@pytest.fixture
def no_centres() -> Tables:
    return make_empty_tables()


@pytest.fixture
def summary_of() -> Callable[..., dict[str, Any]]:
    """A summary like that of ``experiments.results.write_results.summary``, with changes."""

    def make(**changes: Any) -> dict[str, Any]:
        return {
            "scenario": "actual",
            "meaning": "the real centres open at their real dates",
            "seeds": [1, 2, 3, 4],
            "cities": COUNT,
            "cities_estimated": True,
            "firms": 1234,
            "first_year": 2005,
            "last_year": 2022,
            "burn_in_quarters": 40,
            "centres": 31,
            "parameters": Parameters(firms=1234).model_dump(),
            "parameters_changed": {"firms": 1234},
            "failures": {},
            "seconds": 65.4,
            "date": "2026-01-02",
            "versions": {"python": "3.13.1", "numpy": "2.4.0"},
            "command": "computeleap run --seeds 4",
            **changes,
        }

    return make


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables as a pipe gets them: a test runner may say how wide its own terminal is."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def _no_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals that an earlier test sent decide no exit code."""
    monkeypatch.setattr("viz.cli.signals.received", [])


@pytest.fixture(scope="session")
def small_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's results folder: results, a study, sweeps, and folders that are broken."""
    from tests.support.results_shelf import fill

    return fill(tmp_path_factory.mktemp("server") / "results")
