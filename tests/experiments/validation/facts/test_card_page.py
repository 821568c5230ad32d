"""The page of the scorecard is made from its file, and names what is missed."""

import json

from experiments.validation.facts.card_page import page
from tests import ROOT


def test_the_shipped_page_is_made_from_the_shipped_files() -> None:
    contents, small = (
        json.loads((ROOT / f"docs/validation/{name}.json").read_text(encoding="utf-8"))
        for name in ("scorecard", "scorecard_small")
    )
    text = page(contents, [small])
    assert (ROOT / "docs/scorecard.md").read_text(encoding="utf-8") == text
    for row in contents["rows"]:
        if row["passed"] is not None and row["passed"] < 0.9:
            assert f"- **{row['id']}**" in text
    assert f"- 338 cities, 3,000 firms, {small['seeds']} seeds" in text
    assert "F6 (20 %)" in text


def test_a_page_has_ranges_of_seeds_and_intervals_of_shares() -> None:
    row = {"group": "firms", "id": "a", "quantity": "q", "published": "p", "source": "s", "low": 0.0}
    row |= {"high": 1.0, "mean": 0.5, "sd": 0.1, "p5": 0.3, "p95": 0.7, "passed": 0.5, "seeds": 100}
    how = {
        "command": "c",
        "date": "d",
        "version": "v",
        "rules": "r",
        "seeds": 100,
        "first_seed": 1,
        "cities": 9,
    }
    rates = {"pass_claimed": 0.5, "pass_all": 0.5, "error_claimed": 0.05, "error_all": None}
    text = page(
        {**how, **rates, "firms": 9, "last_year": 2030, "rows": [{**row, "claimed": True, "cause": ""}]}
    )
    assert "| 0.5 ± 0.1 [0.3 to 0.7] | 50 % [40 to 60] | yes |" in text
    assert "**50.0 ± 5.0 % of fact × seed passes on the 1 facts" in text
    assert "- **a** (50 %): chance of a seed; the mean passes, by 5.0 s.d. of a seed." in text
    assert "Smaller runs" not in text
