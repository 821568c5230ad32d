"""Comparisons with other programs that need none of them."""

from __future__ import annotations

import json

import pytest

from benchmarks.estimator_peers import TEN, eight_hosts, jackknife_by_refitting
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.pages.estimator_peers_table import STORED, difference
from tests import ROOT


def test_the_stored_jackknife_is_that_of_the_code() -> None:
    frame = eight_hosts()
    own = fixed_effects(frame, "outcome", controls=TEN).bse["centre"]
    refitted = jackknife_by_refitting(frame, TEN)
    assert difference(own, refitted) < 1e-6
    stored = json.loads((ROOT / STORED).read_text(encoding="utf-8"))["rows"]
    (found,) = [one for one in stored if (one["defect"], one["data"]) == (2, "made-up, 8 hosts")]
    assert found["own"] == pytest.approx(own, rel=1e-6)
    assert found["peer"] == pytest.approx(refitted, rel=1e-6)
