"""Compute providers, who sell basic, intelligent or super compute of their centres over the network.

How rules are written and named: see ``agents/firm.py``. A row of the table is a provider and its centre.
Compute is rival (M6): a centre has a capacity, waiting grows with its load, and the provider moves its
price towards a target utilisation. The commercial cloud is the outside option that every city can always
buy from; it has a price and a capacity, too.
"""

from agents.agent_columns import ProviderColumns
from agents.columns import Column
from agents.elementary import exp, power
from agents.view import AgentView

KINDS = ("basic", "intelligent", "super")
LARGEST_CENTRE = 1e6  # standard centres of a kind; every way of entering a centre has this limit
LEAST_COST = 1e-3  # money/compute; demand for free compute would be unbounded
CLASSES = ("batch", "real_time")  # workload classes: work that may wait, and work that may not

COLUMNS = (
    Column("city", "row", "city of the centre", index_of="cities"),
    Column("kind", "row", "kind of compute: 0 basic, 1 intelligent, 2 super", index_of="kinds"),
    Column("site", "row", "row of the network's route table", index_of="sites"),
    Column("opens", "quarter", "quarter in which the centre opens, counted from the first"),
    Column("public", "0 or 1", "1 if a government owns the centre"),
    Column("dedicated", "0 or 1", "1 if the centre is built for one industry, 0 if it is general-purpose"),
    Column("industry", "row", "the tier of the chain that a dedicated centre is built for", index_of="tiers"),
    Column("operating", "0 or 1", "1 once the centre is open"),
    Column("size", "ratio", "capacity relative to a standard centre of its kind"),
    Column("capacity", "compute/quarter", "compute that the centre can deliver"),
    Column("electricity_price", "CNY/kWh", "price of power in the centre's city"),
    Column("green_share", "fraction", "share of green power in the centre's city"),
    Column("unit_cost", "money/compute", "marginal cost: service and electricity"),
    Column("price", "money/compute", "posted price"),
    Column("utilisation", "ratio", "load sent to the centre over capacity (above 1: overload)"),
    Column("load", "compute/quarter", "compute that customers bought from the provider"),
    Column("served", "compute/quarter", "compute that the centre delivered from its own capacity"),
    Column("overflow", "compute/quarter", "load that the provider bought in from the commercial cloud"),
    Column("revenue", "money/quarter", "payments of customers"),
    Column("surplus", "money/quarter", "revenue less operating cost and bought-in compute"),
    Column("capital_cost", "money/quarter", "depreciation and interest of the centre's capacity"),
    Column("power_use", "kWh·money/CNY/quarter", "electricity, cooling included; kWh if 1 money is 1 CNY"),
    Column(
        "ask", "money/compute", "lowest price at which the provider sells on the exchange", when="exchange"
    ),
    Column("taken", "0 or 1", "0 in a row that is free for a centre to come", when="building_slots"),
    Column("built", "0 or 1", "1 if an agent ordered it", when="building_slots"),
    Column("cost", "money", "cost of building the centre", when="building_slots"),
    Column("equity", "money", "earned beyond the cost of its capital", when="building_slots"),
    Column("failing", "0 or 1", "1 if the centre closes", when="building_slots"),
    Column("green_power", "kWh·money/CNY/quarter", "the part of its electricity that is green"),
    Column("peak_ratio", "ratio", "load in the peak, to the mean", start=1.0, when="peak_load"),
    Column("curtailed_power", "kWh·money/CNY/quarter", "curtailed power it used", when="power_market"),
    Column("certificates", "kWh·money/CNY/quarter", "green certificates it bought", when="power_market"),
    Column("edge", "0 or 1", "1 for an edge centre: small, for real-time work nearby", when="edge_ring"),
)

KIND_COLUMNS = (
    Column("capacity_2022", "compute/quarter", "capacity of a centre of size 1 in 2022"),
    Column("capacity_growth", "1/year", "growth of that capacity, log points"),
    Column("progress", "1/year", "fall of the price of compute, log points"),
    Column("standard_capacity", "compute/quarter", "capacity of a centre of size 1"),
    Column("cost_level", "ratio", "cost of a unit of compute, to that at the start", start=1.0),
    Column("cloud_demand", "compute/quarter", "compute that the commercial cloud delivers"),
    Column("cloud_capacity", "compute/quarter", "capacity of the commercial cloud at its list price"),
    Column("cloud_price", "money/compute", "price of the commercial cloud", start=1.0),
    Column("unserved", "compute/quarter", "work that waits until the peak is over", when="peak_load"),
)


