"""Small countries that tests share, and how hypothesis draws its examples."""

from __future__ import annotations

import os

import pandas as pd
import pytest
from hypothesis import settings

from model.country.synthetic import synthetic_country

# The same examples in every run, so that a test fails for the change at hand and not for its luck.
# HYPOTHESIS_EXPLORE=1 draws new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile("explore" if os.environ.get("HYPOTHESIS_EXPLORE") else "fixed")


@pytest.fixture(scope="session")
def country() -> pd.DataFrame:
    """Twelve synthetic cities."""
    return synthetic_country(12, 3)
