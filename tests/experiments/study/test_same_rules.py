"""Artefacts that are shipped stay valid under neutral rules, and under no others."""

from __future__ import annotations

import pytest

from experiments.study import same_rules as module
from experiments.study.run_key import rules_fingerprint
from experiments.study.same_rules import known_fingerprints, same_rules

SAME = "python -m tests.properties.result_hashes --same checks the results and adds this text of the rules"


def test_the_rules_of_this_tree_are_the_last_of_the_list():
    known = known_fingerprints()
    assert known[-1] == rules_fingerprint(), SAME
    assert len(set(known)) == len(known)


def test_all_texts_of_the_list_are_the_same_rules(monkeypatch: pytest.MonkeyPatch):
    assert all(same_rules(one) for one in known_fingerprints())
    assert not same_rules("of other rules")
    assert not same_rules(None)
    monkeypatch.setattr(module, "rules_fingerprint", lambda: "edited")
    assert same_rules("edited")
    assert not any(same_rules(one) for one in known_fingerprints())
