"""A country of cities, centres and network."""

from __future__ import annotations

import pandas as pd
import pytest

from model import Parameters, RegionalModel
from model.files.user_tables import InputError


def test_a_table_in_which_an_id_stands_twice_is_refused(country):
    twice = pd.concat([country, country.iloc[:1]], ignore_index=True)
    with pytest.raises(InputError, match=r"city_id 1 occurs twice in the table of cities"):
        RegionalModel(Parameters(firms=60), "none", 1, cities=twice)
