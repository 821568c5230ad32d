"""A simulated run as a panel, city by year, with only what an economist could observe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.suggestions import did_you_mean
from experiments.evaluation.codebook import BANDS, CODEBOOK, FIXED_CONTROLS
from experiments.evaluation.estimators.estimate import Floats
from model.country.city_tables import distances_km
from model.economy.initial_state import drawn_traits
from model.engine.draws import normals, stream_key, uniforms
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.scenarios.scenario import Opening

MARKET_REACH_KM = 500.0
QUARTERS_OF_WORK = 2  # of the first year that counts as treated

# Measures of each city and year in every run, including the runs for true effects.
MEASURES = (
    "innovations",
    "log_innovations",
    "expected_innovations",
    "log_expected_innovations",
    "innovation_gap",
    "real_gdp",
    "log_real_gdp",
    "log_gdp_per_person",
    "log_people",
    "vitality",
    "talent_flow",
    "application",
    "government_attention",
    "property_rights",
    "data_agglomeration",
    "log_compute_price",
)


def measures(yearly: pd.DataFrame, cities: int) -> dict[str, Floats]:
    """Return outcomes and channels of one run, each (years, cities).

    yearly: rows of ``experiments.study.one_run.run_one`` in order of year and city.
    """
    square = {
        name: yearly[name].to_numpy(dtype=np.float64).reshape(-1, cities)
        for name in (
            "realised_innovation",
            "innovation",
            "real_gdp",
            "people",
            "entrants",
            "talent",
            "adoption_share",
            "attention",
            "ip_protection",
            "data",
            "compute_price",
        )
    }
    logs = np.log1p(square["realised_innovation"])
    gdp, people = (np.log(np.maximum(square[name], 1e-9)) for name in ("real_gdp", "people"))
    return {
        "innovations": square["realised_innovation"],
        "log_innovations": logs,
        "expected_innovations": square["innovation"],
        "log_expected_innovations": np.log1p(square["innovation"]),
        "innovation_gap": np.abs(logs - logs.mean(axis=1, keepdims=True)),
        "real_gdp": square["real_gdp"],
        "log_real_gdp": gdp,
        "log_gdp_per_person": gdp - people,
        "log_people": people,
        "vitality": np.log1p(square["entrants"]),
        "talent_flow": np.log(np.maximum(square["talent"], 1e-9)),
        "application": square["adoption_share"],
        "government_attention": square["attention"],
        "property_rights": square["ip_protection"],
        "data_agglomeration": np.log(np.maximum(square["data"], 1e-9)),
        "log_compute_price": np.log(np.maximum(square["compute_price"], 1e-9)),
    }


def first_years(openings: Sequence[Opening], cities: int) -> np.ndarray:
    """Return the number of the first treated year of each city, (C,), from 0; a large number if none."""
    found = np.full(cities, np.iinfo(np.int64).max)
    for opening in openings:
        # A year is treated if the centre works in at least its last two quarters.
        year = max(0, -(-(opening.quarter - (4 - QUARTERS_OF_WORK)) // 4))
        found[opening.city] = min(found[opening.city], year)
    return found


def make_panel(
    yearly: pd.DataFrame, cities: pd.DataFrame, openings: Sequence[Opening], parameters: Parameters, seed: int
) -> pd.DataFrame:
    """Return the panel of one run: a row per city and year, columns as in ``codebook.CODEBOOK``.

    yearly: rows of ``experiments.study.one_run.run_one``; openings: the centres of the run. seed: that
    of the run, which drew its institutions.
    """
    count = len(cities)
    found: dict[str, Floats] = measures(yearly, count)
    years = yearly["year"].to_numpy()[::count]
    first = first_years(openings, count)
    treated = np.arange(len(years))[:, None] >= first[None, :]
    distance = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    found["centre"] = treated.astype(np.float64)
    found.update(exposures(treated, distance))
    sales, firms = (
        np.log(np.maximum(yearly["revenue"].to_numpy(dtype=np.float64).reshape(-1, count), 1e-9)),
        np.log1p(yearly["firms"].to_numpy(dtype=np.float64).reshape(-1, count)),
    )
    found["log_sales_before"] = np.vstack([sales[:1], sales[:-1]])
    found["log_firms_before"] = np.vstack([firms[:1], firms[:-1]])
    fixed = traits(cities, distance, yearly["talent"].to_numpy()[:count], parameters, seed)
    fixed["opening_year"] = np.where(first < len(years), years[0] + np.minimum(first, len(years)), np.nan)
    frame = {name: np.tile(values, len(years)) for name, values in fixed.items()}
    frame.update({name: values.ravel() for name, values in found.items()})
    for name in ("city_id", "name_en", "province", "region", "lon", "lat"):
        frame[name] = np.tile(cities[name].to_numpy(), len(years))
    frame["year"] = np.repeat(years, count)
    panel = pd.DataFrame({entry.name: frame[entry.name] for entry in CODEBOOK})
    panel["opening_year"] = panel["opening_year"].astype("Int64")
    return panel.sort_values(["city_id", "year"], kind="stable", ignore_index=True)


def exposures(treated: np.ndarray, distance: Floats) -> dict[str, Floats]:
    """Count other cities with a centre in each band of distance. treated, results: (years, cities)."""
    others = distance + np.where(np.eye(len(distance)) > 0, np.inf, 0.0)
    return {
        name: treated.astype(np.float64) @ ((others >= low) & (others < high)).astype(np.float64)
        for (low, high), name in BANDS.items()
    }


def traits(
    cities: pd.DataFrame, distance: Floats, talent: Floats, parameters: Parameters, seed: int
) -> dict[str, Floats]:
    """Return moderators and fixed controls, (C,) each. talent: of the first year."""
    people = np.maximum(cities["population_2010"].to_numpy(dtype=np.float64), 1.0)
    wealth = np.maximum(cities["gdp_2010"].to_numpy(dtype=np.float64), 1e-6)
    return {
        **drawn_traits(cities, parameters.endowment_correlation, seed),
        "talent_density": np.log(np.maximum(talent, 1e-9) / people),
        "market_potential": np.log(np.exp(-distance / MARKET_REACH_KM) @ wealth),
        "log_population": np.log(people),
        "log_gdp_per_head": np.log(wealth / people),
        "capital": cities["provincial_capital"].to_numpy(dtype=np.float64),
    }


@dataclass(frozen=True)
class Flaws:
    """Flaws of an observed panel; none by default.

    ``control_noise``: error of each control, in its standard deviations, one draw per city.
    ``outcome_noise``: error of logarithmic outcomes, log points, each city and year. ``wrong_dates``: share
    of hosts whose opening is recorded a year early or late. ``omitted``: columns that are left out.
    """

    control_noise: float = 0.0
    outcome_noise: float = 0.0
    wrong_dates: float = 0.0
    omitted: tuple[str, ...] = ()


def with_flaws(panel: pd.DataFrame, flaws: Flaws, seed: int) -> pd.DataFrame:
    """Return the panel as observed with these flaws, drawn by seed.

    Raises InputError for an omitted column that the panel does not have.
    """
    unknown = [name for name in flaws.omitted if name not in panel]
    if unknown:
        hint = did_you_mean(unknown[0], map(str, panel.columns))
        raise InputError([f"the panel has no column {unknown[0]!r}{hint}"])
    seen = panel.drop(columns=list(flaws.omitted))
    city = seen.groupby("city_id", sort=True).ngroup().to_numpy()
    for name in (*FIXED_CONTROLS, "log_sales_before", "log_firms_before"):
        if flaws.control_noise > 0 and name in seen and name != "capital":
            error = normals(stream_key(seed, f"evaluation.noise.{name}", 0), np.arange(city.max() + 1))
            seen[name] = seen[name] + flaws.control_noise * float(seen[name].std()) * error[city]
    for name in ("log_innovations", "log_expected_innovations"):
        if flaws.outcome_noise > 0 and name in seen:
            error = normals(stream_key(seed, f"evaluation.noise.{name}", 0), np.arange(len(seen)))
            seen[name] = seen[name] + flaws.outcome_noise * error
    if flaws.wrong_dates > 0:
        cities = np.arange(city.max() + 1)
        off = uniforms(stream_key(seed, "evaluation.noise.dates", 0), cities)
        late = uniforms(stream_key(seed, "evaluation.noise.late", 0), cities) < 0.5
        shift = np.where(off < flaws.wrong_dates, np.where(late, 1, -1), 0)[city]
        opened = seen["opening_year"].astype("float64") + shift
        seen["opening_year"] = opened.astype("Int64")
        seen["centre"] = (seen["year"] >= opened.fillna(np.inf)).astype(np.float64)
    return seen
