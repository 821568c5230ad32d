"""The compute market: contracts over the network, rival capacity, links that bind (M6).

Compute itself cannot travel; tasks do. A city's use of each kind is split over contracts with centres
and the commercial cloud. Every quarter a part of all contracts is tendered anew and goes to whoever
delivers cheapest and has capacity free, so a second centre at the same place and price changes no
price and no quantity bought (no love of variety), and a dearer one changes nothing at all.
"""

from model.routes import add_link_load, carry_share


def reachable(hosted, carried, remote_access):
    """Whether a city may sign with a centre: in its own walls, or over a route that carried all traffic."""
    return hosted > 0.5 or (remote_access > 0.5 and carried >= 1.0)


def ask_cheapest(
    c,
    city_provider_delivered_price,
    city_provider_hosted,
    city_kind_cloud_delivered_price,
    city_kind_tender,
    provider_kind,
    provider_site,
    route_carried,
    scratch_free,
    scratch_best,
    scratch_ties,
    scratch_request,
    kinds,
    remote_access,
):
    """What city ``c`` asks for in this round, as parts of its use, (C·P,); true if it asks for anything."""
    providers = len(provider_kind)
    for m in range(kinds):
        scratch_best[m] = city_kind_cloud_delivered_price[c * kinds + m]
        scratch_ties[m] = 0.0
    for p in range(providers):
        cell = c * providers + p
        scratch_request[cell] = 0.0
        if scratch_free[p] > 0.0:
            carried = route_carried[provider_site[p], c]
            if reachable(city_provider_hosted[cell], carried, remote_access):
                m = provider_kind[p]
                price = city_provider_delivered_price[cell]
                if price < scratch_best[m]:
                    scratch_best[m] = price
                    scratch_ties[m] = scratch_free[p]
                elif price == scratch_best[m] and scratch_ties[m] > 0.0:
                    scratch_ties[m] += scratch_free[p]
    asks = False
    for p in range(providers):
        cell = c * providers + p
        m = provider_kind[p]
        tender = city_kind_tender[c * kinds + m]
        if scratch_free[p] > 0.0 and scratch_ties[m] > 0.0 and tender > 1e-12:
            carried = route_carried[provider_site[p], c]
            cheapest = city_provider_delivered_price[cell] == scratch_best[m]
            if cheapest and reachable(city_provider_hosted[cell], carried, remote_access):
                scratch_request[cell] = tender * scratch_free[p] / scratch_ties[m]
                asks = True
    return asks


def open_tender(
    city_provider_share,
    city_provider_overhead,
    provider_kind,
    provider_operating,
    provider_capacity,
    city_kind_demand,
    city_kind_cloud_share,
    city_kind_tender,
    kind_traffic,
    scratch_free,
    tender_rate,
    maximum_load,
):
    """Let part of all contracts run out, and see what capacity is free once the kept ones are honoured."""
    kinds = len(kind_traffic)
    providers = len(provider_kind)
    cities = len(city_kind_demand) // kinds
    for p in range(providers):
        scratch_free[p] = maximum_load * provider_capacity[p] * provider_operating[p]
    for c in range(cities):
        for m in range(kinds):
            city_kind_cloud_share[c * kinds + m] *= 1.0 - tender_rate
            city_kind_tender[c * kinds + m] = 1.0 - city_kind_cloud_share[c * kinds + m]
        for p in range(providers):
            cell = c * providers + p
            pair = c * kinds + provider_kind[p]
            city_provider_share[cell] *= (1.0 - tender_rate) * provider_operating[p]
            city_kind_tender[pair] -= city_provider_share[cell]
            kept = city_provider_share[cell] * city_kind_demand[pair]
            scratch_free[p] -= kept * city_provider_overhead[cell]
    for p in range(providers):
        if scratch_free[p] < 0.0:
            scratch_free[p] = 0.0


