"""Carbon of centres over their life: of the power that they use, and of servers and buildings.

How rules are written and named: see ``agents/firm.py``. The account exists only in runs with
``carbon_account``.
"""

from agents.columns import Column

ON = "carbon_account"
TONNES = "t·money/CNY/quarter"  # tonnes if 1 money is 1 CNY, as power_use is in kWh then

PROVIDER_COLUMNS = (
    Column("operating_carbon", TONNES, "CO2 of the centre's power", when=ON),
    Column("embodied_carbon", TONNES, "CO2 of its servers and buildings, as they wear out", when=ON),
)
CITY_COLUMNS = (
    Column("operating_carbon", TONNES, "CO2 of the power of its centres", when=ON),
    Column("embodied_carbon", TONNES, "CO2 of their servers and buildings, as they wear out", when=ON),
)


def operating_carbon(power_use, green_power, fossil_intensity):
    """CO2 of a quarter's power that is not green, e·(power − green), t·money/CNY."""
    fossil = power_use - green_power
    return fossil * fossil_intensity / 1000.0 if fossil > 0.0 else 0.0


def embodied_carbon(capital_cost, embodied_emissions):
    """CO2 of making servers and buildings, spread over their life as their cost is, t·money/CNY."""
    return capital_cost * embodied_emissions / 1000.0
