"""Investment in compute centres: the decisions of city governments and providers.

How rules are written and named: see ``agents/firm.py``. These rules apply only in runs with
``building_slots``. A city's government wants capacity for its own industry, and does not want to fall behind
similar cities; a provider wants a return. Both use last year's figures, several decide at once, and grants
make building cheap: centres can therefore be duplicated and idle. ``agents/centre_solvency.py`` has the rules
of failure.
"""

# ── City governments ─────────────────────────────────────────────────────────────────────────────


def building_fund(building_fund, budget, nation_quarter, building_start, building_effort):
    """Fund for centres, money: a part of each quarter's free budget, from the first day of building."""
    return building_fund + (building_effort * budget if nation_quarter >= building_start else 0.0)


def forecast(forecast, demand, forecast_weight, optimism):
    """Demand for compute that the city expects, f + w·((1 + optimism)·demand − f), compute/quarter."""
    return forecast + forecast_weight * ((1.0 + optimism) * demand - forecast)


def wish(forecast, capacity, local_utilisation, peer_capacity, target_utilisation, yardstick):
    """Capacity that the city wants in addition to its own, compute/quarter.

    Capacity for the expected use of its industry at the target utilisation, less if its own centres are idle;
    plus a part of the lead of similar cities of the province (yardstick competition).
    [Yu, Zhou & Zhu 2016; Besley & Case 1995, American Economic Review 85(1)]
    """
    busy = local_utilisation / target_utilisation
    busy = 1.0 if busy > 1.0 else busy
    behind = peer_capacity - capacity
    behind = yardstick * behind if behind > 0.0 else 0.0
    wanted = forecast / target_utilisation * busy - capacity
    wanted = behind + (wanted if wanted > 0.0 else 0.0)
    return wanted


# ── Providers ────────────────────────────────────────────────────────────────────────────────────


def site_capacity(site_demand, target_utilisation, kind_standard_capacity):
    """Capacity that a provider would build, compute/quarter: for the work within reach, at most standard."""
    wanted = site_demand / target_utilisation
    return wanted if wanted < kind_standard_capacity else kind_standard_capacity


def site_return(
    site_price,
    site_unit_cost,
    site_grant,
    opening_discount,
    target_utilisation,
    surplus_share,
    tax_relief,
    nation_building_price,
    nation_credit_premium,
    kind_cost_level,
    centre_cost,
):
    """Annual return on investment that a provider expects at a site, after the city's share, 1/year.

    ``site_price`` is the price that customers within reach pay now, less overheads; the provider expects to
    sell below it, at the introductory discount, and at the target utilisation. A lender's premium comes off.
    """
    margin = site_price * (1.0 - opening_discount) - site_unit_cost
    margin = margin * (1.0 - surplus_share * (1.0 - tax_relief)) if margin > 0.0 else margin
    cost = centre_cost * kind_cost_level * nation_building_price * (1.0 - site_grant)
    return 4.0 * margin * target_utilisation / cost - nation_credit_premium
