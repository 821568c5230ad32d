"""The file and the page of a validation say the same."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest

from experiments.validation import record as record_module
from experiments.validation.record import measured, page, record, tally, write_record
from experiments.validation.rows import ValidationRuns
from tests import ROOT
from tests.support.validation_row import row


def test_the_page_of_the_validation_is_made_from_its_file(tmp_path, monkeypatch):
    (tmp_path / "v.json").write_text('{"rows": []}', encoding="utf-8")
    monkeypatch.setattr(record_module, "page", lambda contents: f"a page of {len(contents['rows'])} rows")
    monkeypatch.setattr(sys, "argv", ["record", str(tmp_path / "v.json"), str(tmp_path / "v.md")])
    record_module.main()
    assert (tmp_path / "v.md").read_text(encoding="utf-8") == "a page of 0 rows"


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.15512, 0.0211, "0.155 ± 0.021"),
        (49.56, 3.75, "49.6 ± 3.8"),
        (-0.4968, 0.0232, "−0.497 ± 0.023"),
        (1234.5, 31.0, "1,234 ± 31"),
        (4.4e-16, None, "4.4e−16"),
        (None, None, "n/a"),
        (0.1, 0.0, "0.1"),
        (0.12, 7e-14, "0.12"),
    ],
)
def test_a_measure_is_rounded_to_its_error(value: float | None, error: float | None, text: str) -> None:
    assert measured({"measured": value, "se": error}) == text


def test_the_file_has_every_row_and_no_nan(context: ValidationRuns, tmp_path: Path) -> None:
    rows = [row(), row(id="C0", kind="sign", measured=math.nan, se=math.nan, verdict="undecided")]
    contents = record(rows, context, 1.26, "computeleap validate")
    write_record(tmp_path / "v.json", contents)
    read = json.loads((tmp_path / "v.json").read_text(encoding="utf-8"))
    assert read == contents
    assert read["rows"][1]["measured"] is None
    assert read["verdicts"] == {"fails": 1, "undecided": 1}
    assert read["parameters_changed"] == {"firms": 150, "burn_in": 2}
    assert tally(rows)["holds"] == 0


def test_the_page_says_what_the_file_says(context: ValidationRuns) -> None:
    rows = [row(), row(id="A8", verdict="holds", reason=""), row(id="C0", kind="sign", scenario="")]
    text = page(record(rows, context, 1.0, "computeleap validate --seeds 2"))
    assert "3 rows: 1 holds, 2 fails" in text
    assert "| A7 | share, fraction | `actual` | 0.155 (document 004) | 0.200 ± 0.010 | 8 | fails |" in text
    assert "- **A7 in `actual`**: too much." in text
    assert text.index("## Signs") < text.index("## Published figures, not used")
    assert "Known solutions" not in text


def test_the_shipped_page_is_made_from_the_shipped_file() -> None:
    contents = json.loads((ROOT / "docs/validation/validation.json").read_text(encoding="utf-8"))
    assert (ROOT / "docs/validation.md").read_text(encoding="utf-8") == page(contents)
    assert not contents["quick"]
    assert contents["parameters_changed"] == {}


def test_signs_are_shown_with_their_origin(context: ValidationRuns) -> None:
    tagged = row(id="C6", kind="sign", scenario="random_hosts", tag="built in: hosted")
    text = page(record([tagged, row(id="C0", kind="sign")], context, 1.0, "computeleap validate"))
    assert "| 8 | fails | built in: hosted |" in text
    assert "*Origin* of the signs" in text
    assert "Origin" not in page(record([row(id="C0", kind="sign")], context, 1.0, "computeleap validate"))
