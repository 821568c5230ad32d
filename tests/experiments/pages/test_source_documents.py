"""Every claim of the source documents has a status, and every name that it gives exists."""

from __future__ import annotations

import json
import pkgutil
from collections import Counter

import pytest

from experiments.pages import source_documents
from experiments.pages.source_documents import STATUS, claims_table, read_claims
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from tests import ROOT


@pytest.fixture(autouse=True)
def _at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_there_are_59_claims_with_a_status_and_all_but_the_present_say_what_is_missing():
    claims = read_claims()
    assert len(claims) == len({(claim["document"], claim["claim"]) for claim in claims}) == 59
    assert {claim["status"] for claim in claims} <= set(STATUS)
    assert {claim["document"] for claim in claims} == {"000", "001", "002", "003", "004"}
    for claim in claims:
        assert claim["status"] == "present" or claim["note"].endswith("."), claim["claim"]


@pytest.mark.parametrize("claim", read_claims(), ids=lambda claim: claim["claim"])
def test_names_of_a_claim_exist(claim):
    for name in claim.get("where", ()):
        assert callable(pkgutil.resolve_name(name)), name
    assert set(claim.get("parameters", ())) <= set(Parameters.model_fields)
    assert set(claim.get("scenarios", ())) <= set(SCENARIOS)
    for name in claim.get("extensions", ()):
        assert (ROOT / "examples" / "extensions" / f"{name}.py").is_file()
    evidence = [claim.get(key) for key in ("where", "parameters", "scenarios", "rows", "extensions")]
    assert any(evidence) or claim["status"] != "present"
    assert not any(evidence) or claim["status"] != "absent"


def test_the_page_is_that_of_the_file_and_of_the_stored_validation():
    page = source_documents.PAGE.read_text(encoding="utf-8")
    assert source_documents.page() == page
    count = Counter(claim["status"] for claim in read_claims())
    assert f"{count['present']} present, {count['in part']} in part, {count['absent']} absent" in page


def test_a_row_that_the_validation_lacks_is_an_error():
    contents = json.loads(source_documents.ROWS_OF.read_text(encoding="utf-8"))
    claim = {"document": "000", "claim": "x", "status": "present", "rows": [["C0", "actual"]]}
    assert "| 000 | x | present |  | C0 (`actual`) +1.896 ± 0.033 %: holds" in claims_table([claim], contents)
    with pytest.raises(KeyError):
        claims_table([{**claim, "rows": [["C0", "nowhere"]]}], contents)
