"""Small countries that tests share."""

from __future__ import annotations

import pandas as pd
import pytest

from model.synthetic import synthetic_country


@pytest.fixture(scope="session")
def country() -> pd.DataFrame:
    """Twelve synthetic cities."""
    return synthetic_country(12, 3)
