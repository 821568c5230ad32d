"""A small country that decides, and made-up worlds with known gains."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from experiments.questions.decision.worlds import AskingCity, World
from model.country.country import Country, build_country
from model.parameters import Parameters
from model.regional_model import RegionalModel

PLANS = ("nothing", "basic", "later")


@pytest.fixture(scope="session")
def there(country: pd.DataFrame) -> Country:
    return build_country(country)


@pytest.fixture(scope="session")
def history(there: Country) -> RegionalModel:
    """A run to the end of 2006."""
    model = RegionalModel(Parameters(firms=80, burn_in=2), "random_hosts", 1, country=there)
    model.run_until(2006)
    return model


@pytest.fixture(scope="session")
def question(there: Country) -> AskingCity:
    return AskingCity(1, 2007, 20.0, float(there.cities["gdp_2022"].sum()))


@pytest.fixture
def worlds() -> Callable[[int], list[World]]:
    """Worlds in which *basic* gains 10 ± 20 at a cost of 5, and *later* 4 at a cost of 2."""

    def make(count: int) -> list[World]:
        found = []
        for k in range(count):
            basic = 30.0 if k % 2 else -10.0
            gains = {
                "nothing": (0.0,) * 4,
                "basic": (basic, 1.0, 2.0, basic + 3.0),
                "later": (4.0, 0.0, 0.0, 4.0),
            }
            cost = {"nothing": 0.0, "basic": 5.0, "later": 2.0}
            cities = {plan: np.linspace(-1.0, 1.0, 12) * (plan != "nothing") for plan in PLANS}
            firms = dict.fromkeys(PLANS, (1.0, -2.0))
            found.append(World(k, 1, gains, cost, cities, firms))
        return found

    return make
