"""Delivery of compute: bills are paid, tasks travel over the network, centres deliver (M6)."""

from model.country.routes import add_link_load, carry_share

MOST_RENEWAL = 0.5  # of the central government's tax and of receipts, spent on capacity [judgement]


def bill_compute(
    city_tier_compute_spending,
    city_tier_aided_spending,
    city_tier_part_basic,
    city_tier_part_intelligent,
    city_tier_part_super,
    city_voucher_relief,
    city_voucher_paid,
    city_voucher_base,
    city_compute_bill,
    city_government_bill,
    city_compute_use,
    city_kind_demand,
    city_kind_price,
    city_service_demand,
    city_service_cloud_share,
    city_service_cloud_delivered_price,
    city_service_cloud_bill,
    service_kind,
    service_share,
    kind_standard_capacity,
    tier_weight_basic,
    tier_weight_intelligent,
    tier_weight_super,
    city_tier_intelligent_tilt,
):
    """Buy effective compute of each kind from budgets and vouchers at the city's contract prices.

    The city's government buys basic compute with its bill, in the same market. Spending is net of vouchers;
    ``aided`` is the spending of firms that may use them. ``part`` is the share of a tier in the city's bill
    for a kind, (C·T,). Industries that use more intelligent compute, the tilt, use less basic compute.
    """
    kinds = len(kind_standard_capacity)
    services = len(service_kind)
    tiers = len(tier_weight_basic)
    for c in range(len(city_voucher_relief)):
        firms_pay = 1.0 - city_voucher_relief[c]
        basic, intelligent, super_, aided = 0.0, 0.0, 0.0, 0.0
        for k in range(tiers):
            row = c * tiers + k
            full = city_tier_compute_spending[row] - city_tier_aided_spending[row]
            eligible = city_tier_aided_spending[row] / firms_pay
            gross = (full if full > 0.0 else 0.0) + eligible
            aided += eligible
            tilt = city_tier_intelligent_tilt[row]
            city_tier_part_basic[row] = gross * (
                tier_weight_basic[k] + tier_weight_intelligent[k] * (1.0 - tilt)
            )
            city_tier_part_intelligent[row] = gross * (tier_weight_intelligent[k] * tilt)
            city_tier_part_super[row] = gross * tier_weight_super[k]
            basic += city_tier_part_basic[row]
            intelligent += city_tier_part_intelligent[row]
            super_ += city_tier_part_super[row]
        basic += city_government_bill[c]
        for k in range(tiers):
            row = c * tiers + k
            city_tier_part_basic[row] = city_tier_part_basic[row] / basic if basic > 0.0 else 0.0
            part = city_tier_part_intelligent[row] / intelligent if intelligent > 0.0 else 0.0
            city_tier_part_intelligent[row] = part
            city_tier_part_super[row] = city_tier_part_super[row] / super_ if super_ > 0.0 else 0.0
        city_compute_bill[c] = (basic - city_government_bill[c]) + intelligent + super_
        city_voucher_paid[c] = aided * city_voucher_relief[c]
        city_voucher_base[c] = aided
        city_kind_demand[c * kinds] = basic / city_kind_price[c * kinds]
        city_kind_demand[c * kinds + 1] = intelligent / city_kind_price[c * kinds + 1]
        city_kind_demand[c * kinds + 2] = super_ / city_kind_price[c * kinds + 2]
        city_compute_use[c] = 0.0
        for m in range(kinds):
            city_compute_use[c] += city_kind_demand[c * kinds + m]
        for s in range(services):
            pair = c * services + s
            city_service_demand[pair] = service_share[s] * city_kind_demand[c * kinds + service_kind[s]]
            units = city_service_cloud_share[pair] * city_service_demand[pair]
            city_service_cloud_bill[pair] = units * city_service_cloud_delivered_price[pair]


def count_kinds(city_kind_demand, city_basic_use, city_intelligent_use, city_super_use):
    """Write the use of each kind of compute by city, (C,)."""
    for c in range(len(city_basic_use)):
        city_basic_use[c] = city_kind_demand[3 * c]
        city_intelligent_use[c] = city_kind_demand[3 * c + 1]
        city_super_use[c] = city_kind_demand[3 * c + 2]