def cost_level(progress, nation_quarter, chip_factor):
    """Cost of a unit of compute relative to the first reported quarter, c·e^(−progress·years), ratio.

    c: what scarcity of the best chips adds (``agents/chips.py``), 1 without it.
    """
    return chip_factor * exp(-0.25 * progress * nation_quarter)


def standard_capacity(capacity_2022, capacity_growth, nation_quarter, start_year):
    """Capacity of a standard centre, K·e^(g·(year − 2022)), compute/quarter."""
    return capacity_2022 * exp(capacity_growth * (start_year + 0.25 * nation_quarter - 2022.0))


def cloud_capacity(cloud_capacity, cloud_demand, capacity_growth, cloud_building):
    """Capacity of the cloud, compute/quarter: K·e^(g/4), and part of the gap from there to demand.

    Without capacity, as at the start, it becomes what demand is.
    """
    trend = cloud_capacity * exp(0.25 * capacity_growth)
    return trend + cloud_building * (cloud_demand - trend) if cloud_capacity > 0.0 else cloud_demand


def cloud_price(cost_level, cloud_demand, cloud_capacity, cloud_start_price, cloud_supply):
    """Price of the cloud, p₀·(cost level)·(demand/capacity)^(1/ε), money/compute. ε: elasticity of supply.

    Scarcity can at most double the price, and abundance halve it.
    """
    ratio = cloud_demand / cloud_capacity if cloud_capacity > 0.0 and cloud_demand > 0.0 else 1.0
    scarcity = power(ratio, 1.0 / cloud_supply)
    scarcity = 2.0 if scarcity > 2.0 else scarcity
    scarcity = 0.5 if scarcity < 0.5 else scarcity
    return cloud_start_price * cost_level * scarcity


# A kind of compute for one workload class.
SERVICE_COLUMNS = (
    Column("kind", "row", "the kind", index_of="kinds"),
    Column("real_time", "0 or 1", "1 for work that must be answered at once"),
    Column("share", "fraction", "the class's share in the use of the kind"),
    Column("latency_penalty", "1/10 ms", "price-equivalent cost of 10 ms of one-way latency"),
    Column("latency_limit", "ms", "one-way latency beyond which the work cannot be done"),
    Column("list_price", "money/compute", "price of the commercial cloud for the service", start=1.0),
    Column("first_traffic", "Tbit/s per compute", "the same in the first reported quarter"),
    Column("traffic", "Tbit/s per compute", "traffic that a unit of remote compute puts on the network"),
    Column("clearing_price", "money/compute", "price of the service on the exchange", when="exchange"),
)

# The offers of a provider: its kind of compute, in each workload class.
OFFER_COLUMNS = (
    Column("provider", "row", "the provider", index_of="providers"),
    Column("service", "row", "kind and class", index_of="services"),
    Column("gate_price", "money/compute", "price of a unit at the centre's gate"),
    Column("load", "compute/quarter", "compute bought in the class"),
)

# One row for every pair of a city and an offer.
CITY_OFFER_COLUMNS = (
    Column("latency", "ms", "one-way latency from the city to the centre"),
    Column("hosted", "0 or 1", "1 if the centre is in the city"),
    Column("local", "0 or 1", "1 if the centre is in the city's province"),
    Column("suitable", "0 or 1", "1 if the city may sign: the work gets there in time"),
    Column("overhead", "ratio", "compute bought for one effective unit"),
    Column("delivered_price", "money/compute", "price of an effective unit, network and queue included"),
    Column("tender_price", "money/compute", "the same less a voucher that holds for this centre alone"),
    Column("share", "fraction", "share of the city's use of the service that is under contract here"),
    Column("flow", "compute/quarter", "compute bought by the city from the centre"),
)

