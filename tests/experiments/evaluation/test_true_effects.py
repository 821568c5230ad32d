"""True effects from further runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.evaluation.true_effects import find_true_effects, run_with
from experiments.study.study import Study
from model.scenarios.scenario import Opening


def test_one_centre_alone_has_one_truth(study: Study) -> None:
    """With a single host the run without its centre is the run without centres."""
    openings = (Opening("a", 3, "super", 16, 2.0),)
    arms = run_with(study, 2, openings), run_with(study, 2, [])
    truth = find_true_effects(study, 2, openings, *arms, hosts=[3])
    for measure in ("log_innovations", "application"):
        assert truth.own_effect(measure) == truth.total_effect(measure)
    raw = [np.log1p(rows["realised_innovation"].to_numpy().reshape(10, 40)) for rows in arms]
    assert truth.total_effect("log_innovations") == pytest.approx((raw[0] - raw[1])[4:, 3].mean())
    others = np.delete((raw[0] - raw[1])[4:], 3, axis=1)
    assert truth.spillover("log_innovations") == pytest.approx(others.mean())
    assert (truth.total["log_innovations"][:4] == 0.0).all()


def test_bands_hold_every_other_city_once(study: Study) -> None:
    openings = (Opening("a", 3, "super", 16, 2.0),)
    truth = find_true_effects(
        study, 2, openings, run_with(study, 2, openings), run_with(study, 2, []), hosts=[3]
    )
    far = replace(truth, distance=np.full((40, 40), 200.0))
    found = far.by_band("log_innovations")
    assert found["centres_300km"] == pytest.approx(truth.spillover("log_innovations"))
    assert np.isnan(found["centres_150km"])