def carry_tasks(
    city_service_demand,
    city_offer_share,
    city_offer_overhead,
    city_offer_flow,
    offer_provider,
    offer_service,
    offer_load,
    service_traffic,
    provider_city,
    provider_site,
    provider_load,
    route_order,
    route_parent,
    route_link,
    route_traffic,
    route_carried,
    link_load,
    link_capacity,
    scratch_city,
):
    """Send tasks to the centres under contract; a full link carries its capacity and no more.

    Writes the flow from each city (C·O,), the share of it that every route carries (H, C), and the load of
    every link (L,), Tbit/s, after the cut.
    """
    services = len(service_traffic)
    offers = len(offer_service)
    cities = len(city_service_demand) // services
    for h in range(len(route_order)):
        for c in range(cities):
            route_traffic[h, c] = 0.0
    for p in range(len(provider_load)):
        provider_load[p] = 0.0
    for o in range(offers):
        offer_load[o] = 0.0
    for c in range(cities):
        for o in range(offers):
            cell = c * offers + o
            s = offer_service[o]
            p = offer_provider[o]
            flow = city_offer_share[cell] * city_service_demand[c * services + s] * city_offer_overhead[cell]
            city_offer_flow[cell] = flow
            offer_load[o] += flow
            provider_load[p] += flow
            if c != provider_city[p]:
                route_traffic[provider_site[p], c] += flow * service_traffic[s]
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


