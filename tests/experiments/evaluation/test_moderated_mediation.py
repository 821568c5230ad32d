"""Moderated mediation against regressions on dummies, its known truth, and clustered errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.moderated_mediation import EFFECTS, REFUSAL, moderated_mediation
from model.files.user_tables import InputError
from tests.support.city_panels import simple_panel


@pytest.fixture(scope="module")
def moderated() -> pd.DataFrame:
    """Channel 0.4 d + 0.2 dw, outcome 0.1 d + 0.05 dw + 0.5 channel: index 0.1, indirect 0.1, 0.2, 0.3."""
    frame = simple_panel(4, cities=120, effect=0.1)
    rng = np.random.default_rng(4)
    trait = rng.normal(size=120)
    score = ((trait - trait.mean()) / trait.std())[frame["city_id"]]
    noise = 0.2 * rng.normal(size=len(frame)) + rng.normal(size=120)[frame["city_id"]]
    channel = (0.4 + 0.2 * score) * frame["centre"] + noise
    outcome = frame["outcome"] + 0.05 * score * frame["centre"] + 0.5 * channel
    return frame.assign(
        channel=channel, outcome=outcome, trait=trait[frame["city_id"]], size=frame["city_id"] % 3
    )


def test_products_are_those_of_regressions_on_dummies(moderated: pd.DataFrame) -> None:
    found = moderated_mediation(moderated, "channel", "trait", "outcome", controls=["size"], draws=99)
    assert found["effect"].tolist() == list(EFFECTS)
    assert found.attrs["refusal"] == REFUSAL
    score = (moderated["trait"] - moderated["trait"].unique().mean()) / moderated["trait"].unique().std()
    both = moderated.assign(times=moderated["centre"] * score)
    first = fixed_effects(both, "channel", ["centre", "times"], ["trait", "size"]).params
    second = fixed_effects(both, "outcome", ["channel", "centre", "times"], ["trait", "size"]).params
    indirect = [(first["centre"] + w * first["times"]) * second["channel"] for w in (-1, 0, 1)]
    expected = [*indirect, first["times"] * second["channel"], second["centre"]]
    assert found["estimate"].to_numpy() == pytest.approx(expected, abs=1e-10)


def test_known_effects_are_within_the_bootstrap_of_cities(moderated: pd.DataFrame) -> None:
    found = moderated_mediation(moderated, "channel", "trait", "outcome").set_index("effect")
    for effect, truth in zip(EFFECTS, (0.1, 0.2, 0.3, 0.1, 0.1), strict=True):
        assert found.loc[effect, "low"] < truth < found.loc[effect, "high"], effect
    # The direct effect is a coefficient: its bootstrap error is the clustered one.
    score = (moderated["trait"] - moderated["trait"].unique().mean()) / moderated["trait"].unique().std()
    both = moderated.assign(times=moderated["centre"] * score)
    plain = fixed_effects(both, "outcome", ["channel", "centre", "times"], ["trait"], cov_type="cluster")
    assert found.loc["direct", "se"] == pytest.approx(plain.bse["centre"], rel=0.1)
    again = moderated_mediation(moderated, "channel", "trait", "outcome").set_index("effect")
    pd.testing.assert_frame_equal(found, again)


def test_what_cannot_mediate_is_refused(moderated: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="outcome changes within a city: a split needs a trait"):
        moderated_mediation(moderated, "channel", "outcome", "outcome")
    with pytest.raises(InputError, match="channel twice is fully determined by centre and trait"):
        moderated_mediation(moderated.assign(twice=2.0 * moderated["centre"]), "twice", "trait", "outcome")
