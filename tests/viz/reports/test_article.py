"""The article: no number of a result is typed, and what is committed is what the files give."""

import re
from pathlib import Path

import pytest

from tests import ROOT
from viz.reports import article
from viz.reports.article import article_html, article_text, composed, coverage_note, interval_note
from viz.reports.article_numbers import ArticleNumbers
from viz.reports.page_template import TEMPLATES


@pytest.fixture(scope="module")
def numbers() -> ArticleNumbers:
    return ArticleNumbers(ROOT / "docs")


def test_the_source_has_placeholders_and_no_digits_of_results() -> None:
    source = (TEMPLATES / "article.md.j2").read_text(encoding="utf-8").split("## References")[0]
    prose = re.sub(r"<<.*?>>", "", source, flags=re.DOTALL)
    prose = re.sub(r"\$\$.*?\$\$", "", prose, flags=re.DOTALL)
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", prose)
    prose = re.sub(r"\b(19|20)\d\d\b", "", prose)  # years of sources and of the runs
    prose = prose.replace("90 %", "")  # the width of all intervals
    assert re.findall(r".{0,20}\d.{0,20}", prose) == []
    assert source.count("<<") > 100


def test_the_committed_article_is_what_the_files_give(numbers: ArticleNumbers) -> None:
    text = article_text(numbers)
    assert text == (ROOT / "docs/paper/article.md").read_text(encoding="utf-8"), (
        "renew it: python -m viz.reports.article --pdf"
    )
    assert "<<" not in text
    assert not re.search(r"\bnan\b|n/a|None", text)
    page = (ROOT / "docs/paper/computeleap.html").read_text(encoding="utf-8")
    assert page == article_html(text, ROOT / "docs/paper")


def test_the_page_needs_nothing_else(numbers: ArticleNumbers) -> None:
    page = article_html(article_text(numbers), ROOT / "docs/paper")
    plain = re.sub(r"data:image/png;base64,[^\"]*", "", page)
    assert page.count("<math ") >= 10
    assert page.count("<figure>") >= 7
    assert "$$" not in plain
    assert not re.search(r"<script|<link|@import|url\(|src=\"(?!\")", plain)
    assert len(re.findall(r"<h2>", plain)) >= 11
    for word in ("Proposition", "twin", "forecast", "Limits", "identified"):
        assert word in plain


def test_a_range_over_members_is_not_called_a_forecast_interval(numbers: ArticleNumbers) -> None:
    row = {"forecast": "ComputeLeap", "covered": None, "covered_by_members": 0.2}
    plain = ArticleNumbers(ROOT / "docs")
    plain.__dict__["forecast"] = {"contests": [{"name": "a", "scores": [row]}]}
    assert "holds 20 to 20 per cent" in interval_note(plain)
    assert "predictive" not in interval_note(plain)
    plain.__dict__["forecast"] = {"contests": [{"name": "a", "scores": [{**row, "covered": 0.9}]}]}
    assert "it holds 90 (a);" in interval_note(plain)
    rows = str(composed(numbers)["forecast_rows"])
    assert rows.count("\n") == 5
    assert rows.count("none given") == 3


def test_coverage_of_truths_is_told_where_members_have_seeds_enough() -> None:
    row = {"effect": "effect_gdp", "covered": 0.9, "se": 0.01, "members": 7, "seeds": 3, "runs": 21}
    plain = ArticleNumbers(ROOT / "docs")
    plain.__dict__["held_out"] = {"rows": [row, {**row, "effect": "effect_hosts"}]}
    assert "three seeds that none had (21 runs)" in coverage_note(plain)
    assert "90 ± 1 for real product and 90 ± 1 for hosts" in coverage_note(plain)
    assert "means" not in coverage_note(plain)
    more = {**row, "truths": 0.8, "truths_se": 0.02}
    plain.__dict__["held_out"] = {"rows": [more, more]}
    assert "it holds 80 ± 2 for real product" in coverage_note(plain)


def test_all_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[Path] = []
    monkeypatch.setattr(article, "write_article", lambda docs, pdf: written.append(docs) or [docs / "x"])
    article.main(["--docs", str(tmp_path)])
    assert written == [tmp_path]
    assert "x" in capsys.readouterr().out
