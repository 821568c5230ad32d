"""``computeleap decide`` answers mistakes with a sentence, and writes one page."""

from pathlib import Path

import pytest

from model.country.country import read_country
from tests.support.cli import call


def test_a_city_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    answer = call("decide", "Atlantis", "--out", str(tmp_path / "x"))
    assert answer.exit_code != 0
    assert "there is no city 'Atlantis'" in str(answer.exception) + answer.output


def test_one_page_for_a_small_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    city = str(read_country("synthetic:12:3").cities["name_en"].iloc[0])
    words = ["decide", city, "--cities", "synthetic:12:3", "--scenario", "random_hosts"]
    small = ["--members", "2", "--at", "2006", "--firms", "60", "--set", "burn_in=2", "--workers", "1"]
    answer = call(*words, *small, "--out", "page")
    assert answer.exit_code == 0, answer.output
    assert "Robust choice" in answer.output
    page = (tmp_path / "page" / "decision.md").read_text(encoding="utf-8")
    assert "What this page cannot know" in page
