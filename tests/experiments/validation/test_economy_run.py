"""What is recorded of an economy agrees with its tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.study.study import Run, Study, twins
from experiments.validation.economy_run import (
    EconomyRun,
    compute_elasticity,
    dear_volume,
    record_economy,
    run_economy,
)
from model import Parameters, RegionalModel
from model.country.city_tables import load_centres
from model.country.country import Country
from model.country.network import build_network
from model.economy.centre_tables import STANDARD_EFLOPS
from model.scenarios.scenario_catalogue import SCENARIOS

SMALL = Parameters(firms=300, burn_in=4)
EARLY = replace(SCENARIOS["random_hosts"], opens="2005Q1", hosts=3)


@pytest.fixture(scope="module")
def ended(country: pd.DataFrame) -> tuple[RegionalModel, EconomyRun]:
    model = RegionalModel(SMALL, EARLY, 1, cities=country)
    return model, record_economy(model, 2008)


def test_years_are_sums_of_quarters(ended: tuple[RegionalModel, EconomyRun]) -> None:
    model, found = ended
    assert list(found.years) == [2005, 2006, 2007, 2008]
    of_year = np.array(model.history["gdp"])[4:8].sum()
    assert found.of("gdp", 2006) == pytest.approx(of_year)
    assert found.late("gdp") == pytest.approx(np.array(model.history["gdp"]).sum() / 4)
    assert np.isnan(found.of("gdp", 2011))
    assert found.innovation == pytest.approx(np.array(model.history["innovation"]).sum(axis=0) / 4)
    assert list(found.hosts) == sorted({opening.city for opening in model.openings})
    assert found.of("entrants", 2007) == np.array(model.history["entrants"])[8:12].sum()


def test_compute_is_counted_in_the_units_of_centres(ended: tuple[RegionalModel, EconomyRun]) -> None:
    """A standard centre of 2022 has capacity_basic compute a quarter per 10,000 firms, and 6 EFLOPS."""
    model, found = ended
    used = found.of("eflops_basic", 2008) / STANDARD_EFLOPS["basic"] * SMALL.capacity_basic * 0.03
    whole = sum(
        found.of(f"eflops_{kind}", 2008) / eflops * getattr(SMALL, f"capacity_{kind}") * 0.03
        for kind, eflops in STANDARD_EFLOPS.items()
    )
    bought = np.array(model.history["compute_use"])[12:16].sum() / 4
    assert 0 < used < whole
    assert whole == pytest.approx(bought)
    assert found.of("capacity", 2008) > found.of("served", 2008) > 0


def test_the_base_quarter_has_the_gdp_of_every_city(
    ended: tuple[RegionalModel, EconomyRun], country: pd.DataFrame
) -> None:
    """The fixture's burn-in recovers productivities; without one the model has its own."""
    _, found = ended
    assert found.figures["base_error"] < 1e-6
    plain = RegionalModel(SMALL.changed(burn_in=0, quality_elasticity=0.0), "none", 1, cities=country)
    assert record_economy(plain, 2005).figures["base_error"] > 0.01


def test_the_elasticity_to_compute_is_the_product_of_returns_and_share(
    ended: tuple[RegionalModel, EconomyRun],
) -> None:
    """At σ = 1 compute has the share χ of every adopter's budget, and innovations rise with its power μ·χ."""
    model, _ = ended
    given = model.parameters
    assert given.substitution == 1.0
    assert compute_elasticity(model) == pytest.approx(given.research_returns * given.compute_weight, rel=1e-3)


def test_contracts_dearer_than_the_cloud_are_noticed(country: pd.DataFrame) -> None:
    model = RegionalModel(SMALL, EARLY, 1, cities=country)
    for _ in range(8):
        model.step()
    assert model.state["city_offers"]["flow"].sum() > 0
    assert dear_volume(model.state) == 0.0
    model.state["city_offers"]["delivered_price"][:] *= 100.0
    assert dear_volume(model.state) == pytest.approx(1.0)


def test_a_run_that_fails_says_why(country: pd.DataFrame) -> None:
    place = Country(country, load_centres().iloc[:0], build_network(country))
    study = Study(twins(EARLY), (1,), SMALL, 2005, place)
    assert isinstance(run_economy(study, Run(1, "with")), EconomyRun)
    assert str(run_economy(study, Run(1, "neither"))).startswith("KeyError")
