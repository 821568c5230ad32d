"""The compute market: contracts over the network, rival capacity, two classes of work (M6).

Compute itself cannot travel; tasks do. A city's use of a service (a kind of compute for one class of
work) is split over contracts with centres and the commercial cloud. Every quarter a share of all contracts
is tendered and goes to the cheapest supplier with free capacity. Hence a second centre at the same place and
price changes no price and no quantity (no love of variety), and a dearer one changes nothing.
"""


def can_take(free, room, hosted, carried):
    """Return whether an offer has free capacity, suitable work and a route that is not full."""
    return free > 0.0 and room > 1e-12 and (hosted > 0.5 or carried >= 1.0)


def ask_cheapest(
    c,
    city_offer_tender_price,
    city_service_cloud_delivered_price,
    city_service_tender,
    offer_provider,
    offer_service,
    provider_site,
    route_carried,
    city_offer_hosted,
    scratch_free,
    scratch_best,
    scratch_ties,
    scratch_room,
    scratch_request,
    services,
):
    """Write the requests of city ``c`` as shares of its use, (C·O,); return whether there are any.

    It asks the cheapest of the centres that are cheaper than the cloud, have free capacity, may do more of
    its work and lie on a route that carried all traffic; equally cheap ones in proportion to free capacity.
    """
    offers = len(offer_service)
    for s in range(services):
        scratch_best[s] = city_service_cloud_delivered_price[c * services + s]
        scratch_ties[s] = 0.0
    for o in range(offers):
        cell = c * offers + o
        p = offer_provider[o]
        scratch_request[cell] = 0.0
        carried = route_carried[provider_site[p], c]
        if can_take(scratch_free[p], scratch_room[cell], city_offer_hosted[cell], carried):
            s = offer_service[o]
            price = city_offer_tender_price[cell]
            if price < scratch_best[s]:
                scratch_best[s] = price
                scratch_ties[s] = scratch_free[p]
            elif price == scratch_best[s] and scratch_ties[s] > 0.0:
                scratch_ties[s] += scratch_free[p]
    asks = False
    for o in range(offers):
        cell = c * offers + o
        p = offer_provider[o]
        s = offer_service[o]
        tender = city_service_tender[c * services + s]
        cheapest = scratch_ties[s] > 0.0 and city_offer_tender_price[cell] == scratch_best[s]
        carried = route_carried[provider_site[p], c]
        able = can_take(scratch_free[p], scratch_room[cell], city_offer_hosted[cell], carried)
        if cheapest and able and tender > 1e-12:
            wanted = tender * scratch_free[p] / scratch_ties[s]
            scratch_request[cell] = wanted if wanted < scratch_room[cell] else scratch_room[cell]
            asks = True
    return asks


def open_tender(
    city_offer_share,
    city_offer_suitable,
    city_offer_overhead,
    city_offer_tender_price,
    city_service_cloud_delivered_price,
    offer_provider,
    offer_service,
    service_kind,
    provider_operating,
    provider_opens,
    provider_capacity,
    provider_peak_ratio,
    provider_dedicated,
    provider_industry,
    city_tier_part_basic,
    city_tier_part_intelligent,
    city_tier_part_super,
    tier_weight_basic,
    city_service_demand,
    city_service_cloud_share,
    city_service_tender,
    scratch_free,
    scratch_room,
    nation_quarter,
    tender_rate,
    maximum_load,
):
    """Let a share of all contracts run out, and compute the capacity that the remaining ones leave free.

    A customer may leave: a contract that has become dearer than the cloud ends at once. A
    centre that opens in this quarter has no contracts: those of an earlier centre in its row have ended. A
    dedicated centre does at most its industry's share of a city's work. A centre signs no more
    than it can do in the peak. ``scratch_room`` is the further share of its use that a city may give to an
    offer, (C·O,).
    """
    services = len(service_kind)
    offers = len(offer_service)
    tiers = len(tier_weight_basic)
    cities = len(city_service_demand) // services
    for p in range(len(provider_capacity)):
        scratch_free[p] = maximum_load * provider_capacity[p] * provider_operating[p] / provider_peak_ratio[p]
    for c in range(cities):
        for s in range(services):
            city_service_cloud_share[c * services + s] *= 1.0 - tender_rate
            city_service_tender[c * services + s] = 1.0 - city_service_cloud_share[c * services + s]
        for o in range(offers):
            cell = c * offers + o
            p = offer_provider[o]
            most = city_offer_suitable[cell] * provider_operating[p]
            if provider_dedicated[p] > 0.5:
                kind = service_kind[offer_service[o]]
                row = c * tiers + provider_industry[p]
                if kind == 0:
                    most *= city_tier_part_basic[row]
                elif kind == 1:
                    most *= city_tier_part_intelligent[row]
                else:
                    most *= city_tier_part_super[row]
            kept = (1.0 - tender_rate) * city_offer_share[cell]
            kept = kept if provider_opens[p] <= nation_quarter[0] - 1.0 else 0.0
            kept = kept if kept < most else most
            if (
                city_offer_tender_price[cell]
                > city_service_cloud_delivered_price[c * services + offer_service[o]]
            ):
                kept = 0.0
            city_offer_share[cell] = kept
            scratch_room[cell] = most - kept
            pair = c * services + offer_service[o]
            city_service_tender[pair] -= kept
            scratch_free[p] -= kept * city_service_demand[pair] * city_offer_overhead[cell]
    for p in range(len(provider_capacity)):
        if scratch_free[p] < 0.0:
            scratch_free[p] = 0.0


