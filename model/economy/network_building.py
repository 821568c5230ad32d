"""Services between centres and cities that are paid for: carriage over the network, and retail (M6).

Off by default: ``carriage_fee``, ``retail_margin``. Both are a part of the price at the centre's gate, which
the city pays on top; they are income in the quarter's accounts, as the fee of an exchange is.
"""

from model.economy.compute_exchange import book_service


def tolls(remote, exchange, exchange_fee, fee_ratio, carriage_fee, retail_margin, retailed):
    """Return what a city pays on top of the price at the gate, as a part of it."""
    fee = exchange_fee * fee_ratio if exchange > 0.5 else 0.0
    return fee + carriage_fee * remote + retail_margin * retailed


def paid_at_gate(
    city_offer_flow,
    city_offer_overhead,
    city_offer_delivered_price,
    city_offer_hosted,
    city_offer_retailed,
    city_fee_ratio,
    exchange,
    exchange_fee,
    carriage_fee,
    retail_margin,
    retail,
):
    """Return what cities paid at the gates for remote work, money/quarter; ``retail``: through retailers."""
    total = 0.0
    offers = len(city_offer_flow) // len(city_fee_ratio)
    for cell in range(len(city_offer_flow)):
        remote = 1.0 - city_offer_hosted[cell]
        part = city_offer_retailed[cell] if retail > 0.5 else remote
        if part > 0.0:
            toll = tolls(
                remote,
                exchange,
                exchange_fee,
                city_fee_ratio[cell // offers],
                carriage_fee,
                retail_margin,
                city_offer_retailed[cell],
            )
            paid = city_offer_flow[cell] * city_offer_delivered_price[cell] / city_offer_overhead[cell]
            total += paid / (1.0 + toll)
    return total


def pay_retailers(
    city_offer_flow,
    city_offer_overhead,
    city_offer_delivered_price,
    city_offer_hosted,
    city_offer_retailed,
    city_fee_ratio,
    city_centre_income,
    city_cloud_weight,
    nation_retail_income,
    nation_receipts,
    nation_centre_balance,
    exchange,
    exchange_fee,
    carriage_fee,
    retail_margin,
):
    """Pay retailers their margin on the compute that cities buy through them."""
    nation_retail_income[0] = retail_margin * paid_at_gate(
        city_offer_flow,
        city_offer_overhead,
        city_offer_delivered_price,
        city_offer_hosted,
        city_offer_retailed,
        city_fee_ratio,
        exchange,
        exchange_fee,
        carriage_fee,
        retail_margin,
        1.0,
    )
    book_service(
        nation_retail_income[0], nation_receipts, nation_centre_balance, city_centre_income, city_cloud_weight
    )


def build_network(
    city_offer_flow,
    city_offer_overhead,
    city_offer_delivered_price,
    city_offer_hosted,
    city_offer_retailed,
    city_fee_ratio,
    city_centre_income,
    city_cloud_weight,
    link_load,
    link_capacity,
    nation_carriage,
    nation_network_fund,
    nation_link_capacity,
    nation_receipts,
    nation_centre_balance,
    kind_cost_level,
    exchange,
    exchange_fee,
    carriage_fee,
    retail_margin,
    link_fill,
    link_cost,
    link_growth,
):
    """Pay the network's builder for carriage; it widens the links that fill, as far as its fund reaches.

    A link whose load is above ``link_fill`` of its capacity grows by at most ``link_growth``. The price of a
    link falls with progress, as that of basic compute.
    """
    nation_carriage[0] = carriage_fee * paid_at_gate(
        city_offer_flow,
        city_offer_overhead,
        city_offer_delivered_price,
        city_offer_hosted,
        city_offer_retailed,
        city_fee_ratio,
        exchange,
        exchange_fee,
        carriage_fee,
        retail_margin,
        0.0,
    )
    book_service(
        nation_carriage[0], nation_receipts, nation_centre_balance, city_centre_income, city_cloud_weight
    )
    nation_network_fund[0] += nation_carriage[0]
    price = link_cost * kind_cost_level[0]
    wanted = 0.0
    for k in range(len(link_load)):
        if link_load[k] > link_fill * link_capacity[k]:
            wanted += link_growth * link_capacity[k]
    able = nation_network_fund[0] / (price * wanted) if wanted > 0.0 else 0.0
    able = able if able < 1.0 else 1.0
    nation_network_fund[0] -= able * price * wanted
    nation_link_capacity[0] = 0.0
    for k in range(len(link_load)):
        if link_load[k] > link_fill * link_capacity[k]:
            link_capacity[k] *= 1.0 + able * link_growth
        nation_link_capacity[0] += link_capacity[k]
