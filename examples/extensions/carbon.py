"""A carbon price on compute from fossil power, paid by centres and the cloud alike.

Pigou 1920, The Economics of Welfare.
"""

from agents.compute_provider import cloud_delivered_price as delivered
from agents.compute_provider import unit_cost as plain_cost_of_compute
from model import Column, Extension, Parameter, after, before, for_each


def unit_power(kind_cost_level, electricity_use, power_usage_effectiveness):
    """Electricity of a unit of compute: it falls as hardware gets better."""
    return kind_cost_level * electricity_use * power_usage_effectiveness


def unit_cost(
    electricity_price,
    kind_cost_level,
    service_cost,
    electricity_use,
    power_usage_effectiveness,
    green_share,
    carbon_price,
    fossil_emissions,
):
    """The model's, with power at p + τ·e·(1 − green share)/1000 CNY/kWh."""
    power_price = electricity_price + carbon_price * fossil_emissions * (1.0 - green_share) / 1000.0
    return plain_cost_of_compute(
        power_price, kind_cost_level, service_cost, electricity_use, power_usage_effectiveness
    )


def cloud_delivered_price(
    cloud_latency,
    service_latency_penalty,
    service_list_price,
    service_unit_power,
    green_share_east,
    carbon_price,
    fossil_emissions,
    carbon_on_cloud,
):
    """The model's price, plus the carbon payment of the cloud, which computes in the east."""
    of_power = carbon_on_cloud * carbon_price * fossil_emissions * (1.0 - green_share_east) / 1000.0
    return delivered(
        cloud_latency, service_latency_penalty, service_list_price + of_power * service_unit_power
    )


def emissions(power_use, green_power, fossil_emissions):
    """CO2 of a centre's power that is not green."""
    return (power_use - green_power) * fossil_emissions / 1000.0


def carbon_payment(emissions, carbon_price):
    """Return the centre's payment for it: part of its running cost, which is income in its city."""
    return emissions * carbon_price


def cloud_emissions(cloud_share, demand, service_unit_power, green_share_east, fossil_emissions):
    """CO2 of the compute that the cloud does for a city and service."""
    return cloud_share * demand * service_unit_power * fossil_emissions * (1.0 - green_share_east) / 1000.0


TONNES = "t·money/CNY/quarter"  # tonnes if 1 money is 1 CNY, as the model's power_use is in kWh then

extension = Extension(
    "carbon",
    meaning="a carbon price on compute",
    rules=[unit_cost, cloud_delivered_price],
    parameters=[
        Parameter(
            "carbon_price",
            100.0,
            0.0,
            1000.0,
            "CNY/t",
            "τ: price of a tonne of CO2; 0 is off",
            "China's national market, 2021 to 2024: about 40 to 100 [general knowledge, check]",
        ),
        Parameter(
            "fossil_emissions",
            0.83,
            0.3,
            1.2,
            "kg/kWh",
            "e: CO2 of a kWh of fossil power; gas to old coal",
            "0.8325 in 2022 [Ministry of Ecology and Environment & NBS, 2024-12-20; check]",
        ),
        Parameter("carbon_on_cloud", 1, 0, 1, "0 or 1", "1 if the commercial cloud pays too", "design"),
    ],
    columns={
        "providers": [
            Column("emissions", TONNES, "CO2 of the centre's power"),
            Column("carbon_payment", "money/quarter", "paid for it"),
        ],
        "services": Column("unit_power", "kWh·money/CNY per compute", "power of a unit of compute"),
        "cities": [
            Column("emissions", TONNES, "CO2 of the centres in the city"),
            Column("cloud_emissions", TONNES, "CO2 of the compute of the cloud for the city"),
        ],
    },
    events=[
        before("list_price", for_each("power of a unit of compute", "services", unit_power)),
        after(
            "power_use",
            for_each(
                "centres emit and pay",
                "providers",
                emissions,
                carbon_payment,
                totals={"city_emissions": "emissions"},
            ),
        ),
        after(
            "emissions",
            for_each(
                "the cloud emits and pays",
                "city_services",
                cloud_emissions,
                totals={"city_cloud_emissions": "cloud_emissions"},
            ),
        ),
    ],
    neutral={"carbon_price": 0.0},
)
