"""The theory of the closed economy is defined for shares between 0 and 1."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.questions.closed_economy_theory import (
    growth_rate,
    output_per_wealth,
    return_on_investment,
    saving_needed,
)
from model import Parameters


def test_growth_is_defined_for_three_readings_and_shares_between_0_and_1():
    given = Parameters()
    with pytest.raises(ValueError, match="formula 'social' is unknown: it is one of "):
        return_on_investment("social", given)
    for tau in (0.0, 1.0, [0.5, 1.5]):
        with pytest.raises(ValueError, match="τ must lie between 0 and 1, both excluded"):
            growth_rate("private", given, tau)
    with pytest.raises(ValueError, match="no balanced growth with closed_external_effect above 0"):
        output_per_wealth(given.changed(closed_external_effect=0.1))
    tau = np.array([0.2, 0.5])
    needed = saving_needed("planner", given, tau)
    growth = growth_rate("planner", given, tau)
    np.testing.assert_allclose(
        needed * output_per_wealth(given, tau), growth + given.closed_depreciation, rtol=1e-12
    )
