"""Short runs of the whole model without centres, for tests of extensions and of the engine under them."""

import numpy as np

from model import Parameters, RegionalModel

SMALL = Parameters(firms=120, burn_in=2)


def run(country, until=4, seed=5, **how) -> RegionalModel:
    made = RegionalModel(SMALL, "none", seed, cities=country, **how)
    made.run_until(until)
    return made


def assert_same(one: RegionalModel, other: RegionalModel) -> None:
    """Every column of the first is in the second, to the bit."""
    for name, table in one.state.tables.items():
        for column in table:
            assert np.array_equal(table[column], other.state[name][column], equal_nan=True), (
                f"{name}.{column}"
            )
