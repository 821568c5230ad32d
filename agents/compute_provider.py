"""Compute providers: centres that sell basic, intelligent or super compute over the network.

How rules are written and named: see ``agents/firm.py``. Compute is rival (M6): a centre has a
capacity, waiting grows with its load, and its price moves towards a target utilisation. The
commercial cloud is the outside option that every city can always buy from.
"""

from agents.columns import Column
from agents.elementary import exp
from agents.view import AgentView

KINDS = ("basic", "intelligent", "super")

COLUMNS = (
    Column("city", "row", "city in which the centre stands", index_of="cities"),
    Column("kind", "row", "kind of compute: 0 basic, 1 intelligent, 2 super", index_of="kinds"),
    Column("site", "row", "row of the network's route table", index_of="sites"),
    Column("opens", "quarter", "quarter in which the centre opens, counted from the first"),
    Column("operating", "0 or 1", "1 once the centre sells compute"),
    Column("capacity", "compute/quarter", "compute that the centre can deliver"),
    Column("electricity_price", "CNY/kWh", "price of power where the centre stands"),
    Column("unit_cost", "money/compute", "marginal cost: service and electricity"),
    Column("price", "money/compute", "posted price"),
    Column("utilisation", "fraction", "load sent to the centre over capacity (above 1: overload)"),
    Column("load", "compute/quarter", "compute that customers bought from the centre"),
    Column("served", "compute/quarter", "compute that the centre delivered from its own capacity"),
    Column("overflow", "compute/quarter", "load that the centre bought in from the commercial cloud"),
    Column("revenue", "money/quarter", "what customers paid"),
    Column("surplus", "money/quarter", "revenue less operating cost and bought-in compute"),
)

KIND_COLUMNS = (
    Column("latency_penalty", "1/10 ms", "price-equivalent cost of 10 ms of one-way latency"),
    Column("traffic", "Tbit/s per compute", "traffic that a unit of remote compute puts on the network"),
)

# One row for every pair of a city and a centre.
CITY_PROVIDER_COLUMNS = (
    Column("latency", "ms", "one-way latency from the city to the centre"),
    Column("hosted", "0 or 1", "1 if the centre stands in the city"),
    Column("overhead", "ratio", "compute bought for one effective unit"),
    Column("delivered_price", "money/compute", "price of an effective unit, network and queue included"),
    Column("share", "fraction", "share of the city's use of the kind that is under contract here"),
    Column("flow", "compute/quarter", "compute bought by the city from the centre"),
)

# One row for every pair of a city and a kind of compute.
CITY_KIND_COLUMNS = (
    Column("city", "row", "the city", index_of="cities"),
    Column("kind", "row", "the kind", index_of="kinds"),
    Column("cloud_latency", "ms", "latency to the nearest region of the commercial cloud"),
    Column(
        "cloud_delivered_price", "money/compute", "commercial cloud, price of an effective unit", start=1.0
    ),
    Column("cloud_share", "fraction", "share of the city's use that the commercial cloud serves", start=1.0),
    Column("price", "money/compute", "mean delivered price over the city's contracts", start=1.0),
    Column("demand", "compute/quarter", "effective compute that the city's firms use"),
    Column("cloud_bill", "money/quarter", "paid to the commercial cloud"),
    Column("tender", "fraction", "share of use that looks for a contract this quarter"),
)


class ComputeProvider(AgentView):
    """A centre that sells compute, as Mesa sees it: a view of one row."""

    table_name = "providers"


def operating(opens, nation_quarter):
    """1 from the quarter in which the centre opens."""
    return 1.0 if nation_quarter >= opens else 0.0


def unit_cost(electricity_price, service_cost, electricity_use, power_usage_effectiveness):
    """Marginal cost of a unit of compute: service plus electricity × PUE × local price of power."""
    return service_cost + electricity_use * power_usage_effectiveness * electricity_price


def overhead(
    latency, hosted, provider_utilisation, kind_latency_penalty, interoperability_friction, queue_cost
):
    """Units of compute that a city must buy to get one effective unit (iceberg cost, at least 1).

    Latency slows work down, work at a distance loses to metering and interoperability, and a busy
    centre keeps its customers waiting in the manner of an M/M/1 queue, u²/(1 − u). [Samuelson 1954;
    Kleinrock 1975, Queueing Systems I]
    """
    load = provider_utilisation if provider_utilisation < 0.95 else 0.95
    waiting = 1.0 + queue_cost * load * load / (1.0 - load)
    friction = 1.0 + interoperability_friction * (1.0 - hosted)
    return exp(kind_latency_penalty * latency / 10.0) * friction * waiting


def delivered_price(overhead, provider_price):
    """Price of one effective unit of compute in the city, money."""
    return overhead * provider_price


def cloud_delivered_price(cloud_latency, kind_latency_penalty, cloud_price):
    """Price of an effective unit from the commercial cloud: its list price and the latency to it."""
    return cloud_price * exp(kind_latency_penalty * cloud_latency / 10.0)


def price(
    price,
    operating,
    utilisation,
    unit_cost,
    cloud_price,
    opening_discount,
    target_utilisation,
    price_adjustment,
    price_fall,
    price_rise,
):
    """Posted price: moves towards the target utilisation, between marginal cost and the cloud's price.

    Before it opens a centre's price waits at the introductory price.
    """
    change = price_adjustment * (utilisation - target_utilisation)
    change = price_rise if change > price_rise else change
    change = -price_fall if change < -price_fall else change
    moved = price * exp(change) if operating > 0.5 else cloud_price * (1.0 - opening_discount)
    moved = cloud_price if moved > cloud_price else moved
    return unit_cost if moved < unit_cost else moved
