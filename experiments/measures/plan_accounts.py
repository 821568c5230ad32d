"""Accounts of a plan of centres: cost of building, spending, electricity and CO2.

Money is a share of the country's income, so amounts of money are given in % of GDP, and electricity and
emissions per 1,000 CNY of GDP: both ratios are free of the unit of money.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.compute_provider import cost_level, standard_capacity
from model.parameters import Parameters
from model.scenarios.scenario import Place, quarter_of

# kg of CO2 per kWh of fossil power in China in 2022 (Ministry of Ecology and Environment and National Bureau
# of Statistics, 2024: 0.8325), as in docs/extensions/carbon.md.
FOSSIL_EMISSIONS = 0.83


@dataclass(frozen=True)
class Accounts:
    """Accounts of the centres of a run, from its start to some quarter.

    Attributes:
        spent: Depreciation and interest of capacity, % of a year's GDP, all years together.
        power: Electricity, kWh per 1,000 CNY of GDP.
        green: Share of green power in it, %; NaN without electricity.
        carbon: Emissions of the other part, kg of CO2 per 1,000 CNY of GDP.
    """

    spent: float
    power: float
    green: float
    carbon: float


def building_cost(place: Place, parameters: Parameters) -> float:
    """Return the cost of building a centre, money, at the prices of the quarter in which it opens.

    Size·(capacity of a standard centre)·(cost of a unit of capacity), as the model charges capital.
    parameters: those of the run, its scenario's included.
    """
    start = parameters.start_year
    quarter = quarter_of(place.opens, start)
    of_2022 = getattr(parameters, f"capacity_{place.kind}") * parameters.capacity_scale
    growth, progress = (
        getattr(parameters, f"{name}_{place.kind}") for name in ("capacity_growth", "progress")
    )
    capacity = place.size * standard_capacity(of_2022 * parameters.firms / 10_000, growth, quarter, start)
    return float(parameters.centre_cost * cost_level(progress, quarter, 1.0) * capacity)


def accounts(
    spent: Sequence[float], gdp: Sequence[float], power: Sequence[float], green_power: Sequence[float]
) -> Accounts:
    """Return the accounts of quarters: money, money, kWh·money/CNY and kWh·money/CNY in each."""
    income, used, clean = (float(np.sum(values)) for values in (gdp, power, green_power))
    quarters = max(len(gdp), 1)
    return Accounts(
        spent=100.0 * float(np.sum(spent)) / (4.0 * income / quarters) if income else 0.0,
        power=1000.0 * used / income if income else 0.0,
        green=100.0 * clean / used if used else float("nan"),
        carbon=1000.0 * FOSSIL_EMISSIONS * (used - clean) / income if income else 0.0,
    )