# One row for every pair of a city and a kind of compute.
CITY_KIND_COLUMNS = (
    Column("city", "row", "the city", index_of="cities"),
    Column("kind", "row", "the kind", index_of="kinds"),
    Column("price", "money/compute", "mean delivered price over the city's contracts", start=1.0),
    Column("demand", "compute/quarter", "effective compute that the city's firms use"),
    # Building of centres
    Column("forecast", "compute/quarter", "demand that the city expects", when="building_slots"),
    Column("capacity", "compute/quarter", "of its centres, those ordered included", when="building_slots"),
    Column("local_utilisation", "ratio", "use of its centres; 1 if it has none", when="building_slots"),
    Column(
        "peer_capacity",
        "compute/quarter",
        "capacity of peers, scaled to the city's market",
        when="building_slots",
    ),
    Column(
        "wish",
        "compute/quarter",
        "capacity that the city wants in addition to its own",
        when="building_slots",
    ),
    Column("site_demand", "compute/quarter", "cloud work that a centre could win", when="building_slots"),
    Column("site_price", "money/compute", "its price at the site's gate", when="building_slots"),
    Column("site_unit_cost", "money/compute", "marginal cost at the site", when="building_slots"),
    Column("site_grant", "fraction", "part of the cost that the state pays", when="building_slots"),
    Column("site_capacity", "compute/quarter", "centre that a provider would build", when="building_slots"),
    Column("site_return", "1/year", "return that a provider expects", when="building_slots"),
    Column("programme_order", "compute/quarter", "capacity that the state orders", when="building_slots"),
    Column("public_order", "compute/quarter", "capacity that the city orders", when="building_slots"),
    Column("private_order", "compute/quarter", "capacity that a provider orders", when="building_slots"),
)

# One row for every pair of a city and a service.
CITY_SERVICE_COLUMNS = (
    Column("city", "row", "the city", index_of="cities"),
    Column("service", "row", "kind and class", index_of="services"),
    Column("cloud_latency", "ms", "latency to the nearest region of the commercial cloud"),
    Column(
        "cloud_delivered_price", "money/compute", "commercial cloud, price of an effective unit", start=1.0
    ),
    Column("cloud_share", "fraction", "share of the city's use that the commercial cloud serves", start=1.0),
    Column("demand", "compute/quarter", "effective compute that the city's firms use"),
    Column("cloud_bill", "money/quarter", "paid to the commercial cloud"),
    Column("bid", "money/compute", "highest price of an effective unit, without the fee", when="exchange"),
    Column("tender", "fraction", "share of use that looks for a contract this quarter"),
)


class ComputeProvider(AgentView, ProviderColumns):
    """A provider with its centre, as Mesa sees it: a view of one row."""

    table_name = "providers"


def operating(opens, nation_quarter):
    """1 from the quarter in which the centre opens, else 0."""
    return 1.0 if nation_quarter >= opens else 0.0


def unit_cost(electricity_price, kind_cost_level, service_cost, electricity_use, power_usage_effectiveness):
    """Marginal cost, (service + electricity·PUE·local price of power)·(cost level), money/compute.

    It falls with progress, since centres renew their hardware. Before progress it is at least LEAST_COST:
    prices fall to it, and nothing is divided by a price of zero.
    """
    cost = service_cost + electricity_use * power_usage_effectiveness * electricity_price
    return (cost if cost > LEAST_COST else LEAST_COST) * kind_cost_level


def capacity(size, kind_standard_capacity):
    """Capacity of the centre, its size times that of a standard centre, compute/quarter."""
    return size * kind_standard_capacity


def capital_cost(capacity, operating, kind_cost_level, centre_cost, capital_charge):
    """Depreciation and interest of the centre's capacity at the cost of renewing it, money/quarter.

    Rate·(cost of a unit of capacity)·(cost level)·capacity, from the day on which the centre opens.
    """
    return operating * capital_charge * centre_cost * kind_cost_level * capacity


def list_price(kind_cloud_price):
    """Price of the commercial cloud for a service, that of its kind, money/compute."""
    return kind_cloud_price


def traffic(first_traffic, kind_cost_level):
    """Traffic of a unit of remote compute, first traffic·(cost level), Tbit/s per compute.

    A unit of money's worth of compute moves the same traffic in every year: compute per bit rises as compute
    gets cheaper. [judgement]
    """
    return first_traffic * kind_cost_level


def suitable(
    latency, hosted, provider_edge, service_real_time, service_latency_limit, edge_ring, remote_access
):
    """1 if a city may buy from this offer: in the city, or over the network within the latency limit.

    Work that must be answered at once stays within its ring (east data, east compute); the rest travels. An
    edge centre does real-time work alone, within a narrower ring.
    """
    limit = edge_ring if provider_edge > 0.5 and edge_ring < service_latency_limit else service_latency_limit
    within = latency <= limit and remote_access > 0.5
    able = provider_edge < 0.5 or service_real_time > 0.5
    return 1.0 if able and (hosted > 0.5 or within) else 0.0


