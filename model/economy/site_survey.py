"""Surveys before centres are ordered: the capacity of cities and peers, and the earnings at each site.

Once a year, and only in runs with ``building_slots``.
"""

from agents.compute_provider import unit_cost


def compare_with_peers(
    city_market,
    city_kind_capacity,
    city_kind_local_utilisation,
    city_kind_peer_capacity,
    kind_standard_capacity,
    provider_city,
    provider_kind,
    provider_capacity,
    provider_operating,
    provider_built,
    provider_load,
    city_peers,
    scratch_used,
):
    """Measure each city's capacity, its utilisation, and that of its peers for a market of its size, (C·M,).

    Capacity ordered in the model counts from the day of the order, that of the scenario's centres from the
    day they open. A city without centres in operation counts as fully used.
    """
    kinds = len(kind_standard_capacity)
    cities = len(city_market)
    for cell in range(cities * kinds):
        city_kind_capacity[cell] = 0.0
        scratch_used[cell] = 0.0
        city_kind_local_utilisation[cell] = 0.0
    for p in range(len(provider_city)):
        cell = provider_city[p] * kinds + provider_kind[p]
        if provider_built[p] > 0.5 or provider_operating[p] > 0.5:
            city_kind_capacity[cell] += provider_capacity[p]
        if provider_operating[p] > 0.5:
            city_kind_local_utilisation[cell] += provider_capacity[p]
            scratch_used[cell] += provider_load[p]
    for cell in range(cities * kinds):
        working = city_kind_local_utilisation[cell]
        city_kind_local_utilisation[cell] = scratch_used[cell] / working if working > 0.0 else 1.0
    for c in range(cities):
        for m in range(kinds):
            have, market = 0.0, 0.0
            for k in range(city_peers.shape[1]):
                peer = city_peers[c, k]
                if peer >= 0:
                    have += city_kind_capacity[peer * kinds + m]
                    market += city_market[peer]
            ratio = have / market if market > 0.0 else 0.0
            city_kind_peer_capacity[c * kinds + m] = ratio * city_market[c]


def under_construction(
    c, m, provider_city, provider_kind, provider_capacity, provider_operating, provider_built, remote_access
):
    """Return the capacity of kind ``m`` on order in city ``c``; anywhere, if centres sell to other cities."""
    total = 0.0
    for p in range(len(provider_city)):
        reaches = provider_city[p] == c or remote_access > 0.5
        ordered = provider_built[p] > 0.5 and provider_operating[p] < 0.5
        if provider_kind[p] == m and ordered and reaches:
            total += provider_capacity[p]
    return total


def survey_sites(
    city_kind_site_demand,
    city_kind_site_price,
    city_kind_site_unit_cost,
    city_kind_site_grant,
    city_electricity_price,
    city_hub,
    city_service_demand,
    city_service_cloud_share,
    city_kind_price,
    service_kind,
    service_latency_penalty,
    service_latency_limit,
    kind_standard_capacity,
    kind_cost_level,
    provider_city,
    provider_kind,
    provider_capacity,
    provider_operating,
    provider_built,
    site_latency,
    service_cost,
    electricity_use,
    power_usage_effectiveness,
    interoperability_friction,
    remote_access,
    grant_rate,
    grants_to_hubs,
):
    """Estimate demand and price for a centre at each site, (C·M,), from the work that the cloud now does.

    Work within reach counts if the price its city pays for the kind, net of transport to the site, is above
    marginal cost there; the loss from latency is taken to first order. Centres under construction are assumed
    to win their share, in their own city if centres sell to no other.
    """
    kinds = len(kind_standard_capacity)
    services = len(service_kind)
    cities = len(city_hub)
    for c in range(cities):
        grant = grant_rate if city_hub[c] > 0.5 or grants_to_hubs < 0.5 else 0.0
        for m in range(kinds):
            cost = unit_cost(
                city_electricity_price[c],
                kind_cost_level[m],
                service_cost,
                electricity_use,
                power_usage_effectiveness,
            )
            cell = c * kinds + m
            units, value = 0.0, 0.0
            for j in range(cities):
                if j == c or remote_access > 0.5:
                    latency = site_latency[c, j]
                    for s in range(services):
                        pair = j * services + s
                        within = j == c or latency <= service_latency_limit[s]
                        if service_kind[s] == m and within:
                            friction = 1.0 if j == c else 1.0 + interoperability_friction
                            loss = friction * (1.0 + service_latency_penalty[s] * latency / 10.0)
                            price = city_kind_price[j * kinds + m] / loss
                            if price > cost:
                                work = city_service_cloud_share[pair] * city_service_demand[pair] * loss
                                units += work
                                value += work * price
            city_kind_site_price[cell] = value / units if units > 0.0 else 0.0
            units -= under_construction(
                c,
                m,
                provider_city,
                provider_kind,
                provider_capacity,
                provider_operating,
                provider_built,
                remote_access,
            )
            city_kind_site_demand[cell] = units if units > 0.0 else 0.0
            city_kind_site_unit_cost[cell] = cost
            city_kind_site_grant[cell] = grant