def award_tender(
    city_offer_tender_price,
    city_offer_overhead,
    city_offer_share,
    city_offer_hosted,
    offer_provider,
    offer_service,
    service_kind,
    provider_site,
    city_service_demand,
    city_service_cloud_delivered_price,
    city_service_tender,
    route_carried,
    scratch_free,
    scratch_asked,
    scratch_best,
    scratch_ties,
    scratch_room,
    scratch_request,
):
    """Allocate the tendered use to the cheapest free capacity; write shares, (C·O,).

    In rounds: each city asks its cheapest centres, and a centre asked for more than it has grants every
    request the same fraction. Every round fills a centre, fills an offer for a city, or ends the tender.
    """
    services = len(service_kind)
    offers = len(offer_service)
    providers = len(scratch_free)
    cities = len(city_service_demand) // services
    asking = offers > 0
    while asking:
        asking = False
        for p in range(providers):
            scratch_asked[p] = 0.0
        for c in range(cities):
            asks = ask_cheapest(
                c,
                city_offer_tender_price,
                city_service_cloud_delivered_price,
                city_service_tender,
                offer_provider,
                offer_service,
                provider_site,
                route_carried,
                city_offer_hosted,
                scratch_free,
                scratch_best,
                scratch_ties,
                scratch_room,
                scratch_request,
                services,
            )
            if asks:
                asking = True
                for o in range(offers):
                    cell = c * offers + o
                    demand = city_service_demand[c * services + offer_service[o]]
                    asked = scratch_request[cell] * demand * city_offer_overhead[cell]
                    scratch_asked[offer_provider[o]] += asked
        for p in range(providers):
            # From here to the end of the round ``asked`` holds the fraction that is granted.
            if scratch_asked[p] > scratch_free[p]:
                scratch_asked[p] = scratch_free[p] / scratch_asked[p]
                scratch_free[p] = 0.0
            else:
                scratch_free[p] -= scratch_asked[p]
                scratch_asked[p] = 1.0
        for c in range(cities):
            for o in range(offers):
                cell = c * offers + o
                granted = scratch_request[cell] * scratch_asked[offer_provider[o]]
                city_offer_share[cell] += granted
                scratch_room[cell] -= granted
                city_service_tender[c * services + offer_service[o]] -= granted


def price_contracts(
    city_offer_delivered_price,
    city_offer_share,
    city_offer_local,
    offer_service,
    service_kind,
    service_share,
    city_service_cloud_delivered_price,
    city_service_cloud_share,
    city_service_tender,
    city_kind_price,
    city_kind_demand,
    city_price_basic,
    city_price_intelligent,
    city_price_super,
    city_voucher_scope,
    kind_standard_capacity,
    voucher_local_supply,
):
    """Give the rest to the commercial cloud and average the price of each kind over contracts.

    ``voucher_scope`` is the share of the city's bill that vouchers may pay: all of it or, if they are valid
    in the province's own centres only, the share of these.
    """
    kinds = len(kind_standard_capacity)
    services = len(service_kind)
    offers = len(offer_service)
    for c in range(len(city_price_basic)):
        for m in range(kinds):
            city_kind_price[c * kinds + m] = 0.0
        for s in range(services):
            pair = c * services + s
            if city_service_tender[pair] > 0.0:
                city_service_cloud_share[pair] += city_service_tender[pair]
            paid = city_service_cloud_share[pair] * city_service_cloud_delivered_price[pair]
            city_kind_price[c * kinds + service_kind[s]] += service_share[s] * paid
        local = 0.0
        for o in range(offers):
            cell = c * offers + o
            s = offer_service[o]
            paid = service_share[s] * (city_offer_share[cell] * city_offer_delivered_price[cell])
            city_kind_price[c * kinds + service_kind[s]] += paid
            local += city_offer_local[cell] * paid * city_kind_demand[c * kinds + service_kind[s]]
        bill = 0.0
        for m in range(kinds):
            bill += city_kind_price[c * kinds + m] * city_kind_demand[c * kinds + m]
        scope = local / bill if bill > 0.0 else 0.0
        city_voucher_scope[c] = scope if voucher_local_supply > 0.5 else 1.0
        city_price_basic[c] = city_kind_price[c * kinds]
        city_price_intelligent[c] = city_kind_price[c * kinds + 1]
        city_price_super[c] = city_kind_price[c * kinds + 2]
