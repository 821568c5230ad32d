"""Orders of centres by cities, providers and the state, and the centres that they become.

Once a year, and only in runs with ``building_slots``. All decide at the same time on the figures of the year
that ends, without knowing of each other's orders, so the same demand may be served twice.
"""


def order_public_centres(
    city_hub,
    city_building_fund,
    city_kind_wish,
    city_kind_site_grant,
    city_kind_public_order,
    kind_standard_capacity,
    kind_cost_level,
    nation_quarter,
    nation_building_price,
    nation_city_credit,
    building_start,
    centre_cost,
    smallest_centre,
    hubs_only,
):
    """Let each city government order the kind it wants most, up to the size it can pay for; one kind a year.

    If only hubs may build, the savings of other cities buy nothing.
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
            price = centre_cost * kind_cost_level[best] * nation_building_price[0]
            cost = price * kind_standard_capacity[best]
            own_part = cost * (1.0 - city_kind_site_grant[cell]) * (1.0 - nation_city_credit[0])
            can_pay = city_building_fund[c] / own_part
            size = most if most < can_pay else can_pay
            size = size if size < 1.0 else 1.0
            if size >= smallest_centre:
                city_kind_public_order[cell] = size * kind_standard_capacity[best]


def order_private_centres(
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
    """Let providers enter where they expect the largest profit, at most ``entrants_a_year`` of each kind.

    Profit beyond the hurdle: (return − hurdle) × capacity. At most one enters at a site in a year; ties go to
    the first city.
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


def order_programme_centres(
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
    """Let the state order centres for work that may wait, in the hubs with the lowest price of power.

    The order is for ``programme_share`` of such work that the cloud now does, less the capacity that hubs
    have under construction, in equal parts over these hubs, at most one standard centre per hub, kind and
    year.
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
    """Write the latency of an offer from city ``seat`` to every city, and whether it is local to it."""
    for j in range(len(city_province)):
        cell = j * offers + offer
        city_offer_latency[cell] = site_latency[seat, j]
        city_offer_hosted[cell] = 1.0 if j == seat else 0.0
        city_offer_local[cell] = 1.0 if city_province[j] == city_province[seat] else 0.0


def place_orders(
    city_building_fund,
    city_electricity_price,
    city_green_share,
    city_province,
    city_kind_programme_order,
    city_kind_public_order,
    city_kind_private_order,
    city_kind_site_grant,
    city_offer_latency,
    city_offer_hosted,
    city_offer_local,
    offer_service,
    service_kind,
    kind_standard_capacity,
    kind_cost_level,
    provider_city,
    provider_kind,
    provider_site,
    provider_opens,
    provider_size,
    provider_capacity,
    provider_public,
    provider_taken,
    provider_built,
    provider_cost,
    provider_electricity_price,
    provider_green_share,
    site_latency,
    nation_quarter,
    nation_grants,
    nation_building_price,
    nation_building_wait,
    nation_city_credit,
    building_lag,
    centre_cost,
):
    """Turn orders into centres while rows are free: first the state's, then those of cities and providers.

    Owner and state each pay their part; the state pays its own centres in full, and their city runs them.
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
                cost = centre_cost * kind_cost_level[cell - c * kinds] * nation_building_price[0] * capacity
                provider_city[row] = c
                provider_kind[row] = cell - c * kinds
                provider_site[row] = c
                provider_opens[row] = nation_quarter[0] + building_lag + nation_building_wait[0]
                provider_size[row] = capacity / kind_standard_capacity[provider_kind[row]]
                provider_capacity[row] = capacity
                provider_public[row] = 1.0 if owner < 2 else 0.0
                provider_taken[row] = 1.0
                provider_built[row] = 1.0
                provider_cost[row] = cost if owner == 0 else cost * (1.0 - grant)
                provider_electricity_price[row] = city_electricity_price[c]
                provider_green_share[row] = city_green_share[c]
                nation_grants[0] += cost * grant
                if owner == 1:
                    city_building_fund[c] -= provider_cost[row] * (1.0 - nation_city_credit[0])
                for w in range(classes):
                    offer = row * classes + w
                    offer_service[offer] = provider_kind[row] * classes + w
                    connect_offer(
                        offer,
                        c,
                        city_province,
                        city_offer_latency,
                        city_offer_hosted,
                        city_offer_local,
                        offers,
                        site_latency,
                    )
