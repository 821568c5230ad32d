"""A run of a small country with and without centres, watched."""

import pandas as pd
import pytest

from experiments.validation.economy_run import record_economy
from experiments.validation.facts.firm_histories import FirmHistories
from model.parameters import Parameters
from model.regional_model import RegionalModel


@pytest.fixture(scope="session")
def watched(country: pd.DataFrame) -> tuple[RegionalModel, FirmHistories]:
    """The model at the end of 2016, and the histories of its firms."""
    model = RegionalModel(Parameters(firms=400, burn_in=2), "random_hosts", 1, cities=country)
    histories = FirmHistories(model)
    record_economy(model, 2016, histories)
    return model, histories
