"""The compute exchange: one price for each kind of compute and class of work, as in a power market (M6).

Every quarter the work whose contracts ran out is auctioned against the free capacity. Centres ask and cities
bid; the price of a service is the lowest at which the capacity offered covers the demand willing to pay it.
The rounds of ``model.economy.compute_tender`` allocate the work: nearest centre first, and if capacity is
short all buyers get the same part. Everyone pays the mean price of the contracts in force.
"""

STEPS = 40  # of the bisection: the price is exact to about a trillionth of its range


def wanted_at(
    price,
    s,
    city_service_bid,
    city_service_demand,
    city_service_tender,
    city_offer_overhead,
    scratch_room,
    offer_provider,
    offer_service,
    provider_ask,
    scratch_free,
    services,
):
    """Return the demand of all cities for service ``s`` at a gate price, each where it loses least."""
    offers = len(offer_service)
    total = 0.0
    for c in range(len(city_service_demand) // services):
        least = 0.0
        for o in range(offers):
            if offer_service[o] == s:
                cell = c * offers + o
                p = offer_provider[o]
                able = scratch_room[cell] > 0.0 and scratch_free[p] > 0.0 and provider_ask[p] <= price
                if able and (least == 0.0 or city_offer_overhead[cell] < least):
                    least = city_offer_overhead[cell]
        pair = c * services + s
        if least > 0.0 and price * least <= city_service_bid[pair]:
            total += city_service_tender[pair] * city_service_demand[pair] * least
    return total


def offered_at(price, s, offer_provider, offer_service, provider_ask, scratch_free):
    """Return the capacity of the centres that sell service ``s`` and ask no more than a gate price."""
    total = 0.0
    for o in range(len(offer_service)):
        p = offer_provider[o]
        if offer_service[o] == s and provider_ask[p] <= price:
            total += scratch_free[p]
    return total


def price_of(
    s,
    taken,
    city_service_bid,
    city_service_demand,
    city_service_tender,
    city_offer_overhead,
    scratch_room,
    offer_provider,
    offer_service,
    provider_ask,
    scratch_free,
    services,
):
    """Return the lowest gate price at which service ``s`` finds capacity beyond what is ``taken``."""
    high = 0.0
    for c in range(len(city_service_demand) // services):
        if city_service_bid[c * services + s] > high:
            high = city_service_bid[c * services + s]
    low = high
    for o in range(len(offer_service)):
        p = offer_provider[o]
        if offer_service[o] == s and scratch_free[p] > 0.0 and provider_ask[p] < low:
            low = provider_ask[p]
    price = low
    for step in range(STEPS):
        wanted = wanted_at(
            price,
            s,
            city_service_bid,
            city_service_demand,
            city_service_tender,
            city_offer_overhead,
            scratch_room,
            offer_provider,
            offer_service,
            provider_ask,
            scratch_free,
            services,
        )
        offered = offered_at(price, s, offer_provider, offer_service, provider_ask, scratch_free)
        if wanted + taken > offered:
            low = price
        else:
            high = price
            if step == 0:  # the lowest ask is enough
                return price
        price = 0.5 * (low + high)
    return high


def clear_exchange(
    city_service_bid,
    city_service_demand,
    city_service_tender,
    city_offer_overhead,
    city_offer_delivered_price,
    city_offer_tender_price,
    city_offer_hosted,
    city_fee_ratio,
    offer_provider,
    offer_service,
    offer_gate_price,
    offer_load,
    provider_ask,
    service_clearing_price,
    service_kind,
    kind_standard_capacity,
    scratch_free,
    scratch_room,
    exchange_fee,
    carriage_fee,
    tender_rate,
):
    """Find the clearing price of every service, (S,), and the delivered prices that follow, (C·O,).

    Real-time work is cleared first, since few places can do it; batch work gets the capacity that is left. An
    offer that asks more than the price signs no contract this quarter. The price in force moves by the
    share of contracts that is new.
    """
    kinds = len(kind_standard_capacity)
    services = len(service_kind)
    classes = services // kinds
    offers = len(offer_service)
    for kind in range(kinds):
        taken = 0.0
        for back in range(classes):
            s = kind * classes + classes - 1 - back
            service_clearing_price[s] = price_of(
                s,
                taken,
                city_service_bid,
                city_service_demand,
                city_service_tender,
                city_offer_overhead,
                scratch_room,
                offer_provider,
                offer_service,
                provider_ask,
                scratch_free,
                services,
            )
            taken += wanted_at(
                service_clearing_price[s],
                s,
                city_service_bid,
                city_service_demand,
                city_service_tender,
                city_offer_overhead,
                scratch_room,
                offer_provider,
                offer_service,
                provider_ask,
                scratch_free,
                services,
            )
    for s in range(services):
        traded, in_force = 0.0, 0.0
        for o in range(offers):
            if offer_service[o] == s:
                traded += offer_load[o]
                in_force += offer_load[o] * offer_gate_price[o]
        fresh = service_clearing_price[s]
        price = (1.0 - tender_rate) * in_force / traded + tender_rate * fresh if traded > 0.0 else fresh
        for o in range(offers):
            if offer_service[o] == s:
                offer_gate_price[o] = price
                sells = provider_ask[offer_provider[o]] <= fresh
                for c in range(len(city_service_demand) // services):
                    cell = c * offers + o
                    fee = exchange_fee * city_fee_ratio[c] + carriage_fee * (1.0 - city_offer_hosted[cell])
                    toll = city_offer_overhead[cell] * (1.0 + fee)
                    city_offer_delivered_price[cell] = toll * price
                    city_offer_tender_price[cell] = toll * fresh
                    if not sells:
                        scratch_room[cell] = 0.0


def book_service(paid, nation_receipts, nation_centre_balance, city_centre_income, city_cloud_weight):
    """Book what cities paid for a service of the compute market: value added of the cloud's cities.

    Its profit is the country's, like that of public centres.
    """
    nation_receipts[0] += paid
    nation_centre_balance[0] += paid
    for c in range(len(city_centre_income)):
        city_centre_income[c] += city_cloud_weight[c] * paid


def pay_fees(
    offer_load,
    offer_gate_price,
    offer_provider,
    provider_price,
    provider_load,
    provider_revenue,
    nation_exchange_fees,
    nation_receipts,
    nation_centre_balance,
    city_centre_income,
    city_cloud_weight,
    exchange_fee,
):
    """Pay the exchange its share of the turnover; the price of a centre becomes its earnings per unit."""
    nation_exchange_fees[0] = 0.0
    for o in range(len(offer_load)):
        nation_exchange_fees[0] += exchange_fee * offer_load[o] * offer_gate_price[o]
    book_service(
        nation_exchange_fees[0], nation_receipts, nation_centre_balance, city_centre_income, city_cloud_weight
    )
    for p in range(len(provider_load)):
        if provider_load[p] > 0.0:
            provider_price[p] = provider_revenue[p] / provider_load[p]
