"""The shipped ensemble: its values, and the studies that its effects belong to."""

import numpy as np

from experiments.ensemble.member_run import uncertain_factors
from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.study.prepare import make_study
from experiments.study.settings import merge_settings
from experiments.sweep.experiment_file import Span


def test_rows_are_members_or_runs_at_the_default(ensemble: Ensemble) -> None:
    assert (len(ensemble.members), len(ensemble.defaults)) == (200, 50)
    assert ensemble.factors == ["tax_rate", "entry_rate", "exit_rate"]
    assert ensemble.places().shape == (200, 3)


def test_a_member_has_the_values_of_its_places() -> None:
    shipped = shipped_ensemble()
    ranges = uncertain_factors().design.factors
    found = shipped.values(3)
    for name, value in found.items():
        span = ranges[name]
        assert isinstance(span, Span)
        assert span.low <= value <= span.high
    place = shipped.places()[3, shipped.factors.index("tax_rate")]
    assert np.isclose(found["tax_rate"], 0.15 + 0.1 * place)


def test_its_effects_are_those_of_the_default_study_alone() -> None:
    shipped = shipped_ensemble()

    def applies(**given: object) -> bool:
        return shipped.applies_to(make_study(merge_settings(None, {"seeds": 2, **given})))

    assert applies()
    assert applies(firms=4000)
    assert not applies(until=2029)
    assert not applies(scenario="random_hosts")
    assert not applies(parameters={"tax_rate": 0.21})
