"""Green certificates: centres need them for a quota of their power, and a market finds their price.

Amundsen & Mortensen 2001, Energy Economics 23(5), 489-509.
"""

from agents.elementary import exp
from model import Column, Extension, Measure, Parameter, after, for_each, wraps


def needed(power_use, quota):
    """Certificates that the centre must hand in, one a kWh."""
    return quota * power_use


def certificate_price(certificate_price, needed, green_power, price_speed, buy_out):
    """The price rises while fewer are issued, for green power, than are needed; a buy-out caps it."""
    if needed <= 0.0:
        return certificate_price
    return min(certificate_price * exp(price_speed * (needed - green_power) / needed), buy_out)


@wraps
def unit_cost(
    below,
    green_share,
    kind_cost_level,
    nation_certificate_price,
    quota,
    electricity_use,
    power_usage_effectiveness,
):
    """The model's, and certificates for a unit's power: bought below the quota, sold above it."""
    power = kind_cost_level * electricity_use * power_usage_effectiveness
    return max(below + power * (quota - green_share) * nation_certificate_price, 0.1 * below)


def first_price(state, parameters):
    """The market opens at a quarter of the buy-out price, or at nothing if there is no quota."""
    state["nation"]["certificate_price"] = 0.25 * parameters.buy_out * (parameters.quota > 0.0)


extension = Extension(
    "certificates",
    meaning="green certificates with a market",
    rules=unit_cost,
    parameters=[
        Parameter("quota", 0.4, 0.0, 1.0, "fraction", "power for which certificates are needed", "judgement"),
        Parameter(
            "buy_out", 0.3, 0.0, 5.0, "CNY/kWh", "highest price of a certificate; 0 is off", "judgement"
        ),
        Parameter("price_speed", 0.2, 0.0, 2.0, "1/quarter", "adjustment of the price", "judgement"),
    ],
    columns={
        "providers": Column("needed", "kWh·money/CNY/quarter", "certificates to hand in"),
        "nation": [
            Column("certificate_price", "CNY/kWh", "price of a certificate"),
            Column("needed", "kWh·money/CNY/quarter", "certificates needed"),
            Column("green_power", "kWh·money/CNY/quarter", "certificates issued"),
        ],
    },
    events=[
        after(
            "power_use",
            for_each(
                "centres need certificates",
                "providers",
                needed,
                totals={"nation_needed": "needed", "nation_green_power": "green_power"},
            ),
        ),
        after("needed", for_each("the market of certificates", "nation", certificate_price)),
    ],
    measures=[
        Measure("certificate_price", "nation.certificate_price", unit="CNY/kWh", meaning="of a certificate"),
        Measure(
            "green_part", "nation.green_power", yearly="sum", unit="kWh·money/CNY/year", meaning="green power"
        ),
    ],
    prepare=first_price,
    neutral={"buy_out": 0.0},
)
