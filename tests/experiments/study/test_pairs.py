"""Pairs of runs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


def test_a_study_of_which_every_pair_failed_says_why(monkeypatch) -> None:
    from experiments.study import pairs

    failed = SimpleNamespace(twins=lambda: None, interrupted=False, failures={(1, "with"): "it fell over"})
    monkeypatch.setattr(pairs, "run_arms", lambda *_, timeout: failed)
    with pytest.raises(pairs.NoPairError, match="no pair of runs ended: it fell over") as told:
        pairs.run_twins(None)
    assert told.value.failures == {(1, "with"): "it fell over"}
    failed.interrupted = True
    assert pairs.run_twins(None) is None
