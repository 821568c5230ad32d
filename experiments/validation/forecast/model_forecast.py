"""The model's forecast: shares of units in two periods, from runs of members of the ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from experiments.ensemble.member_run import with_factors
from experiments.ensemble.members import Ensemble
from experiments.study.worker_pool import iter_results
from model.country.city_accounts import INSTITUTIONS
from model.country.country import Country, build_country
from model.parameters import Parameters
from model.regional_model import RegionalModel

Array = NDArray[np.float64]
UNTIL = 2022
SCENARIO = "actual"
RECORDED = ("innovation", "gdp", "people", "entrants")


@dataclass(frozen=True)
class CityFlows:
    """A member's cities: innovations and new firms by quarter, (Q, C); GDP and people by year, (T, C)."""

    innovation: Array
    gdp: Array
    people: Array
    entrants: Array


def without_institutions(country: Country) -> Country:
    """Return the country with the observed institutions blank: one is a target, and both are of 2015."""
    blank = country.cities.assign(**dict.fromkeys(INSTITUTIONS, np.nan))
    return build_country(blank, centres=country.centres)


def run_members(
    found: Ensemble, country: Country, members: int, firms: int, workers: int = 1
) -> list[CityFlows]:
    """Run members, taken evenly, each with a seed of its own; those that fail are left out."""
    chosen = enumerate(found.evenly(members), 1)
    jobs = [(seed, tuple(sorted(found.values(one).items()))) for seed, one in chosen]
    job = partial(_run, country, firms)
    return [flows for _, flows in iter_results(job, jobs, workers) if isinstance(flows, CityFlows)]


def _run(country: Country, firms: int, given: tuple[int, tuple[tuple[str, float], ...]]) -> CityFlows | str:
    seed, values = given
    try:
        parameters = with_factors(Parameters(firms=firms), dict(values))
        model = RegionalModel(parameters, SCENARIO, seed, country=country)
        model.run_until(UNTIL)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    years = UNTIL - parameters.start_year + 1
    quarterly = {name: np.array(model.history[name]) for name in RECORDED}
    yearly = {name: quarterly[name].reshape(years, 4, -1).mean(axis=1) for name in ("gdp", "people")}
    return CityFlows(quarterly["innovation"], yearly["gdp"], yearly["people"], quarterly["entrants"])
