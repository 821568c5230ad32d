"""A second exchange: cities choose a platform, providers are listed, organisers set their fees (M6).

Off by default: ``rival_platform``, in runs with ``exchange``. One price clears both, since brokers trade
between them; they compete by fee and by the centres that are listed.
"""

from agents.elementary import exp
from model.economy.compute_exchange import book_service


def is_listed(p, platform, provider_both_platforms):
    """Return whether a centre is listed on a platform: even rows have their home on the first."""
    home = p - 2 * (p // 2)
    return home == platform or provider_both_platforms[p] > 0.5


def choose_platforms(
    city_platform,
    city_fee_ratio,
    city_service_demand,
    city_service_cloud_delivered_price,
    city_offer_overhead,
    offer_provider,
    offer_service,
    provider_ask,
    provider_both_platforms,
    scratch_free,
    scratch_room,
    nation_first_fee,
    nation_rival_fee,
    exchange_fee,
):
    """Let each city buy where its work is likely to cost less, fee included, from centres listed there."""
    offers = len(offer_service)
    cities = len(city_platform)
    services = len(city_service_demand) // cities
    for c in range(cities):
        costs = 0.0  # of the rival, less of the first
        for platform in range(2):
            ratio = nation_first_fee[0] if platform == 0 else nation_rival_fee[0]
            for s in range(services):
                pair = c * services + s
                best = city_service_cloud_delivered_price[pair]
                for o in range(offers):
                    p = offer_provider[o]
                    cell = c * offers + o
                    able = offer_service[o] == s and scratch_free[p] > 0.0 and scratch_room[cell] > 0.0
                    if able and is_listed(p, platform, provider_both_platforms):
                        cost = city_offer_overhead[cell] * provider_ask[p] * (1.0 + exchange_fee * ratio)
                        best = cost if cost < best else best
                costs += city_service_demand[pair] * best * (1.0 if platform == 1 else -1.0)
        if costs < 0.0:
            city_platform[c] = 1.0
        elif costs > 0.0:
            city_platform[c] = 0.0
        rival = city_platform[c] > 0.5
        city_fee_ratio[c] = nation_rival_fee[0] if rival else nation_first_fee[0]
        for o in range(offers):
            if not is_listed(offer_provider[o], 1 if rival else 0, provider_both_platforms):
                scratch_room[c * offers + o] = 0.0


def pay_platforms(
    city_platform,
    city_fee_ratio,
    city_offer_flow,
    offer_gate_price,
    provider_price,
    provider_load,
    provider_revenue,
    nation_exchange_fees,
    nation_first_fee,
    nation_rival_fee,
    nation_rival_share,
    nation_receipts,
    nation_centre_balance,
    city_centre_income,
    city_cloud_weight,
    exchange_fee,
    platform_aim,
    platform_response,
    platform_cost,
):
    """Pay each platform its fee; an organiser that misses its aim in turnover cuts its fee, down to cost."""
    offers = len(offer_gate_price)
    turnover, rival = 0.0, 0.0
    nation_exchange_fees[0] = 0.0
    for c in range(len(city_platform)):
        own = 0.0
        for o in range(offers):
            own += city_offer_flow[c * offers + o] * offer_gate_price[o]
        turnover += own
        rival += own if city_platform[c] > 0.5 else 0.0
        nation_exchange_fees[0] += exchange_fee * city_fee_ratio[c] * own
    book_service(
        nation_exchange_fees[0], nation_receipts, nation_centre_balance, city_centre_income, city_cloud_weight
    )
    if turnover > 0.0:
        nation_rival_share[0] = rival / turnover
        first = nation_first_fee[0] * exp(platform_response * (1.0 - nation_rival_share[0] - platform_aim))
        other = nation_rival_fee[0] * exp(platform_response * (nation_rival_share[0] - platform_aim))
        first = first if first < 1.0 else 1.0
        other = other if other < 1.0 else 1.0
        nation_first_fee[0] = first if first > platform_cost else platform_cost
        nation_rival_fee[0] = other if other > platform_cost else platform_cost
    for p in range(len(provider_load)):
        if provider_load[p] > 0.0:
            provider_price[p] = provider_revenue[p] / provider_load[p]
