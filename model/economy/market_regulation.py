"""Market power of providers, the regulator who limits it, the regulated tariff, and common units (M6).

All off by default: ``market_power``, ``regulator``, ``tariff``, ``standard_year``. The first three apply
where providers post prices; an exchange has one price for all.
"""


def discriminate_prices(
    city_offer_delivered_price,
    city_offer_tender_price,
    city_offer_suitable,
    city_offer_premium,
    city_service_cloud_delivered_price,
    offer_provider,
    offer_service,
    provider_operating,
    nation_regulating,
    market_power,
):
    """Let the cheapest provider of a city raise its price there towards the next best one (C·O,).

    It takes a part of the gap, for a full part all of it (Bertrand). A regulator who acts allows no
    discrimination: all cities have access at the posted price. [Thisse & Vives 1988, AER 78(1)]
    """
    offers = len(offer_service)
    services = len(city_service_cloud_delivered_price) // (len(city_offer_premium) // offers)
    for c in range(len(city_offer_premium) // offers):
        for s in range(services):
            best, least = -1, city_service_cloud_delivered_price[c * services + s]
            second = least
            for o in range(offers):
                cell = c * offers + o
                if offer_service[o] == s:
                    city_offer_premium[cell] = 1.0
                    open_here = provider_operating[offer_provider[o]] * city_offer_suitable[cell]
                    if open_here > 0.5 and city_offer_delivered_price[cell] < second:
                        if city_offer_delivered_price[cell] < least:
                            best, second, least = o, least, city_offer_delivered_price[cell]
                        else:
                            second = city_offer_delivered_price[cell]
            if best >= 0 and nation_regulating[0] < 0.5:
                cell = c * offers + best
                city_offer_premium[cell] = 1.0 + market_power * (second / least - 1.0)
                city_offer_delivered_price[cell] *= city_offer_premium[cell]
                city_offer_tender_price[cell] *= city_offer_premium[cell]


def average_prices(city_offer_flow, city_offer_premium, offer_load, offer_gate_price):
    """Make the price of an offer the mean that its customers pay, (O,)."""
    offers = len(offer_load)
    for o in range(offers):
        paid = 0.0
        for c in range(len(city_offer_flow) // offers):
            cell = c * offers + o
            paid += city_offer_flow[cell] * city_offer_premium[cell] * offer_gate_price[o]
        if offer_load[o] > 0.0:
            offer_gate_price[o] = paid / offer_load[o]


def watch_market(
    provider_operating,
    provider_revenue,
    provider_load,
    provider_unit_cost,
    provider_capital_cost,
    provider_capacity,
    nation_concentration,
    nation_markup,
    nation_regulating,
    target_utilisation,
    concentration_limit,
    markup_limit,
):
    """Let the regulator see concentration and mark-up over full cost, and act if either is above its limit.

    Full cost: marginal cost, and capital cost at the target use.
    """
    sales, squares, cost = 0.0, 0.0, 0.0
    for p in range(len(provider_revenue)):
        if provider_operating[p] > 0.5 and provider_capacity[p] > 0.0:
            capital = provider_capital_cost[p] / (target_utilisation * provider_capacity[p])
            sales += provider_revenue[p]
            squares += provider_revenue[p] * provider_revenue[p]
            cost += provider_load[p] * (provider_unit_cost[p] + capital)
    nation_concentration[0] = squares / (sales * sales) if sales > 0.0 else 0.0
    nation_markup[0] = sales / cost - 1.0 if cost > 0.0 else 0.0
    acts = nation_concentration[0] > concentration_limit or nation_markup[0] > markup_limit
    nation_regulating[0] = 1.0 if acts else 0.0


def cap_prices(
    provider_price,
    provider_unit_cost,
    provider_capital_cost,
    provider_capacity,
    nation_regulating,
    target_utilisation,
    markup_limit,
):
    """Hold posted prices to the regulator's ceiling: full cost and the largest mark-up allowed."""
    if nation_regulating[0] > 0.5:
        for p in range(len(provider_price)):
            if provider_capacity[p] > 0.0:
                capital = provider_capital_cost[p] / (target_utilisation * provider_capacity[p])
                most = (provider_unit_cost[p] + capital) * (1.0 + markup_limit)
                if provider_price[p] > most:
                    provider_price[p] = most


def set_tariffs(
    provider_price, provider_unit_cost, provider_standing_charge, provider_kind, kind_cloud_price
):
    """Set the regulated tariff in two parts, marginal cost and standing charge; at most the cloud's price."""
    for p in range(len(provider_price)):
        tariff = provider_unit_cost[p] + provider_standing_charge[p]
        most = kind_cloud_price[provider_kind[p]]
        most = most if most > provider_unit_cost[p] else provider_unit_cost[p]
        provider_price[p] = tariff if tariff < most else most


def count_standards(
    city_compute_use,
    city_standard,
    provider_capacity,
    provider_operating,
    provider_certified,
    nation_standard_share,
    nation_certified_share,
):
    """Measure how far common units have spread: their part of the compute used, and of capacity."""
    use, common = 0.0, 0.0
    for c in range(len(city_compute_use)):
        use += city_compute_use[c]
        common += city_standard[c] * city_compute_use[c]
    nation_standard_share[0] = common / use if use > 0.0 else 0.0
    capacity, certified = 0.0, 0.0
    for p in range(len(provider_capacity)):
        capacity += provider_operating[p] * provider_capacity[p]
        certified += provider_operating[p] * provider_capacity[p] * provider_certified[p]
    nation_certified_share[0] = certified / capacity if capacity > 0.0 else 0.0