def overhead(
    latency,
    hosted,
    provider_utilisation,
    provider_dedicated,
    city_standard,
    provider_certified,
    retailed,
    service_latency_penalty,
    interoperability_friction,
    standard_effect,
    retail_service,
    dedicated_gain,
    queue_cost,
):
    """Units of compute that a city must buy to get one effective unit (iceberg cost), ratio.

    Latency slows work down, work at a distance loses to metering and interoperability, and a busy
    centre keeps its customers waiting in the manner of an M/M/1 queue, u²/(1 − u). A centre that is
    dedicated to an industry does that industry's work with less. Common units and retailers save a part of
    the loss. [Samuelson 1954; Kleinrock 1975, Queueing Systems I]
    """
    load = provider_utilisation if provider_utilisation < 0.95 else 0.95
    waiting = 1.0 + queue_cost * load * load / (1.0 - load)
    kept = (1.0 - standard_effect * city_standard * provider_certified) * (1.0 - retail_service * retailed)
    friction = 1.0 + interoperability_friction * (1.0 - hosted) * kept
    general = exp(service_latency_penalty * latency / 10.0) * friction * waiting
    return general / (1.0 + dedicated_gain * provider_dedicated)


def gate_price(provider_price):
    """Posted price of a unit at the centre, money/compute."""
    return provider_price


def delivered_price(overhead, hosted, retailed, offer_gate_price, carriage_fee, retail_margin):
    """Price of one effective unit in the city, overhead·(posted price)·(1 + tolls), money/compute.

    Tolls: carriage and the margin of a retailer, where there are any.
    """
    return overhead * offer_gate_price * (1.0 + carriage_fee * (1.0 - hosted) + retail_margin * retailed)


def ask(unit_cost, ask_markup):
    """Lowest price at which a provider sells on the exchange, marginal cost and a markup, money/compute."""
    return unit_cost * (1.0 + ask_markup)


def bid(cloud_delivered_price, city_fee_ratio, exchange_fee):
    """Highest price that a city offers on the exchange, the cloud's less the fee, money/compute.

    A lower bid cannot move a uniform price, so a city bids its valuation (less a billionth, so that at that
    price it still prefers the exchange).
    """
    return cloud_delivered_price / (1.0 + exchange_fee * city_fee_ratio) * (1.0 - 1e-9)


def tender_price(delivered_price, scheduler_view, local, city_voucher_rate, voucher_local_supply):
    """Price by which a city compares offers, less a voucher for local supply alone, money/compute.

    A scheduler sees it with an error, and weighs load.
    """
    return delivered_price * (1.0 - voucher_local_supply * local * city_voucher_rate) * scheduler_view


def cloud_delivered_price(cloud_latency, service_latency_penalty, service_list_price):
    """Price of an effective unit from the commercial cloud, p·e^(penalty·latency/10 ms), money/compute."""
    return service_list_price * exp(service_latency_penalty * cloud_latency / 10.0)


def price(
    price,
    operating,
    utilisation,
    unit_cost,
    kind_cloud_price,
    kind_progress,
    opening_discount,
    target_utilisation,
    price_adjustment,
    price_fall,
    price_rise,
):
    """Posted price next quarter, p·e^(a·(utilisation − target) − progress/4), money/compute.

    It falls with progress and moves towards the target utilisation, by a limited step; it stays between
    marginal cost and the cloud's price. Until its centre opens the provider keeps the introductory price.
    """
    change = price_adjustment * (utilisation - target_utilisation)
    change = price_rise if change > price_rise else change
    change = -price_fall if change < -price_fall else change
    change = change - 0.25 * kind_progress
    moved = price * exp(change) if operating > 0.5 else kind_cloud_price * (1.0 - opening_discount)
    moved = kind_cloud_price if moved > kind_cloud_price else moved
    return unit_cost if moved < unit_cost else moved


def power_use(served, kind_cost_level, electricity_use, power_usage_effectiveness):
    """Electricity of a quarter, delivered·(cost level)·(electricity per unit)·PUE, kWh·money/CNY."""
    return served * kind_cost_level * electricity_use * power_usage_effectiveness


def green_power(power_use, green_share):
    """Electricity of a quarter from wind, water, sun and nuclear plants, kWh·money/CNY."""
    return power_use * green_share
