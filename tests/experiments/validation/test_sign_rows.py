"""Signs have a reason where they do not hold."""

from __future__ import annotations

import math

import pytest

from experiments.validation import emergence
from experiments.validation.rows import ValidationRuns
from experiments.validation.sign_rows import NO_REASON, reason, sign_rows


def test_signs_have_a_reason_where_they_do_not_hold(context: ValidationRuns) -> None:
    rows = sign_rows(context)
    assert {one.scenario for one in rows} == {"random_hosts", "actual"}
    assert [one.id for one in rows if one.scenario == "random_hosts"][:3] == ["C0", "C1", "C2"]
    for one in rows:
        assert bool(one.reason) == (one.verdict != "holds"), one.id
        assert one.published in ("above 0", "below 0")
    # The shipped centres stand in none of these cities: nothing is measured there.
    assert all(math.isnan(one.measured) for one in rows if (one.scenario, one.id) == ("actual", "C0"))


def test_a_reason_is_by_scenario_then_by_finding() -> None:
    assert "strong cities" in reason("C14-sigma", "actual")
    assert reason("C14", "random_hosts") == NO_REASON
    assert reason("C14", "actual") == reason("C14-regions", "actual") != NO_REASON
    assert reason("C13-near", "actual") == reason("C13", "random_hosts") != NO_REASON
    assert reason("C7-partial", "random_hosts") == reason("C7", "random_hosts")


def test_signs_of_random_hosts_are_tagged_in_a_full_validation(
    context: ValidationRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emergence, "of_runs", lambda runs: {})
    monkeypatch.setattr(emergence, "tags", lambda tables: {"C0": "emergent", "C6": "built in: hosted"})
    rows = sign_rows(context.changed(quick=False, seeds=(1,), until=2011))
    assert {(one.id, one.scenario, one.tag) for one in rows if one.tag} == {
        ("C0", "random_hosts", "emergent"),
        ("C6", "random_hosts", "built in: hosted"),
    }
