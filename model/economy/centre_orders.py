"""Centres are surveyed for, ordered, opened and closed, as governments and providers decide.

Once a year, and only in runs with ``building_slots``. All decide on the figures of the year that ends, at
the same time and without knowing of each other, so the same need can be served twice.
"""

from agents.compute_provider import unit_cost


def look_around(
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
    """A city's own capacity and its use, and what peers have for a market of its size, (C·M,).

    Capacity counts from the day it is ordered, that of centres which nobody in the model ordered from the day
    they open. Where a city has none in operation its use counts as full.
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
):  # fmt: skip
    """Capacity of kind ``m`` on order: in city ``c``, or anywhere if centres sell to other cities."""
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
    """What a centre could sell at each site and for how much, (C·M,): work that the cloud does today.

    Work within reach counts if what its city pays for the kind today, brought back to the site's gate, is
    above marginal cost there; the loss by latency is taken to first order. Centres under construction are
    taken to win their share: at home where nothing is sold to others.
    """
    kinds = len(kind_standard_capacity)
    services = len(service_kind)
    cities = len(city_hub)
    for c in range(cities):
        grant = grant_rate if city_hub[c] > 0.5 or grants_to_hubs < 0.5 else 0.0
        cost = unit_cost(city_electricity_price[c], service_cost, electricity_use, power_usage_effectiveness)
        for m in range(kinds):
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


def decide_public(
    city_hub,
    city_building_fund,
    city_kind_wish,
    city_kind_site_grant,
    city_kind_public_order,
    kind_standard_capacity,
    nation_quarter,
    building_start,
    centre_cost,
    smallest_centre,
    hubs_only,
):
    """City governments order what they wish and can pay for, one kind a year, the most wanted one.

    Where only hubs may build, other cities save in vain.
    """
    kinds = len(kind_standard_capacity)
    for c in range(len(city_hub)):
        best, most = -1, smallest_centre
        for m in range(kinds):
            cell = c * kinds + m
            city_kind_public_order[cell] = 0.0
            if kind_standard_capacity[m] > 0.0 and city_kind_wish[cell] >= most * kind_standard_capacity[m]:
                best, most = m, city_kind_wish[cell] / kind_standard_capacity[m]
        may = nation_quarter[0] >= building_start and (city_hub[c] > 0.5 or hubs_only < 0.5)
        if may and best >= 0:
            cell = c * kinds + best
            own_part = centre_cost * kind_standard_capacity[best] * (1.0 - city_kind_site_grant[cell])
            can_pay = city_building_fund[c] / own_part
            size = most if most < can_pay else can_pay
            size = size if size < 1.0 else 1.0
            if size >= smallest_centre:
                city_kind_public_order[cell] = size * kind_standard_capacity[best]


def decide_private(
    city_hub,
    city_kind_site_return,
    city_kind_site_capacity,
    city_kind_private_order,
    kind_standard_capacity,
    nation_quarter,
    building_start,
    smallest_centre,
    entry_hurdle,
    entrants_a_year,
    hubs_only,
):
    """Providers enter where they expect to earn most, at most ``entrants_a_year`` for each kind.

    They look for the largest profit beyond the hurdle, (return − hurdle) × capacity; nobody enters twice at
    a site in a year, and equal prospects are taken in the order of cities.
    """
    kinds = len(kind_standard_capacity)
    cities = len(city_hub)
    for cell in range(cities * kinds):
        city_kind_private_order[cell] = 0.0
    if nation_quarter[0] >= building_start:
        for m in range(kinds):
            for _ in range(int(entrants_a_year)):
                best, most = -1, 0.0
                for c in range(cities):
                    cell = c * kinds + m
                    capacity = city_kind_site_capacity[cell]
                    allowed = city_hub[c] > 0.5 or hubs_only < 0.5
                    if allowed and capacity >= smallest_centre * kind_standard_capacity[m]:
                        profit = (city_kind_site_return[cell] - entry_hurdle) * capacity
                        if profit > most and city_kind_private_order[cell] == 0.0:
                            best, most = c, profit
                if best >= 0:
                    cell = best * kinds + m
                    city_kind_private_order[cell] = city_kind_site_capacity[cell]


def decide_programme(
    city_hub,
    city_electricity_price,
    city_service_demand,
    city_service_cloud_share,
    city_kind_programme_order,
    service_kind,
    service_real_time,
    kind_standard_capacity,
    provider_city,
    provider_kind,
    provider_capacity,
    provider_operating,
    provider_built,
    nation_quarter,
    building_start,
    smallest_centre,
    target_utilisation,
    programme_share,
):
    """The state orders centres for work that may wait, in the hubs where power is cheapest.

    It wants capacity for ``programme_share`` of what the cloud does of that work, less what hubs have under
    construction, and spreads it evenly over the hubs with the lowest price of power, at most one standard
    centre a hub, kind and year.
    """
    kinds = len(kind_standard_capacity)
    services = len(service_kind)
    cities = len(city_hub)
    cheapest, sites = 0.0, 0.0
    for c in range(cities):
        if city_hub[c] > 0.5:
            if sites == 0.0 or city_electricity_price[c] < cheapest:
                cheapest, sites = city_electricity_price[c], 1.0
            elif city_electricity_price[c] == cheapest:
                sites += 1.0
    for cell in range(cities * kinds):
        city_kind_programme_order[cell] = 0.0
    if nation_quarter[0] < building_start or sites == 0.0:
        return
    for m in range(kinds):
        wanted = 0.0
        for c in range(cities):
            for s in range(services):
                if service_kind[s] == m and service_real_time[s] < 0.5:
                    pair = c * services + s
                    wanted += programme_share * city_service_cloud_share[pair] * city_service_demand[pair]
        wanted = wanted / target_utilisation
        for p in range(len(provider_city)):
            ordered = provider_built[p] > 0.5 and provider_operating[p] < 0.5
            if provider_kind[p] == m and ordered and city_hub[provider_city[p]] > 0.5:
                wanted -= provider_capacity[p]
        size = wanted / sites
        size = size if size < kind_standard_capacity[m] else kind_standard_capacity[m]
        for c in range(cities):
            cell = c * kinds + m
            at_hub = city_hub[c] > 0.5 and city_electricity_price[c] == cheapest
            if at_hub and size >= smallest_centre * kind_standard_capacity[m] and size > 0.0:
                city_kind_programme_order[cell] = size


def connect_offer(
    offer,
    seat,
    city_province,
    city_offer_latency,
    city_offer_hosted,
    city_offer_local,
    offers,
    site_latency,
):
    """Tell every city how far an offer is that stands in city ``seat``."""
    for j in range(len(city_province)):
        cell = j * offers + offer
        city_offer_latency[cell] = site_latency[seat, j]
        city_offer_hosted[cell] = 1.0 if j == seat else 0.0
        city_offer_local[cell] = 1.0 if city_province[j] == city_province[seat] else 0.0


def place_orders(
    city_building_fund, city_electricity_price, city_green_share, city_province,
    city_kind_programme_order, city_kind_public_order, city_kind_private_order, city_kind_site_grant,
    city_offer_latency, city_offer_hosted, city_offer_local, offer_service, service_kind,
    kind_standard_capacity, provider_city, provider_kind, provider_site, provider_opens,
    provider_capacity, provider_public, provider_taken, provider_built, provider_cost,
    provider_electricity_price, provider_green_share, site_latency, nation_quarter, nation_grants,
    building_lag, centre_cost,
):  # fmt: skip
    """Orders become centres, the state's first, then cities' and providers', as long as rows are free.

    Owner and state pay their parts; the state's own centres, which it pays in full, are run by their city.
    """
    kinds = len(kind_standard_capacity)
    classes = len(service_kind) // kinds
    cities = len(city_province)
    offers = len(offer_service)
    row = 0
    for owner in range(3):
        for cell in range(cities * kinds):
            capacity, grant = city_kind_programme_order[cell], 1.0
            if owner > 0:
                capacity = city_kind_public_order[cell] if owner == 1 else city_kind_private_order[cell]
                grant = city_kind_site_grant[cell]
            if capacity > 0.0:
                while row < len(provider_taken) and provider_taken[row] > 0.5:
                    row += 1
                if row == len(provider_taken):
                    return
                c = cell // kinds
                cost = centre_cost * capacity
                provider_city[row] = c
                provider_kind[row] = cell - c * kinds
                provider_site[row] = c
                provider_opens[row] = nation_quarter[0] + building_lag
                provider_capacity[row] = capacity
                provider_public[row] = 1.0 if owner < 2 else 0.0
                provider_taken[row] = 1.0
                provider_built[row] = 1.0
                provider_cost[row] = cost if owner == 0 else cost * (1.0 - grant)
                provider_electricity_price[row] = city_electricity_price[c]
                provider_green_share[row] = city_green_share[c]
                nation_grants[0] += cost * grant
                if owner == 1:
                    city_building_fund[c] -= provider_cost[row]
                for w in range(classes):
                    offer = row * classes + w
                    offer_service[offer] = provider_kind[row] * classes + w
                    connect_offer(
                        offer, c, city_province, city_offer_latency, city_offer_hosted, city_offer_local,
                        offers, site_latency,
                    )  # fmt: skip


def close_failed(
    provider_failing, provider_operating, provider_opens, provider_taken, provider_built, provider_capacity,
    provider_equity, provider_load, provider_utilisation, nation_failures,
):  # fmt: skip
    """A centre that fails is shut for good and its row is free again; its contracts end with it."""
    nation_failures[0] = 0.0
    for p in range(len(provider_failing)):
        if provider_failing[p] > 0.5:
            provider_failing[p] = 0.0
            provider_operating[p] = 0.0
            provider_opens[p] = 1e9
            provider_taken[p] = 0.0
            provider_built[p] = 0.0
            provider_capacity[p] = 0.0
            provider_equity[p] = 0.0
            provider_load[p] = 0.0
            provider_utilisation[p] = 0.0
            nation_failures[0] += 1.0
