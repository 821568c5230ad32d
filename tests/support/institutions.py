"""Runs with every mechanism on that is off by default, on a small country."""

from __future__ import annotations

from model import Parameters, RegionalModel
from model.country.synthetic import synthetic_country
from tests.support.optional_mechanisms import SWITCHED_ON

ON = {
    **SWITCHED_ON,
    "start_year": 2015,
    "scheduler_error": 0.2,
    "carriage_fee": 0.05,
    "link_fill": 0.05,
    "lender_leverage": 8.0,
    "consulting": 0.1,
    "market_power": 0.5,
    "regulator": 1.0,
    "standard_year": 2016.0,
    "construction_capacity": 1.0,
    "tariff": 1.0,
    "retail_margin": 0.1,
    "tax_relief": 0.5,
    "rival_platform": 1.0,
    "building_slots": 20,
    "building_start": 0.0,
    "grant_rate": 0.5,
}


def institutions(until: int = 2019, engine: str = "compiled", **changes: float) -> RegionalModel:
    """A run with all of them on, in which invariants are checked every quarter."""
    parameters = Parameters.checked(**{"firms": 150, "burn_in": 4, **ON, **changes})
    model = RegionalModel(
        parameters, "random_hosts", 1, cities=synthetic_country(12, 3), engine=engine, check_invariants=True
    )
    model.run_until(until)
    return model
