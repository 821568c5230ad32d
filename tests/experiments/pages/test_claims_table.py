"""The table of claims takes its verdicts from the stored validation."""

from __future__ import annotations

import json

import pytest

from experiments.pages import claims_table
from experiments.pages.claims_table import CLAIMS, verdicts_table, with_verdicts
from experiments.pages.claims_table import page as emergence_page
from tests import ROOT


def test_a_page_of_claims_takes_its_verdicts_from_the_file():
    rows = [
        dict(id=name, scenario=scenario, measured=-12.34 if k else 1.234, se=0.05, verdict="holds")
        for k, (_, name, scenario) in enumerate(claims_table.CLAIMS)
    ]
    rows = [{**row, "unit": "percentage points"} for row in rows]
    page = claims_table.with_verdicts(f"a{claims_table.BEGIN}old{claims_table.END}b", {"rows": rows})
    assert page.startswith(f"a{claims_table.BEGIN}\n| claim | row |")
    assert "| +1.234 ± 0.050 points | holds |" in page
    assert "| −12.340 ± 0.050 points | holds |" in page
    with pytest.raises(ValueError, match="there is no block from "):
        claims_table.with_verdicts("nothing", {"rows": rows})
    with pytest.raises(KeyError):
        claims_table.verdicts_table({"rows": rows[1:]})


def test_the_table_of_verdicts_is_that_of_the_stored_validation(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert emergence_page() == (ROOT / "docs/explanation/what-emerges.md").read_text(encoding="utf-8")
    contents = json.loads((ROOT / "docs/validation/validation.json").read_text(encoding="utf-8"))
    table = verdicts_table(contents)
    assert table.count("\n") == len(CLAIMS) + 1
    rows = {(row["id"], row["scenario"]): row["verdict"] for row in contents["rows"]}
    for claim, name, scenario in CLAIMS:
        assert f"| {claim} | {name}, `{scenario}` |" in table
        assert rows[name, scenario] in ("holds", "fails", "undecided")
    with pytest.raises(ValueError, match="no block"):
        with_verdicts("nothing", contents)
