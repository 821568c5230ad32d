"""The closed economy of document 003: one city without trade, as a setting of the model.

The parameter ``closed_economy`` replaces the regional events of ``model/step.py`` by those that carry its
name. Firms, city and provider are those of the model; their rules are in ``agents/closed_economy.py``. No
rule and
no market contains the solution: mark-up, split of compute and growth rate result from the agents' adaptive
search, and ``experiments.questions.closed_economy_runs`` compares them with theory.
"""

from __future__ import annotations

import numpy as np

from agents.closed_economy import final_output, mean_compute
from model.engine.draws import normals, stream_key
from model.engine.state import State
from model.parameters import Parameters
from model.scenarios.scenario import ScenarioError

# Recorded for the city in every quarter, in addition to the measures of every city.
CLOSED_RECORDED = (
    "output",
    "consumption",
    "investment",
    "capital_stock",
    "compute_stock",
    "direct_compute",
    "rented_compute",
    "services_used",
    "service_price",
    "served_share",
    "capital_rental",
    "direct_rental",
    "rental_bid",
    "household_return",
    "desired_growth",
    "wealth_growth",
)
FIRST_STRIDE = 0.05  # of the provider's price, log points


def book_services(
    city_service_price,
    city_services_wanted,
    city_services_used,
    city_rented_compute,
    provider_city,
    provider_rental_bid,
    provider_price,
    provider_capacity,
    provider_load,
    provider_served,
    provider_utilisation,
    provider_unit_cost,
    provider_revenue,
    provider_surplus,
    closed_service_compute,
):
    """Write the provider's accounts to the columns of any centre; goods and services are per year."""
    for p in range(len(provider_city)):
        c = provider_city[p]
        provider_price[p] = city_service_price[c]
        capacity = city_rented_compute[c] / closed_service_compute
        provider_capacity[p] = capacity
        provider_load[p] = city_services_wanted[c]
        provider_served[p] = city_services_used[c]
        provider_utilisation[p] = provider_load[p] / capacity if capacity > 0.0 else 0.0
        provider_unit_cost[p] = closed_service_compute * provider_rental_bid[p]
        provider_revenue[p] = provider_served[p] * provider_price[p]
        provider_surplus[p] = provider_revenue[p] - city_rented_compute[c] * provider_rental_bid[p]


def share_inputs(
    firm_alive,
    firm_city,
    firm_capital_used,
    firm_compute_used,
    firm_capital_wanted,
    firm_compute_wanted,
    city_capital_stock,
    city_direct_compute,
    city_capital_wanted,
    city_compute_wanted,
):
    """Allocate all capital and directly used compute to firms in proportion to their demand."""
    for i in range(len(firm_alive)):
        if firm_alive[i] > 0.5:
            c = firm_city[i]
            asked_capital, asked_compute = city_capital_wanted[c], city_compute_wanted[c]
            if asked_capital > 0.0:
                firm_capital_used[i] = firm_capital_wanted[i] / asked_capital * city_capital_stock[c]
            if asked_compute > 0.0:
                firm_compute_used[i] = firm_compute_wanted[i] / asked_compute * city_direct_compute[c]


def endow_closed_economy(state: State, parameters: Parameters, seed: int) -> None:
    """Write the start of the search: stocks, firms' inputs, and the provider's first price and bid.

    Firms start with different, drawn sizes and mixes of inputs, the provider with a share of compute and a
    mark-up set by parameters, households with the plan to consume half of output.

    Raises:
        ScenarioError: there is not exactly one city and one provider.
    """
    city, provider, firms = state["cities"], state["providers"], state["firms"]
    if city.rows != 1 or provider.rows != 1:
        raise ScenarioError(
            f"the closed economy has 1 city and 1 compute provider, not {city.rows} and {provider.rows}: use "
            'scenario="closed_economy" without a table of cities, or with model.country.synthetic.one_city()'
        )
    capital, compute = parameters.closed_initial_capital, parameters.closed_initial_compute
    rented = parameters.closed_initial_rented * compute
    direct = compute - rented
    city["capital_stock"], city["compute_stock"] = capital, compute
    city["rented_compute"], city["direct_compute"] = rented, direct
    city["mean_compute"] = mean_compute(compute, parameters.closed_external_effect)

    working = np.flatnonzero(firms["alive"] > 0.5)
    for column, stock in (("capital_used", capital), ("compute_used", direct)):
        size = np.exp(normals(stream_key(seed, f"firms.{column}", 0), np.arange(firms.rows)))[working]
        firms[column][working] = stock * size / size.sum()

    alpha, beta = parameters.closed_capital_share, parameters.closed_compute_share
    services = rented / parameters.closed_service_compute
    index = float(city["mean_compute"][0])
    first = final_output(capital, direct, services, index, parameters.closed_productivity, alpha, beta)
    city["consumption_share"] = 0.5 * first / (capital + compute)
    provider["operating"] = 1.0
    provider["rental_bid"] = beta * first / direct
    cost = parameters.closed_service_compute * provider["rental_bid"]
    provider["service_price"] = parameters.closed_initial_markup * cost
    provider["price_stride"] = FIRST_STRIDE
