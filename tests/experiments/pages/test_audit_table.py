"""The tables of the audit in docs/evaluation.md."""

from __future__ import annotations

import json

import pytest

from experiments.pages import audit_table
from experiments.storage.provenance import versions
from tests import ROOT


def test_the_page_has_the_tables_of_the_stored_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert audit_table.page() == audit_table.PAGE.read_text(encoding="utf-8")
    stored = json.loads(audit_table.STORED.read_text(encoding="utf-8"))
    assert stored["versions"]["computeleap"] == versions()["computeleap"]
    tables = audit_table.audit_tables()
    assert f"{stored['panels']} panels of every cell" in tables
    row = next(
        one
        for one in stored["scores"]
        if (one["sites"], one["data"], one["estimator"]) == ("one region", "made up", "imputation")
    )
    assert f"| {row['bias']:+.3f}".replace("-", "−") in tables
    assert "| spillovers strong, sites by shocks | " in tables