def award_tender(
    city_provider_delivered_price,
    city_provider_overhead,
    city_provider_share,
    city_provider_hosted,
    provider_kind,
    provider_site,
    city_kind_demand,
    city_kind_cloud_delivered_price,
    city_kind_tender,
    kind_traffic,
    route_carried,
    scratch_free,
    scratch_asked,
    scratch_best,
    scratch_ties,
    scratch_request,
    remote_access,
):
    """Give the tendered use to the cheapest free capacity; write shares, (C·P,).

    In rounds: each city asks the cheapest centre that is cheaper than the cloud, has capacity free and
    a route not full; equally cheap ones share by free capacity; a centre asked for more than it has
    grants all askers the same part. Every round fills at least one centre or ends the tender, so there
    are at most P + 1.
    """
    kinds = len(kind_traffic)
    providers = len(provider_kind)
    cities = len(city_kind_demand) // kinds
    asking = providers > 0
    while asking:
        asking = False
        for p in range(providers):
            scratch_asked[p] = 0.0
        for c in range(cities):
            asks = ask_cheapest(
                c, city_provider_delivered_price, city_provider_hosted, city_kind_cloud_delivered_price,
                city_kind_tender, provider_kind, provider_site, route_carried, scratch_free, scratch_best,
                scratch_ties, scratch_request, kinds, remote_access,
            )  # fmt: skip
            if asks:
                asking = True
                for p in range(providers):
                    cell = c * providers + p
                    demand = city_kind_demand[c * kinds + provider_kind[p]]
                    scratch_asked[p] += scratch_request[cell] * demand * city_provider_overhead[cell]
        for p in range(providers):
            # From here to the end of the round ``asked`` holds the part that is granted.
            if scratch_asked[p] > scratch_free[p]:
                scratch_asked[p] = scratch_free[p] / scratch_asked[p]
                scratch_free[p] = 0.0
            else:
                scratch_free[p] -= scratch_asked[p]
                scratch_asked[p] = 1.0
        for c in range(cities):
            for p in range(providers):
                cell = c * providers + p
                granted = scratch_request[cell] * scratch_asked[p]
                city_provider_share[cell] += granted
                city_kind_tender[c * kinds + provider_kind[p]] -= granted


def price_contracts(
    city_provider_delivered_price,
    city_provider_share,
    provider_kind,
    city_kind_cloud_delivered_price,
    city_kind_cloud_share,
    city_kind_price,
    city_kind_tender,
    city_price_basic,
    city_price_intelligent,
    city_price_super,
    kind_traffic,
):
    """What no centre granted goes to the commercial cloud; the price of a kind is the mean over contracts."""
    kinds = len(kind_traffic)
    providers = len(provider_kind)
    for c in range(len(city_price_basic)):
        for m in range(kinds):
            pair = c * kinds + m
            if city_kind_tender[pair] > 0.0:
                city_kind_cloud_share[pair] += city_kind_tender[pair]
            city_kind_price[pair] = city_kind_cloud_share[pair] * city_kind_cloud_delivered_price[pair]
        for p in range(providers):
            cell = c * providers + p
            pair = c * kinds + provider_kind[p]
            city_kind_price[pair] += city_provider_share[cell] * city_provider_delivered_price[cell]
        city_price_basic[c] = city_kind_price[c * kinds]
        city_price_intelligent[c] = city_kind_price[c * kinds + 1]
        city_price_super[c] = city_kind_price[c * kinds + 2]


def bill_compute(
    city_tier_compute_spending,
    city_voucher_rate,
    city_voucher_paid,
    city_compute_bill,
    city_compute_use,
    city_kind_demand,
    city_kind_price,
    city_kind_cloud_share,
    city_kind_cloud_delivered_price,
    city_kind_cloud_bill,
    kind_traffic,
    tier_weight_basic,
    tier_weight_intelligent,
    tier_weight_super,
):
    """Budgets and vouchers buy effective compute of each kind at the city's contract prices."""
    kinds = len(kind_traffic)
    tiers = len(tier_weight_basic)
    for c in range(len(city_voucher_rate)):
        firms_pay = 1.0 - city_voucher_rate[c]
        basic, intelligent, super_ = 0.0, 0.0, 0.0
        for k in range(tiers):
            gross = city_tier_compute_spending[c * tiers + k] / firms_pay
            basic += gross * tier_weight_basic[k]
            intelligent += gross * tier_weight_intelligent[k]
            super_ += gross * tier_weight_super[k]
        city_compute_bill[c] = basic + intelligent + super_
        city_voucher_paid[c] = city_compute_bill[c] * city_voucher_rate[c]
        city_kind_demand[c * kinds] = basic / city_kind_price[c * kinds]
        city_kind_demand[c * kinds + 1] = intelligent / city_kind_price[c * kinds + 1]
        city_kind_demand[c * kinds + 2] = super_ / city_kind_price[c * kinds + 2]
        city_compute_use[c] = 0.0
        for m in range(kinds):
            pair = c * kinds + m
            city_compute_use[c] += city_kind_demand[pair]
            units = city_kind_cloud_share[pair] * city_kind_demand[pair]
            city_kind_cloud_bill[pair] = units * city_kind_cloud_delivered_price[pair]


