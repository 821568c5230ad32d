"""The power market of three grids: load moves the price, flexible work uses curtailed wind and sun."""

from agents.elementary import power

GRIDS = ("east", "central", "west")


def dispatch_power(
    provider_city,
    provider_load,
    provider_power_use,
    provider_green_share,
    provider_green_power,
    provider_curtailed_power,
    provider_certificates,
    provider_electricity_price,
    offer_provider,
    offer_service,
    offer_load,
    service_real_time,
    city_gdp,
    city_grid,
    city_power_price,
    city_electricity_price,
    grid_curtailed,
    grid_load,
    grid_flexible,
    grid_other,
    power_intensity,
    power_response,
    flexible_share,
    curtailed_price,
    certificate_quota,
    green_certificate_price,
):
    """Write the price of power of the next quarter, CNY/kWh, and who used curtailed power this quarter.

    A grid's price rises with the load of its centres, p·(1 + L/O)^ε, O: all other load, in proportion to GDP.
    Part of the batch work runs when wind and sun would be curtailed, as far as they go; that power is green
    and sold at a discount. Below the quota of green power a centre buys certificates for the rest.
    Arrays: grids (3,), cities (C,).
    """
    for g in range(len(grid_load)):
        grid_load[g] = 0.0
        grid_flexible[g] = 0.0
        grid_other[g] = 1e-9
    for c in range(len(city_gdp)):
        grid_other[city_grid[c]] += power_intensity * city_gdp[c]
    for p in range(len(provider_load)):
        provider_curtailed_power[p] = 0.0
        grid_load[city_grid[provider_city[p]]] += provider_power_use[p]
    for o in range(len(offer_provider)):
        p = offer_provider[o]
        if service_real_time[offer_service[o]] < 0.5 and provider_load[p] > 0.0:
            part = flexible_share * offer_load[o] / provider_load[p]
            provider_curtailed_power[p] += part * provider_power_use[p]
    for p in range(len(provider_load)):
        grid_flexible[city_grid[provider_city[p]]] += provider_curtailed_power[p]
    for c in range(len(city_gdp)):
        g = city_grid[c]
        city_electricity_price[c] = city_power_price[c] * power(
            1.0 + grid_load[g] / grid_other[g], power_response
        )
    for p in range(len(provider_load)):
        g = city_grid[provider_city[p]]
        spilled = grid_curtailed[g] * grid_other[g]
        used = spilled / grid_flexible[g] if grid_flexible[g] > spilled else 1.0
        provider_curtailed_power[p] *= used
        of_use = provider_curtailed_power[p] / provider_power_use[p] if provider_power_use[p] > 0.0 else 0.0
        green = provider_green_share[p] + (1.0 - provider_green_share[p]) * of_use
        provider_certificates[p] = 0.0
        dear = 0.0
        if green < certificate_quota:
            provider_certificates[p] = (certificate_quota - green) * provider_power_use[p]
            dear = (certificate_quota - green) * green_certificate_price
            green = certificate_quota
        provider_green_power[p] = green * provider_power_use[p]
        cheap = 1.0 - of_use * (1.0 - curtailed_price)
        provider_electricity_price[p] = city_electricity_price[provider_city[p]] * cheap + dear
