"""Panels of cities whose effect is known, and results folders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.evaluation.known_effect import known_panel
from experiments.results.result_tables import READ
from experiments.storage import parquet
from experiments.study.study import WITH, WITHOUT
from model.country.synthetic import synthetic_country
from tests.support.cli import call, no_pictures

SMALL = 120  # cities


def simple_panel(seed: int, cities: int = 60, years: int = 10, effect: float = 0.5) -> pd.DataFrame:
    """Openings by lot, no confounding, an effect that is the same for all."""
    rng = np.random.default_rng(seed)
    opening = np.where(rng.uniform(size=cities) < 0.5, rng.integers(3, years, cities), years)
    treated = np.arange(years)[None, :] >= opening[:, None]
    noise = 0.1 * rng.normal(size=(cities, years))
    outcome = effect * treated + rng.normal(size=(cities, 1)) + np.linspace(0, 1, years) + noise
    return pd.DataFrame(
        {
            "city_id": np.repeat(np.arange(cities), years),
            "year": np.tile(np.arange(years), cities),
            "outcome": outcome.ravel(),
            "centre": treated.ravel().astype(float),
        }
    )


def eight_hosts(seed: int = 8, cities: int = 50) -> pd.DataFrame:
    """A panel of eight hosts drawn by lot, whose centres open in years 4 to 7 of eight, and ten controls."""
    frame = known_panel(1, cities=cities, years=8).drop(columns=["x11", "x12"])
    rng = np.random.default_rng(seed)
    hosts = rng.choice(cities, 8, replace=False) + 1
    opening = frame["city_id"].map(dict(zip(hosts, rng.integers(2008, 2012, 8), strict=True)))
    return frame.assign(centre=(frame["year"] >= opening).astype(float))


def made_up(openings: dict[int, int], cities: int = 12, years: int = 8, effect: float = 1.0) -> pd.DataFrame:
    """A square panel in which the named cities open in the named years, with an outcome by hand."""
    rng = np.random.default_rng(1)
    city, year = np.repeat(np.arange(cities), years), np.tile(np.arange(years), cities)
    opening = np.array([openings.get(one, years) for one in range(cities)])[city]
    centre = (year >= opening).astype(float)
    outcome = effect * centre + 0.1 * rng.normal(size=len(city)) + 0.3 * city
    trait = (city % 3).astype(float)
    return pd.DataFrame(dict(city_id=city, year=year, outcome=outcome, centre=centre, trait=trait))


def empty_results(place: Path, **changes: object) -> Path:
    """Write the files of a results folder with nothing in them that can be evaluated."""
    summary = {
        "parameters": {},
        "first_year": 2005,
        "last_year": 2005,
        "scenario": "none",
        "meaning": "m",
        **changes,
    }
    (place / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    country = synthetic_country(12, 3)
    parquet.write(country, place / "city_table.parquet")
    panel = pd.DataFrame({"seed": 1, "arm": np.repeat([WITH, WITHOUT], 12), "year": 2005})
    panel = panel.assign(city_id=np.tile(country["city_id"], 2), **dict.fromkeys(READ, 1.0))
    parquet.write(panel, place / "panel.parquet")
    parquet.write(pd.DataFrame({"seed": pd.Series(dtype=int)}), place / "centres.parquet")
    return place


def random_host_results(folder: Path) -> Path:
    """Run random hosts in forty made-up cities, 2005 to 2016, two seeds, into a results folder."""
    assert call("synthetic", 40, "--out", folder / "forty.csv").exit_code == 0
    out = folder / "runs"
    country = ("--cities", folder / "forty.csv", "--firms", 800)
    with no_pictures():
        answer = call(
            "run", "random_hosts", *country, "--until", 2016, "--seeds", 2, "--workers", 1, "--out", out
        )
    assert answer.exit_code == 0, answer.output
    return out
