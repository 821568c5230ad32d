"""The page of the scorecard is made from its file, and names what is missed."""

import json

from experiments.validation.facts.card_page import page
from tests import ROOT


def test_the_shipped_page_is_made_from_the_shipped_file() -> None:
    contents = json.loads((ROOT / "docs/validation/scorecard.json").read_text(encoding="utf-8"))
    text = page(contents)
    assert (ROOT / "docs/scorecard.md").read_text(encoding="utf-8") == text
    for row in contents["rows"]:
        if row["passed"] is not None and row["passed"] < 0.9:
            assert f"- **{row['id']}**" in text