def deliver_and_pay(
    city_offer_flow,
    city_hosted_tasks,
    city_provider_surplus,
    city_centre_income,
    city_centre_payroll,
    city_centre_investment,
    city_cloud_weight,
    city_service_demand,
    city_service_cloud_share,
    city_service_cloud_bill,
    service_kind,
    kind_cloud_demand,
    kind_cloud_price,
    kind_cloud_capacity,
    kind_unserved,
    nation_receipts,
    nation_central_tax,
    nation_centre_balance,
    offer_provider,
    offer_load,
    offer_gate_price,
    provider_city,
    provider_kind,
    provider_public,
    provider_capital_cost,
    provider_relieved,
    provider_site,
    provider_capacity,
    provider_peak_ratio,
    provider_unit_cost,
    provider_utilisation,
    provider_load,
    provider_served,
    provider_overflow,
    provider_revenue,
    provider_surplus,
    route_carried,
    scratch_asked,
    scratch_free,
    surplus_share,
    centre_local_share,
    peak_time,
    surge_price,
    cloud_reserve,
):
    """Let centres deliver, be paid, and buy in the work that they cannot do themselves.

    A centre delivers at most its capacity. Work that the network does not carry or that exceeds capacity it
    buys from the commercial cloud at its own cost, so customers pay the contract price and get all they paid
    for; it pays the cloud at most what it received. Hence load = served + overflow, served ≤
    capacity, and the payments of firms and vouchers equal the receipts of centres and cloud.

    Receipts less bought-in compute are value added in the city of the centre. A part of operating cost and of
    the cost of capacity, which is investment, is paid there, to staff and builders; the rest buys power and
    equipment from the whole country. What is left is profit, of which the city has its share;
    the rest belongs to the owner, the central government or, of a private centre, residents of the city. The
    country bears losses, as lenders or the state would; what would cost more than half of its tax and of the
    receipts of centres is not renewed. The cloud's receipts are income in its cities.

    In the peak, a part of the quarter, a centre's load is ``peak_ratio`` times the mean (1 without peaks):
    what is then beyond its capacity it buys at a surge price. ``unserved`` counts what the cloud's reserve
    cannot take: it waits until the peak is over.
    """
    cities = len(city_hosted_tasks)
    kinds = len(kind_cloud_demand)
    services = len(service_kind)
    cloud = 0.0
    nation_centre_balance[0] = 0.0
    nation_receipts[0] = 0.0
    for m in range(kinds):
        kind_cloud_demand[m] = 0.0
        kind_unserved[m] = -cloud_reserve * peak_time * kind_cloud_capacity[m]
    offers = len(offer_provider)
    providers = len(provider_city)
    for c in range(cities):
        city_hosted_tasks[c] = 0.0
        city_provider_surplus[c] = 0.0
        city_centre_income[c] = 0.0
        city_centre_payroll[c] = 0.0
        city_centre_investment[c] = 0.0
        for s in range(services):
            pair = c * services + s
            cloud += city_service_cloud_bill[pair]
            kind_cloud_demand[service_kind[s]] += city_service_cloud_share[pair] * city_service_demand[pair]
    for p in range(providers):
        scratch_asked[p] = 0.0  # work that arrives over the network
        scratch_free[p] = 0.0  # the host city's own part of it
        provider_revenue[p] = 0.0
    for c in range(cities):
        for o in range(offers):
            p = offer_provider[o]
            arrived = city_offer_flow[c * offers + o] * route_carried[provider_site[p], c]
            scratch_asked[p] += arrived
            if c == provider_city[p]:
                scratch_free[p] += city_offer_flow[c * offers + o]
    for o in range(offers):
        provider_revenue[offer_provider[o]] += offer_load[o] * offer_gate_price[o]
    cost, means = 0.0, nation_central_tax[0]
    for p in range(providers):
        cost += provider_capital_cost[p]
        means += provider_revenue[p]
    renewed = MOST_RENEWAL * means / cost if cost > MOST_RENEWAL * means else 1.0
    for p in range(providers):
        arrived = scratch_asked[p]
        capacity = provider_capacity[p]
        served = arrived if arrived < capacity else capacity
        surge = 0.0
        if provider_peak_ratio[p] > 1.0:
            peak = peak_time * arrived * provider_peak_ratio[p]
            calm = arrived - peak if arrived > peak else 0.0
            most = (1.0 - peak_time) * capacity
            surge = peak - peak_time * capacity if peak > peak_time * capacity else 0.0
            served = (calm if calm < most else most) + (peak - surge)
            served = served if served < capacity else capacity
            kind_unserved[provider_kind[p]] += surge
        provider_served[p] = served
        provider_overflow[p] = provider_load[p] - served
        provider_utilisation[p] = provider_load[p] / capacity if capacity > 0.0 else 0.0
        running = served * provider_unit_cost[p]
        cloud_price = kind_cloud_price[provider_kind[p]]
        bought = (provider_overflow[p] + surge * surge_price) * cloud_price
        bought = bought if bought < provider_revenue[p] else provider_revenue[p]
        cloud += bought
        kind_cloud_demand[provider_kind[p]] += provider_overflow[p]
        provider_surplus[p] = provider_revenue[p] - running - bought
        host = provider_city[p]
        invested = renewed * provider_capital_cost[p]
        profit = provider_surplus[p] - invested
        nation_receipts[0] += provider_revenue[p] - bought
        city_centre_income[host] += provider_revenue[p] - bought
        city_centre_payroll[host] += centre_local_share * running
        nation_centre_balance[0] += (1.0 - centre_local_share) * (running + invested)
        city_centre_investment[host] += invested
        kept = profit
        if profit > 0.0:
            taxed = 1.0 - provider_relieved[p]
            city_provider_surplus[host] += taxed * profit
            kept = (1.0 - surplus_share * taxed) * profit
        if profit > 0.0 and provider_public[p] < 0.5:
            city_centre_payroll[host] += kept
        else:
            nation_centre_balance[0] += kept
        if arrived > 0.0:
            city_hosted_tasks[host] += (arrived - scratch_free[p]) * served / arrived * cloud_price
    nation_receipts[0] += cloud
    for m in range(kinds):
        kind_unserved[m] = kind_unserved[m] if kind_unserved[m] > 0.0 else 0.0
    for c in range(cities):
        city_centre_income[c] += city_cloud_weight[c] * cloud
        city_centre_payroll[c] += city_cloud_weight[c] * cloud
