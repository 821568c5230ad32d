"""Building compute centres: how city governments and providers decide, and how a centre fails.

How rules are written and named: see ``agents/firm.py``. All of this exists only in runs with
``building_slots``. A city's government wants what its own industry asks for, and does not want to fall
behind cities like it; a provider wants a return. Both go by last year's figures, several decide at
once, and grants make building cheap: so centres can be duplicated and stand idle.
"""

# ── City governments ─────────────────────────────────────────────────────────────────────────────


def building_fund(building_fund, budget, nation_quarter, building_start, building_effort):
    """Money set aside for centres: a part of each quarter's free budget from the first day of building on."""
    return building_fund + (building_effort * budget if nation_quarter >= building_start else 0.0)


def forecast(forecast, demand, forecast_weight, optimism):
    """Demand for a kind of compute that the city expects: past years, the last one most, and some hope."""
    return forecast + forecast_weight * ((1.0 + optimism) * demand - forecast)


def wish(forecast, capacity, local_utilisation, peer_capacity, target_utilisation, yardstick):
    """Capacity that the city wants beside its own, compute/quarter.

    What its industry is expected to use at the target utilisation, less where its own centres stand
    idle; and a part of what similar cities of the province have more (yardstick competition).
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
    """Size of the centre that a provider would build: for the work within reach, at most a standard one."""
    wanted = site_demand / target_utilisation
    return wanted if wanted < kind_standard_capacity else kind_standard_capacity


def site_return(
    site_price,
    site_unit_cost,
    site_grant,
    opening_discount,
    target_utilisation,
    surplus_share,
    centre_cost,
):
    """Return a year on the money put in that a provider expects at a site, after the city's part, fraction.

    ``site_price`` is what customers within reach pay now, brought back to the site's gate; the provider
    reckons to sell below it, at the introductory discount, and at the target utilisation.
    """
    margin = site_price * (1.0 - opening_discount) - site_unit_cost
    margin = margin * (1.0 - surplus_share) if margin > 0.0 else margin
    return 4.0 * margin * target_utilisation / (centre_cost * (1.0 - site_grant))


def equity(equity, operating, surplus, cost, surplus_share, capital_charge):
    """What a centre has earned since it opened beyond the cost of its capital, money."""
    kept = surplus * (1.0 - surplus_share) if surplus > 0.0 else surplus
    return equity + operating * (kept - capital_charge * cost)


def failing(equity, operating, built, public, cost, debt_limit, soft_budget):
    """1 if the centre closes: it has lost more than lenders bear, and a city bears more of its own.

    [the soft budget constraint: Kornai 1986, Kyklos 39(1)]
    """
    bears = debt_limit * (soft_budget if public > 0.5 else 1.0)
    return 1.0 if built > 0.5 and operating > 0.5 and equity < -bears * cost else 0.0