def carry_tasks(
    city_kind_demand,
    city_provider_share,
    city_provider_overhead,
    city_provider_flow,
    provider_city,
    provider_kind,
    provider_site,
    provider_load,
    kind_traffic,
    route_order,
    route_parent,
    route_link,
    route_traffic,
    route_carried,
    link_load,
    link_capacity,
    scratch_city,
):
    """Tasks travel to the centres under contract; a full link carries its capacity and no more.

    Writes what each city sends (C·P,), the share of it that every route carries (H, C), and the load
    of every link (L,), Tbit/s, after cutting back.
    """
    kinds = len(kind_traffic)
    providers = len(provider_kind)
    cities = len(city_kind_demand) // kinds
    for h in range(len(route_order)):
        for c in range(cities):
            route_traffic[h, c] = 0.0
    for p in range(providers):
        provider_load[p] = 0.0
    for c in range(cities):
        for p in range(providers):
            cell = c * providers + p
            demand = city_kind_demand[c * kinds + provider_kind[p]]
            flow = city_provider_share[cell] * demand * city_provider_overhead[cell]
            city_provider_flow[cell] = flow
            provider_load[p] += flow
            if c != provider_city[p]:
                route_traffic[provider_site[p], c] += flow * kind_traffic[provider_kind[p]]
    for k in range(len(link_load)):
        link_load[k] = 0.0
    add_link_load(route_order, route_parent, route_link, route_traffic, scratch_city, link_load)
    carry_share(route_order, route_parent, route_link, link_load, link_capacity, route_carried)
    for h in range(len(route_order)):
        for c in range(cities):
            route_traffic[h, c] *= route_carried[h, c]
    for k in range(len(link_load)):
        link_load[k] = 0.0
    add_link_load(route_order, route_parent, route_link, route_traffic, scratch_city, link_load)


def settle_centres(
    city_provider_flow,
    city_hosted_tasks,
    city_provider_surplus,
    provider_city,
    provider_site,
    provider_capacity,
    provider_unit_cost,
    provider_price,
    provider_utilisation,
    provider_load,
    provider_served,
    provider_overflow,
    provider_revenue,
    provider_surplus,
    route_carried,
    scratch_asked,
    cloud_price,
):
    """Centres deliver, are paid, and buy in what they cannot deliver themselves.

    A centre delivers at most its capacity. What does not get through the network, or finds no room, it
    buys from the commercial cloud at its own cost, so customers pay the contract price and get what
    they paid for. Hence load = served + overflow and served ≤ capacity, and what firms and vouchers
    pay is what centres and cloud receive.
    """
    cities = len(city_hosted_tasks)
    providers = len(provider_city)
    for c in range(cities):
        city_hosted_tasks[c] = 0.0
        city_provider_surplus[c] = 0.0
    for p in range(providers):
        scratch_asked[p] = 0.0
    for c in range(cities):
        for p in range(providers):
            scratch_asked[p] += city_provider_flow[c * providers + p] * route_carried[provider_site[p], c]
    for p in range(providers):
        arrived = scratch_asked[p]
        capacity = provider_capacity[p]
        served = arrived if arrived < capacity else capacity
        provider_served[p] = served
        provider_overflow[p] = provider_load[p] - served
        provider_utilisation[p] = provider_load[p] / capacity if capacity > 0.0 else 0.0
        provider_revenue[p] = provider_load[p] * provider_price[p]
        cost = served * provider_unit_cost[p] + provider_overflow[p] * cloud_price
        provider_surplus[p] = provider_revenue[p] - cost
        host = provider_city[p]
        if provider_surplus[p] > 0.0:
            city_provider_surplus[host] += provider_surplus[p]
        if arrived > 0.0:
            own = city_provider_flow[host * providers + p]
            city_hosted_tasks[host] += (arrived - own) * served / arrived
